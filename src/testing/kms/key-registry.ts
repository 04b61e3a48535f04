import { randomUUID } from 'node:crypto';
import { formatArn, parseArn } from './arn.ts';
import { KmsKey } from './key.ts';
import { KmsServiceError } from './service-error.ts';

/** An alias as one region knows it. */
export interface Alias {
  readonly name: string;
  readonly arn: string;
  readonly keyId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface Region {
  readonly keys: Map<string, KmsKey>;
  readonly aliases: Map<string, Alias>;
}

/** Every key and alias of one account, region by region: a region sees nothing of another. */
export class KeyRegistry {
  readonly account: string;
  readonly #regions = new Map<string, Region>();

  constructor(account: string) {
    this.account = account;
  }

  create(region: string, { description = '', multiRegion = false }: { description?: string; multiRegion?: boolean } = {}): KmsKey {
    const id = multiRegion ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID();
    return this.#add(KmsKey.create({ id, region, account: this.account, description }, multiRegion));
  }

  replicate(key: KmsKey, region: string, description = ''): KmsKey {
    if (this.#region(region).keys.has(key.id)) {
      throw new KmsServiceError('AlreadyExistsException', `${key.id} has a related multi-Region key in ${region} already.`);
    }
    return this.#add(key.replicate(region, description));
  }

  /** The key that a key id or a key ARN names in this region. Throws NotFoundException, or AccessDeniedException for another account. */
  key(region: string, identifier: string): KmsKey {
    const resource = this.#resource(region, identifier);
    if (resource.startsWith('alias/')) throw new KmsServiceError('NotFoundException', `Invalid keyId ${identifier}`);
    return this.#byId(region, resource.slice('key/'.length));
  }

  /** The same, and aliases by name or ARN. */
  keyOrAlias(region: string, identifier: string): KmsKey {
    const resource = this.#resource(region, identifier);
    if (!resource.startsWith('alias/')) return this.#byId(region, resource.slice('key/'.length));
    return this.#byId(region, this.alias(region, resource).keyId);
  }

  /** True when some region has a key of this id. */
  knows(keyId: string): boolean {
    return [...this.#regions.values()].some(({ keys }) => keys.has(keyId));
  }

  /** The key of this id, when the region has it. */
  keyIn(region: string, keyId: string): KmsKey | undefined {
    return this.#region(region).keys.get(keyId);
  }

  keysIn(region: string): KmsKey[] {
    return [...this.#region(region).keys.values()];
  }

  /** Throws NotFoundException. */
  alias(region: string, name: string): Alias {
    const alias = this.#region(region).aliases.get(name);
    if (alias === undefined) throw new KmsServiceError('NotFoundException', `Alias ${this.#arn(region, name)} is not found.`);
    return alias;
  }

  aliasesIn(region: string): Alias[] {
    return [...this.#region(region).aliases.values()];
  }

  /** Throws AlreadyExistsException, and KMSInvalidStateException for a key pending deletion; a disabled one will do. */
  addAlias(region: string, name: string, key: KmsKey): void {
    key.refusePendingDeletion();
    const { aliases } = this.#region(region);
    const arn = this.#arn(region, name);
    if (aliases.has(name)) throw new KmsServiceError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
    const now = new Date();
    aliases.set(name, { name, arn, keyId: key.id, createdAt: now, updatedAt: now });
  }

  /** Throws NotFoundException, and KMSInvalidStateException as {@link addAlias}; the state of the key before does not matter. */
  moveAlias(region: string, name: string, key: KmsKey): void {
    const alias = this.alias(region, name);
    key.refusePendingDeletion();
    this.#region(region).aliases.set(name, { ...alias, keyId: key.id, updatedAt: new Date() });
  }

  /** Throws NotFoundException. */
  removeAlias(region: string, name: string): void {
    this.#region(region).aliases.delete(this.alias(region, name).name);
  }

  #resource(region: string, identifier: string): string {
    if (identifier.startsWith('alias/')) return identifier;
    if (!identifier.startsWith('arn:')) return `key/${identifier}`;
    const arn = parseArn(identifier);
    if (arn === undefined) throw new KmsServiceError('NotFoundException', `Invalid arn ${identifier}`);
    if (arn.region !== region) throw new KmsServiceError('NotFoundException', `Invalid arn ${arn.region}`);
    if (arn.account !== this.account) {
      throw new KmsServiceError(
        'AccessDeniedException',
        `Account ${this.account} has no access to ${identifier}: it belongs to another account.`,
      );
    }
    return arn.resource;
  }

  #byId(region: string, id: string): KmsKey {
    const key = this.keyIn(region, id);
    if (key === undefined) throw new KmsServiceError('NotFoundException', `Key '${this.#arn(region, `key/${id}`)}' does not exist`);
    return key;
  }

  #arn(region: string, resource: string): string {
    return formatArn({ region, account: this.account, resource });
  }

  #add(key: KmsKey): KmsKey {
    this.#region(key.region).keys.set(key.id, key);
    return key;
  }

  #region(name: string): Region {
    const known = this.#regions.get(name);
    if (known !== undefined) return known;
    const region: Region = { keys: new Map(), aliases: new Map() };
    this.#regions.set(name, region);
    return region;
  }
}
