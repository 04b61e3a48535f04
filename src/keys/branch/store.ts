/** One version of a branch key as its store hands it out. */
export interface BranchKeyMaterial {
  readonly branchKeyId: string;
  /** A UUID. */
  readonly version: string;
  /** 32 bytes. The receiver copies them and then calls `release`. */
  readonly key: Uint8Array;
  /** Zeroes `key`; absent when the store shares the bytes with other callers. */
  release?(): void;
}

/**
 * Where branch keys come from. Failures: KEY_NOT_FOUND, KEY_ACCESS_DENIED, KEY_UNAVAILABLE (retryable), and MALFORMED for a record that is
 * not what AWS's key store writes.
 */
export interface BranchKeyStore {
  /** The logical key store name, which is bound to every key. */
  readonly logicalName: string;
  /** The version that new items are written under. */
  getActiveBranchKey(branchKeyId: string): Promise<BranchKeyMaterial>;
  /** The version that an item names. */
  getBranchKeyVersion(branchKeyId: string, version: string): Promise<BranchKeyMaterial>;
}
