/** Runs the tasks of one key one after the other, and those of different keys beside each other. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `task` once all that were given under the same key before have ended, whatever became of them. */
  async run<R>(key: string, task: () => Promise<R>): Promise<R> {
    const before = this.#last.get(key);
    const mine = (async (): Promise<R> => {
      await before;
      return task();
    })();
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, ended);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    }
  }
}
