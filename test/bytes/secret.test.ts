import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalSecrets } from '../../src/bytes/compare.ts';
import { setOwn } from '../../src/bytes/own-property.ts';
import { copyKey, isAllZero, ownBytes, randomKey, zero } from '../../src/bytes/secret.ts';
import { runs, SLOW } from '../property/runs.ts';

describe('key bytes', () => {
  test('never share a backing store', () => {
    const pooled = Buffer.from('a key that lies in the pool of Buffer');
    for (const key of [ownBytes(32), randomKey(32), copyKey(pooled), copyKey(pooled.subarray(2, 10))]) {
      expect(key.buffer.byteLength).toBe(key.length);
      expect(key.byteOffset).toBe(0);
    }
  });

  test('are zeroed in place, and copies are not', () => {
    const key = randomKey(32);
    const copy = copyKey(key);
    zero(key, undefined, copyKey(key));
    expect([isAllZero(key), isAllZero(copy)]).toEqual([true, false]);
  });

  test('are random', () => {
    expect(new Set(Array.from({ length: 100 }, () => Buffer.from(randomKey(32)).toString('hex'))).size).toBe(100);
  });
});

test('secrets of different lengths are unequal, without an error', SLOW, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
      expect(equalSecrets(a, b)).toBe(Buffer.compare(a, b) === 0);
    }),
    runs(500),
  );
});

test('setOwn makes own properties of any name', SLOW, () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')), name => {
      const target: Record<string, unknown> = {};
      const value = { polluted: true };
      setOwn(target, name, value);
      expect(Object.entries(target)).toEqual([[name, value]]);
      expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
    }),
    runs(200),
  );
});
