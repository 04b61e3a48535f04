import { FieldsealError, isFieldsealError } from '../../errors.ts';
import { meaningOf } from '../../keys/failures.ts';
import { backoffMs, pause, refuseAborted } from '../backoff.ts';
import { mapBounded } from '../bounded.ts';
import type { CheckedOptions } from './options.ts';

const GROWTH = { firstMs: 50, mostMs: 5000 };

/** Work that is done in requests of a limited size. */
export interface Batch<E> {
  readonly elements: readonly E[];
  /** How many elements one request takes. */
  readonly most: number;
  /** True when what was done cannot be done again without effect. */
  readonly writes: boolean;
  /** Sends elements in one request, and gives back those that were not processed. */
  send(elements: readonly E[]): Promise<readonly E[]>;
  /** The elements as the caller gave them: what the error of an unfinished batch carries. */
  callersForm(remaining: readonly E[]): unknown;
}

/** Ends the work on one chunk of a batch. */
class OutOfAttempts extends Error {}

/**
 * Sends all elements, and again what was not processed, with pauses. Throws BATCH_INCOMPLETE when nothing moves any more, or the error that ended
 * the work. Each carries what remains to be done, in a property that is not enumerable.
 */
export async function runBatch<E>(batch: Batch<E>, options: CheckedOptions): Promise<void> {
  const { elements, most } = batch;
  const remaining = new Set(elements);
  const stop = new AbortController();
  const waiting = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  let lastFailure: unknown;
  let first: { readonly failure: unknown } | undefined;

  const attempt = async (chunk: readonly E[]): Promise<readonly E[]> => {
    try {
      return await batch.send(chunk);
    } catch (error) {
      if (!isTransient(error)) throw error;
      lastFailure = error;
      return chunk;
    }
  };

  const work = async (chunk: readonly E[]): Promise<void> => {
    let left = chunk;
    for (let idle = 0; left.length > 0; ) {
      refuseAborted(waiting);
      const unprocessed = await attempt(left);
      for (const element of left) remaining.delete(element);
      for (const element of unprocessed) remaining.add(element);
      options.onProgress({ done: elements.length - remaining.size, total: elements.length });
      idle = unprocessed.length < left.length ? 0 : idle + 1;
      if (idle >= options.maxAttempts) throw new OutOfAttempts();
      left = unprocessed;
      if (left.length > 0) await pause(backoffMs(idle, GROWTH), waiting);
    }
  };

  try {
    await mapBounded(chunksOf(elements, most), options.concurrency, chunk =>
      work(chunk).catch((failure: unknown) => {
        first ??= { failure };
        stop.abort(); // others end with their requests
        throw failure;
      }),
    );
  } catch (error) {
    const left = [...remaining];
    const { failure: cause } = first ?? { failure: error };
    const failure = cause instanceof OutOfAttempts ? incomplete(batch, left.length, options, lastFailure) : cause;
    throw carrying(failure, batch.callersForm(left));
  }
}

function chunksOf<E>(elements: readonly E[], most: number): E[][] {
  return Array.from({ length: Math.ceil(elements.length / most) }, (_, i) => elements.slice(i * most, (i + 1) * most));
}

/** Throttling, and failures of the service or the network: nothing was done that may not be done again. */
function isTransient(error: unknown): boolean {
  if (isFieldsealError(error)) return error.retryable && !error.writeApplied;
  return !(error instanceof Error && error.name === 'AbortError') && meaningOf(error) === 'KEY_UNAVAILABLE';
}

function incomplete<E>({ elements, writes }: Batch<E>, left: number, { maxAttempts }: CheckedOptions, cause: unknown): FieldsealError {
  const done = elements.length - left;
  const told = `${left} of ${elements.length} ${writes ? 'write requests' : 'keys'} remain after ${maxAttempts} attempts without progress`;
  const instead = writes ? 'write what unprocessedWrites(error) gives later' : 'read again later';
  return new FieldsealError(
    'BATCH_INCOMPLETE',
    `${told}: the throughput of a table is exceeded, or its keys cannot be reached; ${instead}`,
    {
      ...(cause !== undefined && { cause }),
      writeApplied: writes && done > 0,
      retryable: !(writes && done > 0),
    },
  );
}

/** Never among what is logged: the caller's requests hold plaintext. */
function carrying(failure: unknown, unprocessed: unknown): unknown {
  if (typeof failure === 'object' && failure !== null)
    Reflect.defineProperty(failure, 'unprocessed', { value: unprocessed, enumerable: false, configurable: true });
  return failure;
}

/** What an error of {@link runBatch} carries. */
export function carriedBy(error: unknown): unknown {
  return typeof error === 'object' && error !== null && Object.hasOwn(error, 'unprocessed')
    ? (error as { readonly unprocessed: unknown }).unprocessed
    : undefined;
}
