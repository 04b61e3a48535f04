import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  commitmentOf,
  deriveFieldRoot,
  deriveKeyEncryptionKey,
  deriveSymmetricSigningKey,
  verifyCommitment,
} from '../../src/format/derivation.ts';

const key = Buffer.alloc(32, 0x0b);
const messageId = Buffer.alloc(32, 0x0c);

/** HKDF-SHA512 (RFC 5869) by hand: without salt, 32 bytes. */
function hkdf(input: Uint8Array, info: string, more: Uint8Array = Buffer.alloc(0)): Buffer {
  const extracted = createHmac('sha512', Buffer.alloc(64)).update(input).digest();
  return createHmac('sha512', extracted).update(info).update(more).update(Buffer.of(1)).digest().subarray(0, 32);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('every key has its own label', () => {
  expect(hex(deriveFieldRoot(key, messageId))).toBe(hex(hkdf(key, 'AWS_DBE_DERIVE_KEY', messageId)));
  expect(hex(deriveKeyEncryptionKey(key))).toBe(hex(hkdf(key, 'AWS_MPL_INTERMEDIATE_KEYWRAP_ENC')));
  expect(hex(deriveSymmetricSigningKey(key))).toBe(hex(hkdf(key, 'AWS_MPL_INTERMEDIATE_KEYWRAP_MAC')));
});

test('derived keys lie in backing stores of their own', () => {
  for (const derived of [deriveFieldRoot(key, messageId), deriveKeyEncryptionKey(key), deriveSymmetricSigningKey(key)]) {
    expect([derived.length, derived.buffer.byteLength]).toEqual([32, 32]);
  }
});

describe('the commitment', () => {
  const body = Buffer.from('all bytes of a header before its commitment');
  const commitment = commitmentOf(key, messageId, body);

  test('is the start of an HMAC with SHA-512, although header.md says SHA-384', () => {
    const commitKey = hkdf(key, 'AWS_DBE_COMMIT_KEY', messageId);
    expect(hex(commitment)).toBe(createHmac('sha512', commitKey).update(body).digest('hex').slice(0, 64));
    expect(hex(commitment)).not.toBe(createHmac('sha384', commitKey).update(body).digest('hex').slice(0, 64));
  });

  test('verifies for its own key, message id and header alone', () => {
    const other = Buffer.alloc(32, 0x0d);
    expect(verifyCommitment(commitment, key, messageId, body)).toBe(true);
    expect(verifyCommitment(commitment, other, messageId, body)).toBe(false);
    expect(verifyCommitment(commitment, key, other, body)).toBe(false);
    expect(verifyCommitment(commitment, key, messageId, Buffer.concat([body, Buffer.of(0)]))).toBe(false);
  });

  test('of another length does not verify', () => {
    for (const length of [0, 31]) expect(verifyCommitment(commitment.subarray(0, length), key, messageId, body)).toBe(false);
    expect(verifyCommitment(Buffer.concat([commitment, Buffer.of(0)]), key, messageId, body)).toBe(false);
  });
});
