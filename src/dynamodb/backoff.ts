import { setTimeout as wait } from 'node:timers/promises';

/** How pauses grow. */
export interface Growth {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** A random pause of at most `firstMs`, doubled by each attempt, at most `mostMs`: at random, so that those who wait do not come back together. */
export function backoffMs(attempt: number, { firstMs, mostMs }: Growth): number {
  return Math.random() * Math.min(mostMs, firstMs * 2 ** attempt);
}

/** Waits, until the signal is aborted: then it fails with an error named AbortError, as the SDK's requests do. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal && { signal });
}

/** Throws an error named AbortError when the signal is aborted already. */
export function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw Object.assign(new Error('the batch was aborted', { cause: signal.reason }), { name: 'AbortError' });
}
