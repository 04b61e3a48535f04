import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';

/** Unsigned byte order. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

/** Compares secrets in time that depends on the length alone; different lengths are unequal. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
