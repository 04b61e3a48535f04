import fc from 'fast-check';
import { definePolicy, encrypted, key, mask, pseudonymizer, table } from 'fieldseal';
import { describe, expect, it } from 'vitest';
import { runs, SLOW } from '../property/runs.ts';

const MASKS = ['cardNumber', 'email', 'full', 'ip', 'last4', 'name', 'phone', 'year'] as const;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const countGraphemes = (text: string): number => [...graphemes.segment(text)].length;
const countCodePoints = (text: string): number => Array.from(text).length;
const withoutPadding = (shown: string): string => shown.replaceAll('****', '');

const combining = fc.constantFrom('e\u0301', 'a\u0300\u0301\u0302\u0303', '👨‍👩‍👧', '🇨🇭', '\u200b', '\ud800', '🏽', 'ﷺ', '*');
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: combining, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('1', '2', ' ', '-', '+', '٣'), maxLength: 24 }),
  fc.string({ unit: fc.constantFrom('A', 'b', 'é', ' ', '王', "'"), maxLength: 24 }),
  fc.emailAddress(),
  fc.ipV4(),
  fc.ipV6(),
  fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
);

describe('requirement 27: masks', () => {
  it.each(MASKS)(
    '%s shows at most half of any text, and never all of it',
    name => {
      const { show } = mask[name]();
      fc.assert(
        fc.property(text, value => {
          const shown = withoutPadding(show(value));
          expect(2 * countCodePoints(shown)).toBeLessThanOrEqual(countCodePoints(value));
          expect(2 * countGraphemes(shown)).toBeLessThanOrEqual(countGraphemes(value));
          if (value !== '') expect(show(value)).not.toBe(value === '****' ? '' : value);
        }),
        runs(500),
      );
    },
    SLOW.timeout,
  );

  it.each<[(typeof MASKS)[number], (length: number) => string]>([
    ['cardNumber', length => `${'4'.repeat(8 + (length % 8))}4242`],
    ['email', length => `a${'b'.repeat(length + 9)}@${'c'.repeat(length + 9)}.com`],
    ['full', length => 'x'.repeat(length)],
    ['ip', length => `203.0.113.${length}`],
    ['last4', length => `${'x'.repeat(length + 8)}1234`],
    ['name', length => `A${'n'.repeat(length + 3)} ${'van '.repeat(length % 3)}S${'o'.repeat(length + 2)}`],
    ['phone', length => `${'7'.repeat(6 + (length % 8))}67`],
    ['year', length => `1984-05-06${length % 2 === 0 ? '' : 'T07:08:09.000Z'}`],
  ])('%s hides the length', (name, valueWith) => {
    expect(new Set(Array.from({ length: 40 }, (_, length) => mask[name]().show(valueWith(length)))).size).toBe(1);
  });

  it('a mask of the application is held to the same rules', () => {
    const shows: ((value: string) => unknown)[] = [
      value => value,
      value => value.toUpperCase(),
      value => value.toLowerCase(),
      value => [...value].reverse().join(''),
      value => value.slice(0, -1),
      value => `${value}****`,
      value => value.normalize('NFD'),
      value => [...value].join(' '),
      value => [value],
      () => undefined,
      () => {
        throw new Error('secret');
      },
      async value => value,
    ];
    const word = fc.string({ unit: fc.constantFrom('a', 'B', 'c', 'é', '王', '7'), minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(word, fc.constantFrom(...shows), (value, show) => {
        expect(mask.custom(show as (value: string) => string).show(value)).toBe('****');
      }),
      runs(500),
    );
  });

  it('whatever a mask of the application does, at most half of the characters are the value’s', () => {
    fc.assert(
      fc.property(text, fc.func(fc.string({ unit: 'grapheme' })), fc.nat(20), (value, made, start) => {
        const { show } = mask.custom((given: string) => given.slice(start) + made(given));
        const left = Array.from(value);
        const same = Array.from(withoutPadding(show(value))).filter(character => {
          const at = left.indexOf(character);
          if (at >= 0) left.splice(at, 1);
          return at >= 0;
        });
        if (!value.includes('*') && value === value.normalize('NFKD')) expect(2 * same.length).toBeLessThanOrEqual(countCodePoints(value));
      }),
      runs(500),
    );
  });
});

describe('requirement 27: pseudonyms', () => {
  const secrets = table('secrets', { id: key.partition(), ssn: encrypted<string>() });

  it('no key is an error of the definition', () => {
    expect(() => definePolicy(secrets, { a: { read: { ssn: 'pseudonym' } } }, { classify: () => 'a' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('have 128 bits, labelled by table, attribute, tenant and key version', () => {
    const of = (table: string, attribute: string, tenant: string, keyVersion: string): string =>
      String(pseudonymizer({ key: new Uint8Array(32).fill(7), keyVersion }).pseudonymOf('x', { table, attribute, tenant })).split('.')[1] ??
      '';
    const all = [of('t', 'a', '1', 'k'), of('u', 'a', '1', 'k'), of('t', 'b', '1', 'k'), of('t', 'a', '2', 'k'), of('t', 'a', '1', 'l')];
    expect(new Set(all).size).toBe(5);
    expect(Buffer.from(all[0] ?? '', 'base64url')).toHaveLength(16);
  });
});
