import { FieldsealError } from '../../errors.ts';

/** Options of {@link batchWriteAll} and {@link batchGetAll}. */
export interface BatchOptions {
  /** Stops requests and pauses. The call then fails with an error named AbortError. */
  readonly signal?: AbortSignal | undefined;
  /** How often in a row DynamoDB may process nothing of a request before the call fails with BATCH_INCOMPLETE. Default: 10. */
  readonly maxAttempts?: number | undefined;
  /** How many requests are under way at a time. Default: 4. */
  readonly concurrency?: number | undefined;
  /** Called after each request. What it throws ends the call. */
  readonly onProgress?: ((progress: BatchProgress) => void) | undefined;
}

/** How far a call has come. */
export interface BatchProgress {
  /** Write requests or keys that are done. */
  readonly done: number;
  readonly total: number;
}

/** Checked {@link BatchOptions}. */
export interface CheckedOptions {
  readonly signal: AbortSignal | undefined;
  readonly maxAttempts: number;
  readonly concurrency: number;
  readonly onProgress: (progress: BatchProgress) => void;
}

/** Throws INPUT_INVALID. */
export function checkedOptions({ signal, maxAttempts, concurrency, onProgress, ...others }: BatchOptions): CheckedOptions {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new FieldsealError('INPUT_INVALID', `there is no option "${unknown}"; there are signal, maxAttempts, concurrency and onProgress`);
  }
  return {
    signal,
    maxAttempts: count('maxAttempts', maxAttempts ?? 10),
    concurrency: count('concurrency', concurrency ?? 4),
    onProgress: onProgress ?? (() => undefined),
  };
}

function count(option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new FieldsealError('INPUT_INVALID', `${option} must be a whole number above 0`);
}
