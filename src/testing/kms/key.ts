import { formatArn } from './arn.ts';
import { type EncryptionContext, KeyMaterial } from './key-material.ts';
import { KmsServiceError } from './service-error.ts';

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingReplicaDeletion';

/** A multi-Region key with its replicas: one key id and one key material, a state for each. The first member is the primary. */
export type MultiRegionKeys = [primary: KmsKey, ...replicas: KmsKey[]];

/** Where a key lives and what it is made of. */
export interface KeyPlace {
  readonly id: string;
  readonly region: string;
  readonly account: string;
  readonly description: string;
  readonly material: KeyMaterial;
}

/** A key in one region. */
export class KmsKey {
  readonly id: string;
  readonly region: string;
  readonly account: string;
  readonly arn: string;
  readonly createdAt: Date = new Date();
  readonly #description: string;
  readonly #material: KeyMaterial;
  #family: MultiRegionKeys | undefined;
  #state: KeyState = 'Enabled';
  #deletion: { readonly date: Date; readonly days: number } | undefined;

  constructor({ id, region, account, description, material }: KeyPlace) {
    this.id = id;
    this.region = region;
    this.account = account;
    this.arn = formatArn({ region, account, resource: `key/${id}` });
    this.#description = description;
    this.#material = material;
  }

  static create(place: Omit<KeyPlace, 'material'>, multiRegion: boolean): KmsKey {
    const key = new KmsKey({ ...place, material: new KeyMaterial() });
    if (multiRegion) key.#family = [key];
    return key;
  }

  /** Throws UnsupportedOperationException unless this is the primary of a multi-Region key, and for its state as {@link seal} does. */
  replicate(region: string, description: string): KmsKey {
    const family = this.#familyOfPrimary();
    this.#refuseUnusable();
    const replica = new KmsKey({ id: this.id, region, account: this.account, description, material: this.#material });
    replica.#family = family;
    family.push(replica);
    return replica;
  }

  /** Makes the replica of a region the primary, and this primary a replica. Throws as {@link replicate}, and NotFoundException. */
  handOver(region: string): void {
    const family = this.#familyOfPrimary();
    this.#refuseUnusable();
    const replica = family.find(member => member !== this && member.region === region);
    if (replica === undefined) throw new KmsServiceError('NotFoundException', `${this.arn} has no replica in ${region}.`);
    replica.#refuseUnusable();
    family[family.indexOf(replica)] = this;
    family[0] = replica;
  }

  seal(plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
    this.#refuseUnusable();
    return this.#material.seal(this.id, plaintext, context);
  }

  /** Throws InvalidCiphertextException for another context, another key's blob and a changed blob alike. */
  open(blob: Uint8Array, context: EncryptionContext): Uint8Array {
    this.#refuseUnusable();
    const plaintext = this.#material.open(this.id, blob, context);
    // Like AWS, which gives no message here.
    if (plaintext === undefined) throw new KmsServiceError('InvalidCiphertextException');
    return plaintext;
  }

  setEnabled(enabled: boolean): void {
    this.refusePendingDeletion();
    this.#state = enabled ? 'Enabled' : 'Disabled';
  }

  scheduleDeletion(days: number): void {
    this.refusePendingDeletion();
    const hasReplicas = this.#family?.[0] === this && this.#family.length > 1;
    this.#state = hasReplicas ? 'PendingReplicaDeletion' : 'PendingDeletion';
    this.#deletion = { date: new Date(Date.now() + days * 86_400_000), days };
  }

  cancelDeletion(): void {
    if (this.#deletion === undefined) throw new KmsServiceError('KMSInvalidStateException', `${this.arn} is not pending deletion.`);
    this.#state = 'Disabled';
    this.#deletion = undefined;
  }

  /** The `KeyMetadata` of KMS's answers. */
  metadata(): Record<string, unknown> {
    const deletion = this.#deletion;
    const family = this.#family;
    return {
      AWSAccountId: this.account,
      KeyId: this.id,
      Arn: this.arn,
      CreationDate: seconds(this.createdAt),
      Enabled: this.#state === 'Enabled',
      Description: this.#description,
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: this.#state,
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: family !== undefined,
      ...(this.#state === 'PendingDeletion' && deletion && { DeletionDate: seconds(deletion.date) }),
      ...(this.#state === 'PendingReplicaDeletion' && deletion && { PendingDeletionWindowInDays: deletion.days }),
      ...(family && { MultiRegionConfiguration: configurationOf(this, family) }),
    };
  }

  /** The answer of ScheduleKeyDeletion. */
  deletion(): Record<string, unknown> {
    const { DeletionDate } = this.metadata();
    return {
      KeyId: this.arn,
      KeyState: this.#state,
      PendingWindowInDays: this.#deletion?.days,
      ...(DeletionDate !== undefined && { DeletionDate }),
    };
  }

  #familyOfPrimary(): MultiRegionKeys {
    if (this.#family?.[0] === this) return this.#family;
    throw new KmsServiceError('UnsupportedOperationException', `${this.arn} is not a multi-Region primary key.`);
  }

  #refuseUnusable(): void {
    this.refusePendingDeletion();
    if (this.#state === 'Disabled') throw new KmsServiceError('DisabledException', `${this.arn} is disabled.`);
  }

  /** Throws KMSInvalidStateException. */
  refusePendingDeletion(): void {
    if (this.#deletion !== undefined) throw new KmsServiceError('KMSInvalidStateException', `${this.arn} is pending deletion.`);
  }
}

function configurationOf(key: KmsKey, [primary, ...replicas]: Readonly<MultiRegionKeys>): Record<string, unknown> {
  const place = ({ arn, region }: KmsKey): Record<string, string> => ({ Arn: arn, Region: region });
  return {
    MultiRegionKeyType: key === primary ? 'PRIMARY' : 'REPLICA',
    PrimaryKey: place(primary),
    ReplicaKeys: replicas.map(place),
  };
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}
