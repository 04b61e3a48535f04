import { randomFillSync } from 'node:crypto';
import { FieldsealError } from '../errors.ts';

const observers = new Set<(bytes: Uint8Array) => void>();

/** Tells of every buffer for key bytes that is made from now on, until the function it returns is called: for tests that keys are zeroed. */
export function observeOwnBytes(observer: (bytes: Uint8Array) => void): () => void {
  observers.add(observer);
  return () => void observers.delete(observer);
}

/** Zeroed bytes with a backing store of their own: key bytes must never lie in a slice of the shared Buffer pool. */
export function ownBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (const observer of observers) observer(bytes);
  return bytes;
}

/** Fresh random key bytes in a backing store of their own. */
export function randomKey(length: number): Uint8Array<ArrayBuffer> {
  return randomFillSync(ownBytes(length));
}

/**
 * A copy in a backing store of its own. Throws KEY_INVALID for anything but bytes: a typed array would take the letters of a text for zeros.
 */
export function copyKey(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!(bytes instanceof Uint8Array))
    throw new FieldsealError('KEY_INVALID', 'a key must be bytes (Uint8Array or Buffer); decode a text first');
  const copy = ownBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

/** Overwrites key bytes. Best effort: strings, KeyObjects and copies inside OpenSSL are out of reach. */
export function zero(...secrets: ReadonlyArray<Uint8Array | undefined>): void {
  for (const secret of secrets) secret?.fill(0);
}

/** True for a key that was never set or was zeroed too early: such a key must not wrap anything. */
export function isAllZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}
