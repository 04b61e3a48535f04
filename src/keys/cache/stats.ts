/** Figures of a cache of branch keys since it was made. */
export interface BranchKeyStats {
  /** Uses of a key that was there. */
  readonly hits: number;
  /** Uses of a key that was not there or had expired. */
  readonly misses: number;
  /** Misses that were served with an expired key, because the key store or KMS was out. */
  readonly staleUses: number;
  /** Misses that were answered from the memory of what is not there. */
  readonly absentHits: number;
  /** Reads of the key store that somebody waited for, failed ones included. Each that finds a record costs one KMS call. */
  readonly loads: number;
  /** The same in the background, before a key expired. */
  readonly refreshes: number;
  /** Keys that were dropped to make room, or because access was denied. */
  readonly evictions: number;
  /** Keys that are kept now, and how many of them are in use. */
  readonly entries: number;
  readonly inUse: number;
}

/** Figures of caches for re-reads since they were made. */
export interface RereadStats {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly entries: number;
}

/** Figures of all caches of a keyring; zeros where it has none. */
export interface KeyringStats {
  readonly branchKeys: BranchKeyStats;
  readonly rereads: RereadStats;
  /**
   * For how long this process may go on to use keys after access was revoked: the time to live of branch keys, what `staleOnOutageSeconds` adds,
   * and the age of the cache for re-reads.
   */
  readonly longestUseAfterRevocationSeconds: number;
}

export const NO_BRANCH_KEYS: BranchKeyStats = {
  hits: 0,
  misses: 0,
  staleUses: 0,
  absentHits: 0,
  loads: 0,
  refreshes: 0,
  evictions: 0,
  entries: 0,
  inUse: 0,
};

export const NO_REREADS: RereadStats = { hits: 0, misses: 0, evictions: 0, entries: 0 };

/** The figures of several keys together. */
export function totalOf(stats: readonly KeyringStats[]): KeyringStats {
  return {
    branchKeys: stats.map(({ branchKeys }) => branchKeys).reduce(added, NO_BRANCH_KEYS),
    rereads: stats.map(({ rereads }) => rereads).reduce(added, NO_REREADS),
    longestUseAfterRevocationSeconds: Math.max(0, ...stats.map(one => one.longestUseAfterRevocationSeconds)),
  };
}

function added<T extends { readonly [K in keyof T]: number }>(a: T, b: T): T {
  const names = Object.keys(a) as (keyof T)[];
  return Object.fromEntries(names.map(name => [name, a[name] + b[name]])) as T; // one sum for each figure
}
