import type { CacheAction, CacheEvent } from '../../diagnostics/events.ts';
import { publish } from '../../diagnostics/publish.ts';

/** What an event of a cache is about. */
export type CacheSubject = Omit<CacheEvent, 'cache' | 'keyring' | 'action'>;

/** Lookups without a hit before a cache says that it is of no use, and each time ten times as many. */
const FIRST_DOUBT = 100;

/** Counts what a cache does, and tells `fieldseal:cache`. */
export class CacheLog {
  readonly #cache: CacheEvent['cache'];
  readonly #keyring: string;
  readonly #entries: () => number;
  readonly #counts = new Map<CacheAction, number>();
  #nextDoubt = FIRST_DOUBT;

  /** `entries`: how many keys the cache holds now. */
  constructor(cache: CacheEvent['cache'], keyring: string, entries: () => number) {
    this.#cache = cache;
    this.#keyring = keyring;
    this.#entries = entries;
  }

  count(action: CacheAction): number {
    return this.#counts.get(action) ?? 0;
  }

  tell(action: CacheAction, subject?: () => CacheSubject): void {
    this.#counts.set(action, this.count(action) + 1);
    publish('fieldseal:cache', () => ({ cache: this.#cache, keyring: this.#keyring, action, ...subject?.() }));
    if (action === 'miss') this.#doubt();
  }

  /** While a cache fills, each key is missed once: that says nothing yet. */
  #doubt(): void {
    const lookups = this.count('miss');
    if (this.count('hit') > 0 || lookups < this.#nextDoubt || lookups <= 2 * this.#entries()) return;
    this.#nextDoubt = 10 * lookups;
    this.tell('useless', () => ({ lookups }));
  }
}
