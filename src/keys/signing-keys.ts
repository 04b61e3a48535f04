import { startupSnapshot } from 'node:v8';
import { generateSigningKey, type SigningKey } from '../format/signature.ts';

const MOST_KEYS = 16;
const MAX_AGE_MS = 5 * 60_000;

/** Options of {@link SigningKeyPool}. */
export interface SigningKeyPoolOptions {
  /** Keys made ahead at most, 0 to 16. Default 16; 0 in runtimes that may be restored from a snapshot. */
  readonly size?: number;
  /** Milliseconds on any monotonic clock. */
  readonly now?: () => number;
}

/**
 * P-384 key pairs made ahead on the thread pool, one for each item. A key leaves the pool before it is used, so no two items share one.
 * The pool grows by one with each time it was found empty, so that a process that writes little makes few.
 */
export class SigningKeyPool {
  readonly #limit: number;
  readonly #now: () => number;
  #ready: { readonly key: SigningKey; readonly madeAt: number }[] = [];
  #target = 0;
  #making = 0;
  #disposed = false;

  constructor({ size = restoredFromSnapshot() ? 0 : MOST_KEYS, now = () => performance.now() }: SigningKeyPoolOptions = {}) {
    this.#limit = Math.max(0, Math.min(size, MOST_KEYS));
    this.#now = now;
  }

  /** Keys that wait to be taken. */
  get size(): number {
    return this.#ready.length;
  }

  /** A key pair that nobody else gets. */
  async take(): Promise<SigningKey> {
    this.#dropOld();
    const ready = this.#ready.shift();
    if (ready === undefined) this.#target = Math.min(this.#target + 1, this.#limit);
    const key = ready === undefined ? generateSigningKey() : ready.key;
    this.#refill();
    return key;
  }

  /** Forgets all keys; {@link take} still works, one at a time. */
  dispose(): void {
    this.#disposed = true;
    this.#ready = [];
  }

  #dropOld(): void {
    const oldest = this.#now() - MAX_AGE_MS;
    this.#ready = this.#ready.filter(({ madeAt }) => madeAt >= oldest);
  }

  #refill(): void {
    while (!this.#disposed && this.#ready.length + this.#making < this.#target) {
      this.#making++;
      generateSigningKey()
        .then(key => {
          if (!this.#disposed) this.#ready.push({ key, madeAt: this.#now() });
        })
        .catch(() => undefined) // the next take() makes its own and reports the error
        .finally(() => this.#making--);
    }
  }
}

/** Keys made before a snapshot would be the same in every process restored from it. */
function restoredFromSnapshot(): boolean {
  return process.env.AWS_LAMBDA_INITIALIZATION_TYPE === 'snap-start' || startupSnapshot.isBuildingSnapshot();
}
