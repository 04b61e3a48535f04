import { FieldsealError } from '../../errors.ts';
import { backoffMs, pause } from '../backoff.ts';
import type { Call } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { outcomeUnknown } from './verdict.ts';

const GROWTH = { firstMs: 10, mostMs: 250 };

/** The tries of one update, with random waits between them (full jitter), for a time. */
export class Contention {
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
    const milliseconds = backoffMs(this.#count++, GROWTH);
    if (performance.now() + milliseconds > this.#deadline) throw mayBeApplied ? outcomeUnknown(this.#table) : this.#timeout();
    await pause(milliseconds, this.#signal);
  }

  #timeout(): FieldsealError {
    return new FieldsealError(
      'CONCURRENT_UPDATE',
      `table "${this.#table.table.logicalName}": other writers changed the item ${this.#count} times while it was updated, for ${this.#timeoutMs} ms; nothing was written, try again or raise updateTimeoutMs`,
      { retryable: true },
    );
  }
}
