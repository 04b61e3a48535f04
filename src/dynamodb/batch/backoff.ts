import { setTimeout as wait } from 'node:timers/promises';

const FIRST_MS = 50;
const MOST_MS = 5000;

/** A random pause of at most 50 ms, doubled by each idle attempt, at most 5 s: at random, so that those who wait do not come back together. */
export function backoffMs(idleAttempts: number): number {
  return Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** idleAttempts);
}

/** Waits, until the signal is aborted: then it fails with an error named AbortError, as the SDK's requests do. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal });
}

/** Throws an error named AbortError when the signal is aborted already. */
export function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw Object.assign(new Error('the batch was aborted', { cause: signal.reason }), { name: 'AbortError' });
}
