import { copyKey, zero } from '../../bytes/secret.ts';
import { refuseZeroKey } from '../zero-key.ts';

/** A key in use. Its bytes stay intact until {@link KeyLease.end}, whatever happens to the cache meanwhile. */
export interface KeyLease {
  readonly key: Uint8Array;
  end(): void;
}

/** Key bytes of a cache's own. They are zeroed once the cache has let go of them and no lease is left. */
export class OwnedKey {
  readonly #key: Uint8Array;
  #leases = 0;
  #retired = false;

  /** Copies the bytes. Throws KEY_INVALID for anything but 32 bytes that are not all zeros; `what` says whose they are. */
  constructor(bytes: Uint8Array, what: string) {
    this.#key = copyKey(bytes);
    try {
      refuseZeroKey(this.#key, what);
    } catch (error) {
      zero(this.#key);
      throw error;
    }
  }

  get leases(): number {
    return this.#leases;
  }

  /** True once the cache has let go of it. */
  get isRetired(): boolean {
    return this.#retired;
  }

  lease(): KeyLease {
    this.#leases++;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.#leases--;
      this.#zeroWhenUnused();
    };
    return { key: this.#key, end };
  }

  /** A copy that its receiver zeroes. */
  copy(): Uint8Array {
    return copyKey(this.#key);
  }

  /** The cache lets go of it. */
  retire(): void {
    this.#retired = true;
    this.#zeroWhenUnused();
  }

  #zeroWhenUnused(): void {
    if (this.#retired && this.#leases === 0) zero(this.#key);
  }
}
