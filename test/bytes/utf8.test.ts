import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareUtf8, decodeUtf8, utf8 } from '../../src/bytes/utf8.ts';
import { runs, SLOW } from '../property/runs.ts';

const wellFormed = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\0', '\x7f', '\x80', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\ufe4c', '\uffff', '\u{10000}', '\u{10ffff}'),
  }),
);

describe('compareUtf8', () => {
  test('orders as the bytes of UTF-8 are ordered', SLOW, () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      runs(3000),
    );
  });

  test('and so also texts with a common beginning', SLOW, () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, wellFormed, (start, a, b) => {
        expect(Math.sign(compareUtf8(start + a, start + b))).toBe(Buffer.compare(Buffer.from(start + a), Buffer.from(start + b)));
      }),
      runs(1000),
    );
  });

  test('which is not the order of JavaScript', () => {
    expect('\ufe4c' > '\u{10001}').toBe(true);
    expect(compareUtf8('\ufe4c', '\u{10001}')).toBeLessThan(0);
  });

  test('finds only equal texts equal', () => {
    expect(compareUtf8('', '')).toBe(0);
    expect(compareUtf8('a', 'a')).toBe(0);
    expect(compareUtf8('a', 'a\0')).toBeLessThan(0);
    expect(compareUtf8('é', 'e\u0301')).not.toBe(0);
  });
});

describe('utf8', () => {
  test.each(['\ud800', '\udfff', 'a\ud800', '\udc00\ud800', '\ud83d a'])('refuses the lone surrogate in %j', text => {
    expect(() => utf8(text)).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }));
  });

  test('refuses no other text, and is reversed by decodeUtf8', SLOW, () => {
    fc.assert(
      fc.property(wellFormed, text => {
        expect(decodeUtf8(utf8(text))).toBe(text);
      }),
      runs(1000),
    );
  });
});

describe('decodeUtf8', () => {
  test('keeps a byte order mark', () => {
    expect(decodeUtf8(Buffer.from('efbbbf61', 'hex'))).toBe('\ufeffa');
    expect(decodeUtf8(Buffer.from('efbbbf', 'hex'))).toBe('\ufeff');
  });

  test.each([
    ['a continuation byte alone', '80'],
    ['an overlong slash', 'c0af'],
    ['an overlong NUL', 'c080'],
    ['a surrogate in UTF-8', 'eda080'],
    ['a pair of surrogates in UTF-8', 'eda081edb081'],
    ['a code point above U+10FFFF', 'f4908080'],
    ['a truncated sequence', 'f09f98'],
    ['a byte that UTF-8 never has', 'ff'],
  ])('gives undefined for %s', (_, hex) => {
    expect(decodeUtf8(Buffer.from(hex, 'hex'))).toBeUndefined();
  });

  test('reads a view of a larger buffer', () => {
    const around = new Uint8Array([0xff, 0x61, 0x62, 0xff]);
    expect(decodeUtf8(around.subarray(1, 3))).toBe('ab');
  });
});
