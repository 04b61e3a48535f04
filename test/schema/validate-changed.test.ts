import { attributeActions, codec, encrypted, key, signed, table, unsigned } from 'fieldseal';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { validateChanged } from '../../src/schema/validate.ts';

const users = table('users', {
  id: key.partition(),
  tenantId: signed<string>({ context: true }),
  type: signed(z.literal('user')),
  name: signed(z.string().trim()),
  age: encrypted(z.coerce.number()),
  born: encrypted(codec(z.date(), { encode: date => date.toISOString(), decode: text => new Date(text) })),
  city: encrypted(z.string().default('Bern')),
  nick: encrypted(z.string().optional()),
  note: encrypted<string>().optional(),
  seenAt: unsigned(z.number()).optional(),
});
const coded = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('what an update stores', () => {
  test('is the changed attributes alone, validated and encoded', async () => {
    expect(await validateChanged(users, { name: ' Ann ', age: '41', born: new Date('1984-05-06') }, [])).toEqual({
      name: 'Ann',
      age: 41,
      born: '1984-05-06T00:00:00.000Z',
    });
    expect(await validateChanged(users, {}, [])).toEqual({});
  });

  test('leaves out what is undefined, and the input alone', async () => {
    const changed = Object.freeze({ name: 'Ann', note: undefined, unknown: undefined });
    expect(await validateChanged(users, changed, [])).toEqual({ name: 'Ann' });
  });

  test('does not ask validators of other attributes', async () => {
    const validate = vi.fn(() => ({ value: 1 }));
    const other = encrypted({ '~standard': { version: 1, vendor: 'test', validate } });
    await validateChanged(table('t', { id: key.partition(), a: signed<string>(), other }), { a: 'b' }, []);
    expect(validate).not.toHaveBeenCalled();
  });

  test('waits for asynchronous validators', async () => {
    const late = table('t', { id: key.partition(), a: signed(z.string().refine(async text => text !== 'taken')) });
    expect(await validateChanged(late, { a: 'free' }, [])).toEqual({ a: 'free' });
    await expect(validateChanged(late, { a: 'taken' }, [])).rejects.toMatchObject({ attributes: ['a'] });
    await expect(validateChanged(late, { a: 'taken' }, [])).rejects.toEqual(coded('VALIDATION_FAILED', /"a" is not valid(?!.*taken)/));
  });

  test('lets optional attributes go', async () => {
    expect(await validateChanged(users, { name: 'Ann' }, ['note', 'nick', 'seenAt'])).toEqual({ name: 'Ann' });
  });
});

describe('an update is refused', () => {
  test.each<[string, Record<string, unknown>, string[], string, RegExp]>([
    [
      'with undeclared names',
      { isAdmin: true },
      ['role'],
      'ATTRIBUTE_UNKNOWN',
      /^table "users": "isAdmin", "role" are not declared in the schema; declare them, or leave them out$/,
    ],
    ['with names of the format', { aws_dbe_head: 1 }, ['aws_dbe_foot'], 'ATTRIBUTE_RESERVED', /leave out "aws_dbe_head", "aws_dbe_foot"/],
    ['with invalid values', { name: 7, age: 'secret' }, [], 'VALIDATION_FAILED', /"name" is not valid; "age" is not valid(?!.*secret)/],
    ['when a codec fails', { born: new Date(Number.NaN) }, [], 'VALIDATION_FAILED', /"born" is not valid/],
    ['when it removes the key', {}, ['id'], 'ATTRIBUTE_MISSING', /every item needs "id".*key and context attributes are never absent/],
    ['when it removes a context attribute', {}, ['tenantId'], 'ATTRIBUTE_MISSING', /"tenantId"/],
    ['when it removes a discriminator', {}, ['type'], 'ATTRIBUTE_MISSING', /"type"/],
    [
      'when it removes required attributes',
      {},
      ['name', 'note', 'age'],
      'ATTRIBUTE_MISSING',
      /every item needs "name", "age"; .*\.optional\(\)/,
    ],
    ['when it removes what has a default', {}, ['city'], 'ATTRIBUTE_MISSING', /"city"/],
    ['with names that objects inherit', JSON.parse('{"__proto__":1}'), ['constructor'], 'ATTRIBUTE_UNKNOWN', /"__proto__", "constructor"/],
  ])('%s', async (_, changed, removed, code, message) => {
    await expect(validateChanged(users, changed, removed)).rejects.toEqual(coded(code, message));
  });

  test('when a validator makes a value undefined, which would leave the attribute as it is', async () => {
    const blank = z.string().transform(text => text || undefined);
    const schema = table('t', { id: key.partition(), a: encrypted(blank) });
    expect(await validateChanged(schema, { a: 'x' }, [])).toEqual({ a: 'x' });
    await expect(validateChanged(schema, { a: '' }, [])).rejects.toEqual(
      coded('VALIDATION_FAILED', /the validator of "a" makes the value undefined; remove the attribute instead/),
    );
  });
});

describe('an update of an attributeActions table', () => {
  const context = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
  const actions = attributeActions({
    logicalTableName: 't',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: context, tenant: context, ssn: 'ENCRYPT_AND_SIGN' },
    allowedUnsignedAttributePrefix: ':',
  });

  test('passes through', async () => {
    const date = new Date();
    expect(await validateChanged(actions, { ssn: date, ':x': 1 }, [':y', 'ssn'])).toEqual({ ssn: date, ':x': 1 });
  });

  test('keeps to the rules of the format', async () => {
    await expect(validateChanged(actions, { email: 'x' }, [])).rejects.toEqual(coded('ATTRIBUTE_UNKNOWN', /"email"/));
    await expect(validateChanged(actions, { aws_dbe_head: 'x' }, [])).rejects.toEqual(coded('ATTRIBUTE_RESERVED', /"aws_dbe_head"/));
    await expect(validateChanged(actions, {}, ['tenant', 'id'])).rejects.toEqual(coded('ATTRIBUTE_MISSING', /"tenant", "id"/));
  });
});

test('names that objects inherit are attributes like others', async () => {
  const strange = table('t', {
    id: key.partition(),
    ['__proto__']: encrypted(z.string().trim()),
    constructor: signed<string>().optional(),
  });
  const stored = await validateChanged(strange, JSON.parse('{"__proto__":" a "}'), ['constructor']);
  expect(Object.entries(stored)).toEqual([['__proto__', 'a']]);
});
