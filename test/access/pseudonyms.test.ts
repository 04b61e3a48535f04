import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { isPseudonym, pseudonymizer } from 'fieldseal';
import { describe, expect, test } from 'vitest';

const KEY = new Uint8Array(32).fill(7);
const source = { table: 'users', attribute: 'ssn', tenant: 't-1' };
const made = pseudonymizer({ key: KEY, keyVersion: 'k1' });
const of = (value: unknown, over: Partial<typeof source> = {}, by = made): string => String(by.pseudonymOf(value, { ...source, ...over }));

describe('a pseudonym', () => {
  test('is HMAC-SHA-256 over length-prefixed parts, 128 bits of it', () => {
    const parts = ['fieldseal/pseudonym/v1', 'users', 'ssn', 'st-1', 'k1', 's078-05-1120'].map(part => Buffer.from(part));
    const hmac = createHmac('sha256', KEY);
    for (const part of parts) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      hmac.update(length).update(part);
    }
    expect(of('078-05-1120')).toBe(`k1.${hmac.digest().subarray(0, 16).toString('base64url')}`);
    expect(isPseudonym(made.pseudonymOf('x', source))).toBe(true);
  });

  test('differs by table, attribute, tenant, key and key version', () => {
    const others = [
      of('x'),
      of('x', { table: 'user' }),
      of('x', { attribute: 'email' }),
      of('x', { tenant: 't-2' }),
      String(made.pseudonymOf('x', { table: 'users', attribute: 'ssn' })),
      of('x', {}, pseudonymizer({ key: new Uint8Array(32).fill(8), keyVersion: 'k1' })),
      of('x', {}, pseudonymizer({ key: KEY, keyVersion: 'k2' })),
    ];
    expect(new Set(others.map(text => text.slice(3))).size).toBe(others.length);
  });

  test('does not confuse one part with the next', () => {
    expect(of('x', { table: 'ab', attribute: 'c' })).not.toBe(of('x', { table: 'a', attribute: 'bc' }));
  });

  test('is of the value as it was when the key was given: the key is copied', () => {
    const key = Uint8Array.from(KEY);
    const by = pseudonymizer({ key, keyVersion: 'k1' });
    key.fill(9);
    expect(of('x', {}, by)).toBe(of('x'));
  });

  test('is equal where values are equal in DynamoDB, and only there', () => {
    expect(of(1)).toBe(of(1n));
    expect(of(0)).toBe(of(-0));
    expect(of(1e21)).toBe(of(10n ** 21n));
    expect(of(Buffer.from('ab'))).toBe(of(Uint8Array.from([97, 98])));
    const values = [
      '1',
      1,
      true,
      'true',
      Uint8Array.of(1),
      new Date(1),
      '1970-01-01T00:00:00.001Z',
      false,
      '',
      1.5,
      '1.5',
      new Uint8Array(0),
    ];
    expect(new Set(values.map(value => of(value))).size).toBe(values.length);
  });

  test('of different values differs', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt(),
      fc.boolean(),
    );
    const decimal = (value: unknown): unknown => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value);
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        expect(of(a) === of(b)).toBe(decimal(a) === decimal(b));
      }),
    );
  });

  test.each([
    [[]],
    [{}],
    [null],
    [undefined],
    [new Set(['x'])],
    [Number.NaN],
    [Infinity],
    [new Date(Number.NaN)],
    [Symbol('x')],
    ['\ud800'],
  ])('is not made of %o', value => {
    expect(() => of(value)).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }));
  });
});

describe('pseudonymizer() refuses', () => {
  test.each<[string, unknown]>([
    ['no options', undefined],
    ['no key', { keyVersion: 'k1' }],
    ['a text for a key', { key: 'x'.repeat(32), keyVersion: 'k1' }],
    ['a short key', { key: new Uint8Array(16).fill(1), keyVersion: 'k1' }],
    ['a zeroed key', { key: new Uint8Array(32), keyVersion: 'k1' }],
    ['no key version', { key: KEY }],
    ['a key version that would not be told from the rest', { key: KEY, keyVersion: 'a.b' }],
    ['a tenant that is no name', { key: KEY, keyVersion: 'k1', tenant: 7 }],
    ['an option with a slip', { key: KEY, keyVersion: 'k1', tennant: 'x' }],
  ])('%s', (_, options) => {
    expect(() => pseudonymizer(options as never)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(/^pseudonymizer\(\) /) }),
    );
  });
});
