const LONGEST_TIMER_MS = 2_147_483_647;

/** What a cache lets a {@link Sweeper} do. */
export interface Swept {
  /** Lets go of what has expired. True while something is left. */
  sweep(): boolean;
}

/** Lets expired keys go of a cache that nobody asks any more. Keeps neither the process nor the cache alive. */
export class Sweeper {
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** `longestUseMs`: after that a key has expired. It is gone a quarter of that later at most. */
  constructor(longestUseMs: number) {
    this.#everyMs = Math.min(Math.max(longestUseMs / 4, 1), LONGEST_TIMER_MS);
  }

  /** Begins to sweep, if it does not already. */
  start(cache: Swept): void {
    if (this.#timer !== undefined) return;
    const weak = new WeakRef(cache);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const swept = weak.deref();
      if (swept?.sweep()) this.start(swept);
    }, this.#everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
