import { setTimeout as wait } from 'node:timers/promises';

/** Runs the tasks of one key one after the other, and those of different keys beside each other. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Runs `task` once all that were given under the same key before have ended, whatever became of them, or after `patienceMs`: a task that hangs must
   * not hold up the others for ever.
   */
  async run<R>(key: string, patienceMs: number, task: () => Promise<R>): Promise<R> {
    const before = this.#last.get(key);
    const mine = before === undefined ? task() : endOrTimeout(before, patienceMs).then(task);
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

async function endOrTimeout(end: Promise<void>, ms: number): Promise<void> {
  const timer = new AbortController();
  const timeout = wait(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([end, timeout]);
  timer.abort();
}
