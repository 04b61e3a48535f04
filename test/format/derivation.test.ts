import { Buffer } from 'node:buffer';
import { createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { commitmentOf, deriveIntermediateKeys, deriveRecordKeys, verifyCommitment } from '../../src/format/derivation.ts';

const key = Buffer.alloc(32, 0x0b);
const messageId = Buffer.alloc(32, 0x0c);
const { commitmentKey, fieldRoot } = deriveRecordKeys(key, messageId);
const { keyEncryptionKey, symmetricSigningKey } = deriveIntermediateKeys(key);

function hkdf(label: string, more: Uint8Array = Buffer.alloc(0)): string {
  return hex(new Uint8Array(hkdfSync('sha512', key, Buffer.alloc(0), Buffer.concat([Buffer.from(label), more]), 32)));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

test('every key has its own label', () => {
  expect(hex(commitmentKey)).toBe(hkdf('AWS_DBE_COMMIT_KEY', messageId));
  expect(hex(fieldRoot)).toBe(hkdf('AWS_DBE_DERIVE_KEY', messageId));
  expect(hex(keyEncryptionKey)).toBe(hkdf('AWS_MPL_INTERMEDIATE_KEYWRAP_ENC'));
  expect(hex(symmetricSigningKey)).toBe(hkdf('AWS_MPL_INTERMEDIATE_KEYWRAP_MAC'));
});

test('derived keys lie in backing stores of their own', () => {
  for (const derived of [commitmentKey, fieldRoot, keyEncryptionKey, symmetricSigningKey]) {
    expect([derived.length, derived.buffer.byteLength]).toEqual([32, 32]);
  }
});

test('the key that they come from stays as it is: its owner zeroes it', () => {
  expect(hex(key)).toBe('0b'.repeat(32));
});

describe('the commitment', () => {
  const body = Buffer.from('all bytes of a header before its commitment');
  const commitment = commitmentOf(commitmentKey, body);

  test('is the start of an HMAC with SHA-512, although header.md says SHA-384', () => {
    expect(hex(commitment)).toBe(createHmac('sha512', commitmentKey).update(body).digest('hex').slice(0, 64));
    expect(hex(commitment)).not.toBe(createHmac('sha384', commitmentKey).update(body).digest('hex').slice(0, 64));
  });

  test('verifies for its own data key, message id and header alone', () => {
    const other = Buffer.alloc(32, 0x0d);
    expect(verifyCommitment(commitment, commitmentKey, body)).toBe(true);
    expect(verifyCommitment(commitment, deriveRecordKeys(other, messageId).commitmentKey, body)).toBe(false);
    expect(verifyCommitment(commitment, deriveRecordKeys(key, other).commitmentKey, body)).toBe(false);
    expect(verifyCommitment(commitment, commitmentKey, Buffer.concat([body, Buffer.of(0)]))).toBe(false);
  });

  test('of another length does not verify', () => {
    for (const length of [0, 31]) expect(verifyCommitment(commitment.subarray(0, length), commitmentKey, body)).toBe(false);
    expect(verifyCommitment(Buffer.concat([commitment, Buffer.of(0)]), commitmentKey, body)).toBe(false);
  });
});
