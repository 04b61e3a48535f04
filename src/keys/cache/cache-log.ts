import type { CacheAction, CacheEvent } from '../../diagnostics/events.ts';
import { publish } from '../../diagnostics/publish.ts';

/** What an event of a cache is about. */
export type CacheSubject = Omit<CacheEvent, 'cache' | 'keyring' | 'action'>;

/** After so many lookups without a hit, and each time at ten times as many, a cache says that it is of no use. */
const FIRST_DOUBT = 100;

/** Counts what a cache does, and tells `fieldseal:cache`. */
export class CacheLog {
  readonly #cache: CacheEvent['cache'];
  readonly #keyring: string;
  readonly #counts = new Map<CacheAction, number>();
  #nextDoubt = FIRST_DOUBT;

  constructor(cache: CacheEvent['cache'], keyring: string) {
    this.#cache = cache;
    this.#keyring = keyring;
  }

  count(action: CacheAction): number {
    return this.#counts.get(action) ?? 0;
  }

  tell(action: CacheAction, subject?: () => CacheSubject): void {
    this.#counts.set(action, this.count(action) + 1);
    publish('fieldseal:cache', () => ({ cache: this.#cache, keyring: this.#keyring, action, ...subject?.() }));
    if (action === 'miss') this.#doubt();
  }

  #doubt(): void {
    const lookups = this.count('miss');
    if (lookups < this.#nextDoubt) return;
    this.#nextDoubt *= 10;
    if (this.count('hit') === 0) this.tell('useless', () => ({ lookups }));
  }
}
