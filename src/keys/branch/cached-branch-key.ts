import { quoted } from '../../bytes/quoted.ts';
import { type Clocks, elapsedSince, type Moment } from '../cache/clocks.ts';
import { OwnedKey } from '../cache/owned-key.ts';
import { giveBack } from './give-back.ts';
import type { BranchKeyMaterial, BranchKeyVersionId } from './store.ts';

/** A branch key in use. The key stays intact until {@link Lease.end}, whatever happens to the cache meanwhile. */
export interface Lease extends BranchKeyVersionId {
  readonly key: Uint8Array;
  end(): void;
}

/** How long keys may be used, in milliseconds. */
export interface Lifetimes {
  readonly ttlMs: number;
  /** The last part of the time to live, in which a use fetches the key anew in the background. */
  readonly refreshAheadMs: number;
  /** How long after the time to live a key may be used while fetching fails for want of service. */
  readonly staleOnOutageMs: number;
}

/** `due`: usable, and to be fetched anew. `expired`: usable only during an outage. `over`: not usable. */
export type Freshness = 'fresh' | 'due' | 'expired' | 'over';

/** What a key's age says of it. */
export function freshnessAt(fetched: Moment, clocks: Clocks, { ttlMs, refreshAheadMs, staleOnOutageMs }: Lifetimes): Freshness {
  const age = elapsedSince(fetched, clocks);
  if (age < ttlMs - refreshAheadMs) return 'fresh';
  if (age < ttlMs) return 'due';
  return age < ttlMs + staleOnOutageMs ? 'expired' : 'over';
}

/** One version of a branch key in the cache. */
export class CachedBranchKey {
  readonly id: BranchKeyVersionId;
  /** When it was asked for: whoever answers may have been told since then that nobody may have it. */
  readonly fetched: Moment;
  readonly #key: OwnedKey;

  /** Copies the key and gives the store's back. Throws KEY_INVALID. */
  constructor(material: BranchKeyMaterial, fetched: Moment) {
    const { branchKeyId, version } = material;
    this.id = { branchKeyId, version };
    this.fetched = fetched;
    try {
      this.#key = new OwnedKey(material.key, `branch key ${quoted(branchKeyId)}`);
    } finally {
      giveBack(material);
    }
  }

  get isInUse(): boolean {
    return this.#key.leases > 0;
  }

  /** True once the cache has let go of it. */
  get isRetired(): boolean {
    return this.#key.isRetired;
  }

  lease(): Lease {
    const { key, end } = this.#key.lease();
    const { branchKeyId, version } = this.id;
    return { branchKeyId, version, key, end };
  }

  retire(): void {
    this.#key.retire();
  }
}
