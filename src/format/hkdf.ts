import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { ownBytes, zero } from '../bytes/secret.ts';

const HASH = 'sha512';
const HASH_LENGTH = 64;
/** "If not provided, [salt] is set to a string of HashLen zeros" (RFC 5869, section 2.2). */
const NO_SALT = Buffer.alloc(HASH_LENGTH);
const FIRST_BLOCK = Buffer.of(1);
const KEY_LENGTH = 32;

/**
 * The first step of HKDF-SHA512 without salt (RFC 5869, section 2.2): the pseudorandom key from which {@link expand} derives any number of
 * keys. The caller zeroes it. Two HMACs are the same function as `hkdfSync`, in half its time, and keys of one origin share the first.
 */
export function extract(key: Uint8Array): Uint8Array {
  return createHmac(HASH, NO_SALT).update(key).digest();
}

/** The second step (RFC 5869, section 2.3): 32 bytes in a backing store of their own, which are the start of its first block. */
export function expand(pseudorandomKey: Uint8Array, ...info: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac(HASH, pseudorandomKey);
  for (const part of info) hmac.update(part);
  const block = hmac.update(FIRST_BLOCK).digest();
  const key = ownBytes(KEY_LENGTH);
  key.set(block.subarray(0, KEY_LENGTH));
  zero(block);
  return key;
}
