import { isAllZero, observeOwnBytes } from '../bytes/secret.ts';
import { refuseProduction, type TestOnly } from './refuse-production.ts';

/** Watches the buffers that this package makes for key bytes. What is in them is never handed out. */
export interface KeyTracker extends Disposable {
  /** How many buffers were made. */
  readonly buffers: number;
  /** How many of them hold anything but zeros now: keys in use, keys that are kept on purpose, and keys that were forgotten. */
  unzeroed(): number;
  /** Ends the watch. What was seen stays countable. */
  stop(): void;
}

/**
 * Watches every buffer for key bytes that this package makes in this process from now on, until it is stopped: data keys, wrapping keys,
 * branch keys and what is derived from them. It keeps them from being collected. Keys inside `KeyObject`s and other packages are out of its
 * sight. Throws CONFIG_INVALID where `NODE_ENV` is `production`.
 */
export function trackKeys(options: TestOnly = {}): KeyTracker {
  refuseProduction('trackKeys', options, 'it keeps every key in memory; leave it out');
  const seen: Uint8Array[] = [];
  const stop = observeOwnBytes(bytes => seen.push(bytes));
  return {
    get buffers() {
      return seen.length;
    },
    unzeroed: () => seen.filter(bytes => !isAllZero(bytes)).length,
    stop,
    [Symbol.dispose]: stop,
  };
}
