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

  test.each([
    ['+41 79 123 45 67', '****67'],
    ['(555) 010-9988', '****88'],
    ['٠١٢٣٤٥٦٧', '****٦٧'],
    ['112', '****'],
    ['1234567890123456', '****'],
    ['call me', '****'],
    ['+41 79 123 45 67 ext. 8', '****'],
    ['', '****'],
  ])('phone of %j', (value, shown) => {
    expect(mask.phone().show(value)).toBe(shown);
  });

  test.each([
    ['Ann Marie Smith', 'A**** S****'],
    ['  Ann  Smith ', 'A**** S****'],
    ['Plato', 'P****'],
    ['王小明', '王****'],
    ['Éric', 'É****'],
    ['E\u0301ric', 'E\u0301****'],
    ['Al Bo', '****'],
    ['J', '****'],
    ["Ann 'Shorty'", '****'],
    ['R2D2 7of9', '****'],
    ['', '****'],
    ['   ', '****'],
  ])('name of %j', (value, shown) => {
    expect(mask.name().show(value)).toBe(shown);
  });

  test.each([
    ['4242 4242 4242 4242', '****4242'],
    ['4242-4242-4242-4242', '****4242'],
    ['378282246310005', '****0005'],
    ['42424242424', '****'],
    ['42424242424242424242', '****'],
    ['4242 4242 4242 424x', '****'],
    ['', '****'],
  ])('cardNumber of %j', (value, shown) => {
    expect(mask.cardNumber().show(value)).toBe(shown);
  });

  test.each([
    ['203.0.113.7', '203.****'],
    ['10.0.0.1', '10.****'],
    ['2001:db8::8a2e:370:7334', '2001:****'],
    ['fe80::1', '****'],
    ['::1', '****'],
    ['::ffff:203.0.113.7', '****'],
    ['203.0.113', '****'],
    ['203.0.113.700', '****'],
    ['', '****'],
  ])('ip of %j', (value, shown) => {
    expect(mask.ip().show(value)).toBe(shown);
  });

  test.each<[string, (value: string) => unknown, string, string]>([
    ['a part', value => value.slice(0, 2), 'ABCDEF', 'AB'],
    ['padding of the length', value => value.slice(0, 1) + '*'.repeat(value.length - 1), 'ABCDEF', 'A****'],
    ['padding with dots', value => `${'•'.repeat(value.length - 2)}${value.slice(-2)}`, 'ABCDEF', '****EF'],
    ['padding with letters', value => `XXX-${value.slice(-2)}`, '123-45', '****-45'],
    ['words of its own', () => 'an account', 'ABCDEFGH', 'an account'],
    ['more than half', value => value.slice(0, 4), 'ABCDEF', '****'],
    ['all, in other letters', value => value.toLowerCase(), 'ABCDEF', '****'],
    ['nothing but punctuation hidden', value => value.slice(-4), '----1234', '****'],
    ['no text', value => value.length, 'ABCDEF', '****'],
    ['nothing, for it throws', value => value.repeat(-1), 'ABCDEF', '****'],
  ])('custom that shows %s', (_, show, value, shown) => {
    expect(mask.custom(show as (value: string) => string).show(value)).toBe(shown);
  });

  test('custom of other values than text', () => {
    const city = mask.custom((address: { street: string; city: string }) => `${address.city}, ****`);
    expect(city.show({ street: 'Long Street 78', city: 'Bern' })).toBe('Bern, ****');
    expect(city.show({ street: 'A 1', city: 'Wolfenschiessen' })).toBe('****');
    expect(mask.custom((age: number) => (age < 18 ? 'minor' : 'adult')).show(41)).toBe('adult');
    expect(mask.custom((age: number) => String(age)).show(41)).toBe('****');
    expect(mask.custom((on: Date) => on.toISOString().slice(0, 7)).show(new Date('1984-05-06'))).toBe('****'); // six digits of eight
    expect(mask.custom((tags: Set<string>) => [...tags].join()).show(new Set(['red', 'blue']))).toBe('****');
    expect(mask.custom((bytes: Uint8Array) => Buffer.from(bytes).toString('hex')).show(Uint8Array.of(1, 2, 254))).toBe('****');
  });

  test('custom of a value that contains itself', () => {
    const self: { name: string; self?: object } = { name: 'Ann' };
    self.self = self;
    expect(mask.custom(() => 'A').show(self)).toBe('****');
  });

  test('custom takes a function', () => {
    expect(() => mask.custom('x' as never)).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
  });

  test('full of anything', () => {
    expect(['', 'long '.repeat(99), 7, null].map(value => mask.full().show(value))).toEqual(['****', '****', '****', '****']);
  });

  test.each(['cardNumber', 'email', 'ip', 'last4', 'name', 'phone', 'year'] as const)('%s of values of other types', name => {
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
