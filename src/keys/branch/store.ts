/** One version of a branch key as its store hands it out. */
export interface BranchKeyMaterial {
  readonly branchKeyId: string;
  /** A UUID. */
  readonly version: string;
  /** 32 bytes. The receiver copies them and then calls `release`. */
  readonly key: Uint8Array;
  /**
   * When this version was made, as ISO 8601 in UTC. A keyring refuses an active version that is older than one it has seen. Absent: that
   * check is not made.
   */
  readonly createTime?: string;
  /** Zeroes `key`; absent when the store shares the bytes with other callers. */
  release?(): void;
}

/** The key from which the beacons of searchable encryption are derived. It has no versions. */
export interface BeaconKeyMaterial {
  readonly branchKeyId: string;
  /** 32 bytes. The receiver copies them and then calls `release`. */
  readonly key: Uint8Array;
  release?(): void;
}

/** Options of a read. */
export interface KeyStoreReadOptions {
  /** Nobody waits for the answer any more. What comes all the same is given back. */
  readonly abortSignal?: AbortSignal;
}

/** What happened to a branch key through a store. */
export interface BranchKeyChange {
  readonly change: 'created' | 'rotated' | 'shredded';
  readonly branchKeyId: string;
}

/**
 * Where branch keys come from. Failures: KEY_NOT_FOUND, KEY_SHREDDED, KEY_ACCESS_DENIED, KEY_UNAVAILABLE (retryable), and MALFORMED for a
 * record that is not what AWS's key store writes.
 */
export interface BranchKeyStore {
  /** The logical key store name, which is bound to every key. */
  readonly logicalName: string;
  /** The version that new items are written under. */
  getActiveBranchKey(branchKeyId: string, options?: KeyStoreReadOptions): Promise<BranchKeyMaterial>;
  /** The version that an item names. */
  getBranchKeyVersion(branchKeyId: string, version: string, options?: KeyStoreReadOptions): Promise<BranchKeyMaterial>;
  /** Tells of changes made through this object, until the function it returns is called: keyrings use new versions at once. */
  subscribe?(listener: (change: BranchKeyChange) => void): () => void;
}

/** A branch key to be made. */
export interface NewBranchKey {
  /** Default: a random UUID. Ids reach the key table, every item and CloudTrail: use no names of people or customers. */
  readonly branchKeyId?: string;
  /** Bound to the key for ever. Required with an id of your own, as AWS's key stores do. */
  readonly encryptionContext?: Readonly<Record<string, string>>;
}

/** One version of a branch key, by its names. */
export interface BranchKeyVersionId {
  readonly branchKeyId: string;
  readonly version: string;
}

/** What a key store knows of a branch key without opening it. */
export interface BranchKeySummary {
  readonly branchKeyId: string;
  readonly state: 'active' | 'shredded' | 'incomplete';
  /** The version that new items are written under; undefined unless the state is `active`. */
  readonly activeVersion: string | undefined;
  /** How many versions there are. */
  readonly versions: number;
  /** When the active version was made, or the key was shredded: ISO 8601 in UTC. */
  readonly time: string | undefined;
  readonly kmsKeyArn: string | undefined;
  readonly hasBeaconKey: boolean;
  /** As it was given when the key was made. */
  readonly encryptionContext: Readonly<Record<string, string>>;
}

/** What shredding a branch key takes away. */
export interface RemovedRecords {
  readonly branchKeyId: string;
  /** Ids of the versions whose records are removed, or would be in a dry run. */
  readonly versions: readonly string[];
  readonly beaconKey: boolean;
  /** True when an earlier shredding had left a tombstone. */
  readonly alreadyShredded: boolean;
}

/** A key store that also makes, rotates and removes branch keys. These calls belong into administration, not into the path of requests. */
export interface ManagedBranchKeyStore extends BranchKeyStore {
  /** The beacon key that was made with the branch key. */
  getBeaconKey(branchKeyId: string): Promise<BeaconKeyMaterial>;
  /** Makes a branch key and its beacon key. Throws KEY_EXISTS, KEY_SHREDDED, CONFIG_INVALID. */
  createKey(key?: NewBranchKey): Promise<BranchKeyVersionId>;
  /** Makes a new version the active one; what is under older versions stays readable. Throws KEY_NOT_FOUND, KEY_SHREDDED. */
  rotate(branchKeyId: string): Promise<BranchKeyVersionId>;
  /** Every branch key of the store, in no order. */
  list(): AsyncIterable<BranchKeySummary>;
  /**
   * Removes every record of a branch key and leaves a tombstone, so that the id cannot be made again. `dryRun` only tells what would be
   * removed. Throws KEY_NOT_FOUND. Use {@link shred}, which also empties caches and refuses keyrings with other recipients.
   */
  remove(branchKeyId: string, options?: { readonly dryRun?: boolean }): Promise<RemovedRecords>;
}

/** True for a store that makes and removes keys. */
export function isManaged(store: BranchKeyStore): store is ManagedBranchKeyStore {
  const { createKey, rotate, list, remove } = store as Partial<ManagedBranchKeyStore>;
  return [createKey, rotate, list, remove].every(method => typeof method === 'function');
}
