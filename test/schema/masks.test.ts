import fc from 'fast-check';
import { mask } from 'fieldseal';
import { describe, expect, test } from 'vitest';

describe('what masks show', () => {
  test.each([
    ['123-45-6789', '****6789'],
    ['12345678', '****5678'],
    ['1234567', '****'],
    ['', '****'],
    ['secrets 😀😀😀😀', '****😀😀😀😀'],
  ])('last4 of %j', (value, shown) => {
    expect(mask.last4().show(value)).toBe(shown);
  });

  test.each([
    ['ann@example.com', 'a****@****.com'],
    ['ann.marie@mail.example.co.uk', 'a****@****.uk'],
    ['😀nn@example.com', '😀****@****.com'],
    ['a@example.com', '****'],
    ['ab@b.co', '****'],
    ['ann@localhost', '****'],
    ['not an address', '****'],
    ['', '****'],
  ])('email of %j', (value, shown) => {
    expect(mask.email().show(value)).toBe(shown);
  });

  test.each([
    ['1984-05-06', '1984'],
    ['1984-05-06T07:08:09Z', '1984'],
    [new Date('1984-05-06'), '1984'],
    [new Date(Number.NaN), '****'],
    [new Date(8.64e15), '****'],
    ['1984', '****'],
    ['06.05.1984', '****'],
  ])('year of %j', (value, shown) => {
    expect(mask.year().show(value)).toBe(shown);
  });

  test('full of anything', () => {
    expect(['', 'long '.repeat(99), 7, null].map(value => mask.full().show(value))).toEqual(['****', '****', '****', '****']);
  });

  test.each(['email', 'last4', 'year'] as const)('%s of values of other types', name => {
    const show = mask[name]().show as (value: unknown) => string; // an item may hold what its schema does not expect
    for (const value of [123456789, null, undefined, true, ['123456789'], { a: '123456789' }, new Uint8Array(9)])
      expect(show(value)).toBe('****');
  });
});

describe('of any text, masks', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.emailAddress(),
    fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
  );
  const shownOf = (masked: string): number => Array.from(masked.replaceAll('****', '')).length;

  test.each(['email', 'last4', 'year', 'full'] as const)('%s shows at most half', name => {
    fc.assert(
      fc.property(text, value => {
        expect(2 * shownOf(mask[name]().show(value))).toBeLessThanOrEqual(Array.from(value).length);
      }),
    );
  });

  test.each(['email', 'last4', 'year', 'full'] as const)('%s hides the length', name => {
    const lengths = Array.from({ length: 40 }, (_, n) => mask[name]().show(`a${'b'.repeat(n + 8)}@${'c'.repeat(n)}d.com`).length);
    expect(new Set(lengths).size).toBe(1);
  });
});
