import { setTimeout as wait } from 'node:timers/promises';
import { FieldsealError } from '../../errors.ts';
import type { EncryptedTable } from '../encrypted-table.ts';

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** The tries of one update, with random waits between them (full jitter), for a time. */
export class Attempts {
  readonly #table: EncryptedTable;
  readonly #deadline: number;
  readonly #timeoutMs: number;
  #count = 0;

  constructor(table: EncryptedTable, timeoutMs: number) {
    this.#table = table;
    this.#timeoutMs = timeoutMs;
    this.#deadline = performance.now() + timeoutMs;
  }

  /** Waits before the next try. Throws CONCURRENT_UPDATE when the time is over. */
  async pause(): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#count++);
    const pause = Math.random() * longest;
    if (performance.now() + pause > this.#deadline) throw this.#timeout();
    await wait(pause);
  }

  #timeout(): FieldsealError {
    return new FieldsealError(
      'CONCURRENT_UPDATE',
      `table "${this.#table.table.logicalName}": other writers changed the item ${this.#count} times while it was updated, for ${this.#timeoutMs} ms; nothing was written, try again or raise updateTimeoutMs`,
      { retryable: true },
    );
  }
}
