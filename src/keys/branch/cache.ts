import { LRUCache } from 'lru-cache';
import { copyKey, zero } from '../../bytes/secret.ts';
import { refuseZeroKey } from '../wrapping.ts';
import type { BranchKeyMaterial } from './store.ts';

/** A branch key in use. The key stays intact until {@link Lease.end}, whatever happens to the cache meanwhile. */
export interface Lease {
  readonly branchKeyId: string;
  readonly version: string;
  readonly key: Uint8Array;
  end(): void;
}

/** Two clocks, in milliseconds: wall time jumps, and monotonic time may stand still while a machine sleeps. */
export interface Clocks {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

export const SYSTEM_CLOCKS: Clocks = { wall: Date.now, monotonic: () => performance.now() };

/** An owned copy of a branch key. Its bytes are zeroed once it is out of the cache and no lease is left. */
class CachedKey {
  readonly #material: BranchKeyMaterial;
  readonly #key: Uint8Array;
  readonly #loaded: { readonly wall: number; readonly monotonic: number };
  #leases = 0;
  #retired = false;

  constructor(material: BranchKeyMaterial, clocks: Clocks) {
    try {
      this.#key = copyKey(material.key);
      refuseZeroKey(this.#key, `branch key "${material.branchKeyId}"`);
    } finally {
      material.release?.();
    }
    this.#material = material;
    this.#loaded = { wall: clocks.wall(), monotonic: clocks.monotonic() };
  }

  /** Expired on either clock, or loaded in a future that the wall clock has since left. */
  isExpired(ttlMs: number, clocks: Clocks): boolean {
    const wallAge = clocks.wall() - this.#loaded.wall;
    return wallAge < 0 || wallAge >= ttlMs || clocks.monotonic() - this.#loaded.monotonic >= ttlMs;
  }

  lease(): Lease {
    this.#leases++;
    let ended = false;
    return {
      branchKeyId: this.#material.branchKeyId,
      version: this.#material.version,
      key: this.#key,
      end: () => {
        if (ended) return;
        ended = true;
        this.#leases--;
        this.#zeroWhenUnused();
      },
    };
  }

  retire(): void {
    this.#retired = true;
    this.#zeroWhenUnused();
  }

  #zeroWhenUnused(): void {
    if (this.#retired && this.#leases === 0) zero(this.#key);
  }
}

/** One load on its way. Whoever waits for it holds a lease from the moment it arrives. */
interface Flight {
  waiting: number;
  readonly leases: Promise<Lease[]>;
}

/** Options of {@link BranchKeyCache}. */
export interface BranchKeyCacheOptions {
  readonly ttlMs: number;
  readonly maxEntries: number;
  readonly clocks?: Clocks;
}

/** Branch keys by name, with one load at a time for each, a time to live that is checked at use, and leases. */
export class BranchKeyCache {
  readonly #ttlMs: number;
  readonly #clocks: Clocks;
  readonly #keys: LRUCache<string, CachedKey>;
  readonly #flights = new Map<string, Flight>();

  constructor({ ttlMs, maxEntries, clocks = SYSTEM_CLOCKS }: BranchKeyCacheOptions) {
    this.#ttlMs = ttlMs;
    this.#clocks = clocks;
    this.#keys = new LRUCache({ max: maxEntries, dispose: key => key.retire() });
  }

  /** The key of this name, loaded if need be. End the lease when the key is no longer used. */
  async lease(name: string, load: () => Promise<BranchKeyMaterial>): Promise<Lease> {
    const known = this.#keys.get(name);
    if (known !== undefined) {
      if (!known.isExpired(this.#ttlMs, this.#clocks)) return known.lease();
      this.#keys.delete(name);
    }
    const flight = this.#flights.get(name) ?? this.#depart(name, load);
    flight.waiting++;
    const lease = (await flight.leases).pop();
    if (lease === undefined) throw new RangeError('more callers than leases');
    return lease;
  }

  #depart(name: string, load: () => Promise<BranchKeyMaterial>): Flight {
    const flight: Flight = { waiting: 0, leases: this.#load(name, load, () => flight.waiting) };
    this.#flights.set(name, flight);
    return flight;
  }

  async #load(name: string, load: () => Promise<BranchKeyMaterial>, waiting: () => number): Promise<Lease[]> {
    try {
      const key = new CachedKey(await Promise.resolve().then(load), this.#clocks);
      // From here to the return nothing else can run: every caller that waits now gets its lease before the key can be evicted.
      const leases = Array.from({ length: waiting() }, () => key.lease());
      this.#keys.set(name, key);
      return leases;
    } finally {
      this.#flights.delete(name);
    }
  }
}
