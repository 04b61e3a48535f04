import { setTimeout as wait } from 'node:timers/promises';
import { FieldsealError } from '../../errors.ts';
import type { Call } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { outcomeUnknown } from './verdict.ts';

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** The tries of one update, with random waits between them (full jitter), for a time. */
export class Attempts {
  readonly #table: EncryptedTable;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: number;
  readonly #timeoutMs: number;
  #count = 0;

  constructor({ table, settings: { updateTimeoutMs: timeoutMs }, signal }: Pick<Call, 'table' | 'settings' | 'signal'>) {
    this.#table = table;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    this.#deadline = performance.now() + timeoutMs;
  }

  /**
   * Waits before the next try. Throws CONCURRENT_UPDATE when the time is over, UPDATE_OUTCOME_UNKNOWN if one of the tries may have been stored, and an
   * AbortError.
   */
  async pause(mayBeApplied = false): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#count++);
    const pause = Math.random() * longest;
    if (performance.now() + pause > this.#deadline) throw mayBeApplied ? outcomeUnknown(this.#table) : this.#timeout();
    await wait(pause, undefined, this.#signal && { signal: this.#signal });
  }

  #timeout(): FieldsealError {
    return new FieldsealError(
      'CONCURRENT_UPDATE',
      `table "${this.#table.table.logicalName}": other writers changed the item ${this.#count} times while it was updated, for ${this.#timeoutMs} ms; nothing was written, try again or raise updateTimeoutMs`,
      { retryable: true },
    );
  }
}
