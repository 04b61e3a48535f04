import { zero } from '../../bytes/secret.ts';
import { FieldsealError } from '../../errors.ts';
import type { BranchKeySummary, RemovedRecords } from '../../keys/branch/store.ts';
import type { BranchKeyVersion } from './key-version.ts';

interface Versions {
  /** In the order of creation: the last one is active. */
  readonly versions: Map<string, BranchKeyVersion>;
  readonly beaconKey: Uint8Array | undefined;
  readonly encryptionContext: Readonly<Record<string, string>>;
}

/** The records of a key store in memory. A tombstone stays for ever; what `put` brings back beside it is used again. */
export class MemoryKeys {
  readonly #keys = new Map<string, Versions>();
  /** Times of shredding by branch key. */
  readonly #tombstones = new Map<string, string>();

  /** Throws KEY_EXISTS and KEY_SHREDDED. */
  create(first: BranchKeyVersion, beaconKey: Uint8Array, encryptionContext: Readonly<Record<string, string>>): void {
    const { branchKeyId } = first;
    if (this.#keys.has(branchKeyId))
      throw new FieldsealError('KEY_EXISTS', `branch key ${branchKeyId} exists; rotate it for a new version`);
    if (this.#tombstones.has(branchKeyId)) throw shredded(branchKeyId);
    this.#keys.set(branchKeyId, { versions: new Map(), beaconKey, encryptionContext: { ...encryptionContext } });
    this.put(first);
  }

  put(version: BranchKeyVersion): void {
    const key = this.#keys.get(version.branchKeyId) ?? { versions: new Map(), beaconKey: undefined, encryptionContext: {} };
    key.versions.delete(version.version);
    key.versions.set(version.version, version);
    this.#keys.set(version.branchKeyId, key);
  }

  /** Throws KEY_NOT_FOUND and KEY_SHREDDED. */
  active(branchKeyId: string): BranchKeyVersion {
    const active = [...(this.#keys.get(branchKeyId)?.versions.values() ?? [])].at(-1);
    if (active === undefined) throw this.#absent(branchKeyId, `branch key ${branchKeyId} does not exist`);
    return active;
  }

  version(branchKeyId: string, version: string): BranchKeyVersion {
    const found = this.#keys.get(branchKeyId)?.versions.get(version);
    if (found === undefined) throw this.#absent(branchKeyId, `branch key ${branchKeyId} has no version ${version}`);
    return found;
  }

  beaconKey(branchKeyId: string): { readonly branchKeyId: string; readonly key: Uint8Array } {
    const key = this.#keys.get(branchKeyId)?.beaconKey;
    if (key === undefined) throw this.#absent(branchKeyId, `branch key ${branchKeyId} has no beacon key`);
    return { branchKeyId, key };
  }

  list(): BranchKeySummary[] {
    const active = [...this.#keys].map(([branchKeyId, { versions, beaconKey, encryptionContext }]): BranchKeySummary => {
      const { version, createTime } = this.active(branchKeyId);
      const hasBeaconKey = beaconKey !== undefined;
      return {
        ...EMPTY,
        branchKeyId,
        state: 'active',
        activeVersion: version,
        versions: versions.size,
        time: createTime,
        hasBeaconKey,
        encryptionContext,
      };
    });
    const shreddedOnes = [...this.#tombstones].filter(([branchKeyId]) => !this.#keys.has(branchKeyId));
    return [
      ...active,
      ...shreddedOnes.map(([branchKeyId, time]): BranchKeySummary => ({ ...EMPTY, branchKeyId, state: 'shredded', time })),
    ];
  }

  /** Throws KEY_NOT_FOUND. */
  remove(branchKeyId: string, dryRun: boolean): RemovedRecords {
    const known = this.#keys.get(branchKeyId);
    const alreadyShredded = this.#tombstones.has(branchKeyId);
    if (known === undefined && !alreadyShredded) throw this.#absent(branchKeyId, `branch key ${branchKeyId} does not exist`);
    const removed = {
      branchKeyId,
      versions: [...(known?.versions.keys() ?? [])],
      beaconKey: known?.beaconKey !== undefined,
      alreadyShredded,
    };
    if (dryRun) return removed;
    zero(known?.beaconKey, ...[...(known?.versions.values() ?? [])].map(({ key }) => key));
    this.#keys.delete(branchKeyId);
    if (!alreadyShredded) this.#tombstones.set(branchKeyId, new Date().toISOString());
    return removed;
  }

  #absent(branchKeyId: string, reason: string): FieldsealError {
    return this.#tombstones.has(branchKeyId) ? shredded(branchKeyId) : new FieldsealError('KEY_NOT_FOUND', reason);
  }
}

const EMPTY = { activeVersion: undefined, versions: 0, kmsKeyArn: undefined, hasBeaconKey: false, encryptionContext: {} } as const;

function shredded(branchKeyId: string): FieldsealError {
  return new FieldsealError('KEY_SHREDDED', `branch key ${branchKeyId} was shredded: what is encrypted under it cannot be read any more`);
}
