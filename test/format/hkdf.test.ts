import { Buffer } from 'node:buffer';
import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expand, extract } from '../../src/format/hkdf.ts';
import { runs, SLOW } from '../property/runs.ts';

const anyBytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Node's own HKDF-SHA512 without salt. */
function nodes(key: Uint8Array, info: Uint8Array, length: number): string {
  return hex(new Uint8Array(hkdfSync('sha512', key, Buffer.alloc(0), info, length)));
}

describe('HKDF-SHA512 without salt', () => {
  test('is that of node:crypto, whatever the key and the info', SLOW, () => {
    // Keys on both sides of the 128 bytes that are a block of the hash.
    const key = fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }), anyBytes(300));
    fc.assert(
      fc.property(key, fc.array(anyBytes(200), { maxLength: 3 }), (input, info) => {
        expect(hex(expand(extract(input), ...info))).toBe(nodes(input, Buffer.concat(info), 32));
      }),
      runs(500),
    );
  });

  // RFC 5869 has vectors for SHA-256 and SHA-1 alone. These are of its inputs 1, 2 (without their salts) and 3 under SHA-512.
  test.each([
    [22, Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex')],
    [80, Buffer.from(Array.from({ length: 80 }, (_, i) => 0xb0 + i))],
    [22, Buffer.alloc(0)],
  ])('gives what node:crypto gives for the inputs of RFC 5869: a key of %i bytes', (length, info) => {
    const key = length === 80 ? Buffer.from(Array.from({ length }, (_, i) => i)) : Buffer.alloc(length, 0x0b);
    expect(hex(expand(extract(key), info))).toBe(nodes(key, info, 32));
  });

  test('has the known value of the third of those inputs', () => {
    const pseudorandomKey = extract(Buffer.alloc(22, 0x0b));
    expect(hex(pseudorandomKey)).toBe(
      'fd200c4987ac491313bd4a2a13287121247239e11c9ef82802044b66ef357e5b194498d0682611382348572a7b1611de54764094286320578a863f36562b0df6',
    );
    expect(hex(expand(pseudorandomKey))).toBe('f5fa02b18298a72a8c23898a8703472c6eb179dc204c03425c970e3b164bf90f');
  });

  test('keeps keys in backing stores of their own, and its input as it is', () => {
    const input = Buffer.alloc(32, 7);
    const pseudorandomKey = extract(input);
    expect([pseudorandomKey.length, pseudorandomKey.buffer.byteLength]).toEqual([64, 64]);
    const before = hex(pseudorandomKey);
    const key = expand(pseudorandomKey, Buffer.from('label'));
    expect([key.length, key.buffer.byteLength]).toEqual([32, 32]);
    expect(hex(pseudorandomKey)).toBe(before);
    expect(hex(input)).toBe('07'.repeat(32));
  });
});
