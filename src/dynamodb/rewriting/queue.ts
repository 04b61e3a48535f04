import { setTimeout as wait } from 'node:timers/promises';

/** Runs the tasks of one key one after the other, and those of different keys beside each other. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Runs `task` once all that were given under the same key before have ended, whatever became of them, or after `patienceMs`: a task that hangs must
   * not hold up the others for ever. Throws an AbortError while it waits.
   */
  async run<R>(key: string, { patienceMs, signal }: Patience, task: () => Promise<R>): Promise<R> {
    const before = this.#last.get(key);
    const mine = before === undefined ? task() : endOrTimeout(before, patienceMs, signal).then(task);
    const ended = Promise.allSettled([before, mine]).then(() => undefined); // who gives up waiting does not let others overtake
    this.#last.set(key, ended);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    }
  }
}

/** Those of one process that rewrite the same item wait for each other: cheaper than to fail at the footer. */
export const writers: KeyedQueue = new KeyedQueue();

/** How long a task waits for those before it. */
export interface Patience {
  readonly patienceMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Throws an AbortError when the signal comes first. */
async function endOrTimeout(end: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const timer = new AbortController();
  const signals = [timer.signal, ...(signal === undefined ? [] : [signal])];
  const timeout = wait(ms, undefined, { signal: AbortSignal.any(signals) });
  await Promise.race([end, timeout]).finally(() => {
    timer.abort();
    timeout.catch(() => undefined); // ended by the line above
  });
}
