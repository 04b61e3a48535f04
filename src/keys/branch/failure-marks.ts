import { LRUCache } from 'lru-cache';
import { type Clocks, elapsedSince, type Moment, momentOf } from '../cache/clocks.ts';

/** A fetch that failed is not repeated before, where nobody has to wait for it. */
const RETRY_MS = 1000;
/** An outage that nobody has met for so long is over: the next caller asks, and waits for the answer. */
const OUTAGE_MS = 30_000;

interface Failure {
  readonly at: Moment;
  readonly isOutage: boolean;
}

/** The last failures of fetches, by name, until one succeeds. Names that somebody makes up push out no mark of a key that is kept. */
export class FailureMarks {
  readonly #kept: LRUCache<string, Failure>;
  readonly #others: LRUCache<string, Failure>;
  readonly #clocks: Clocks;
  /** The key store did not answer at all: then nobody's key can be fetched. */
  #silence: Moment | undefined;

  constructor(maxEntries: number, clocks: Clocks) {
    this.#kept = new LRUCache({ max: 2 * maxEntries });
    this.#others = new LRUCache({ max: maxEntries });
    this.#clocks = clocks;
  }

  mark(
    name: string,
    { isOutage, isKept, isSilence }: { readonly isOutage: boolean; readonly isKept: boolean; readonly isSilence: boolean },
  ): void {
    const at = momentOf(this.#clocks);
    (isKept ? this.#kept : this.#others).set(name, { at, isOutage });
    if (isSilence) this.#silence = at;
  }

  clear(name: string): void {
    this.#silence = undefined;
    this.#kept.delete(name);
    this.#others.delete(name);
  }

  /** True while it is too early to try again. */
  isRecent(name: string): boolean {
    const failure = this.#of(name);
    return failure !== undefined && elapsedSince(failure.at, this.#clocks) < RETRY_MS;
  }

  /** The same, for a failure that is no outage. */
  isRecentRefusal(name: string): boolean {
    return this.isRecent(name) && this.#of(name)?.isOutage === false;
  }

  /** True while an outage goes on for one of these names, or for all. A failure of another kind, in the order of the names, says otherwise. */
  isOut(names: readonly string[]): boolean {
    const own = names.map(name => this.#of(name)).find(failure => failure !== undefined);
    if (own?.isOutage === false) return false;
    return [own?.at, this.#silence].some(at => at !== undefined && elapsedSince(at, this.#clocks) < OUTAGE_MS);
  }

  #of(name: string): Failure | undefined {
    return this.#kept.get(name) ?? this.#others.get(name);
  }
}
