import { type } from 'arktype';
import { attributeActions, codec, type Encrypted, encrypted, key, mask, signed, table, unsigned } from 'fieldseal';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const users = table(
  'users',
  {
    id: key.partition(z.string()),
    kind: key.sort(v.string()),
    tenantId: signed(z.string(), { context: true }),
    email: encrypted(z.email()).mask(mask.email()).optional(),
    ssn: encrypted(type('string')).optional().mask(mask.last4()),
    born: encrypted(codec(z.date(), { encode: date => date.toISOString(), decode: text => new Date(text) })),
    note: encrypted<string>(),
    displayName: signed(z.string()),
    seenAt: unsigned(z.number()),
    ':hint': unsigned<string>(),
  },
  { unsignedPrefix: ':' },
);
const invalid = (message: RegExp) => expect.objectContaining({ code: 'SCHEMA_INVALID', message: expect.stringMatching(message) });

describe('a declared table', () => {
  test('is the structure that DB-ESDK would be configured with', () => {
    const context = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
    expect(Object.fromEntries(users.structure.actions)).toEqual({
      id: context,
      kind: context,
      tenantId: context,
      email: 'ENCRYPT_AND_SIGN',
      ssn: 'ENCRYPT_AND_SIGN',
      born: 'ENCRYPT_AND_SIGN',
      note: 'ENCRYPT_AND_SIGN',
      displayName: 'SIGN_ONLY',
      seenAt: 'DO_NOTHING',
      ':hint': 'DO_NOTHING',
    });
    expect([...users.structure.unsignedNames]).toEqual(['seenAt', ':hint']);
    expect(users.structure).toMatchObject({
      logicalTableName: 'users',
      partitionKeyName: 'id',
      sortKeyName: 'kind',
      unsignedPrefix: ':',
      version: 2,
    });
  });

  test('signs its keys only, without context attributes', () => {
    const { structure } = table('t', { id: key.partition(), note: encrypted<string>() });
    expect([structure.actionOf('id'), structure.version, structure.sortKeyName]).toEqual(['SIGN_ONLY', 1, undefined]);
  });

  test('keeps modifiers in either order', () => {
    expect(users.fields.email.settings).toMatchObject({ optional: true, mask: { name: 'email' } });
    expect(users.fields.ssn.settings).toMatchObject({ optional: true, mask: { name: 'last4' } });
  });

  test('tells callers what they can skip', () => {
    expect([users.hasValidators, users.hasCodecs]).toEqual([true, true]);
    const plain = table('t', { id: key.partition(), note: encrypted<string>() });
    expect([plain.hasValidators, plain.hasCodecs]).toEqual([false, false]);
  });

  test('is frozen, with all it holds', () => {
    const parts = [
      users,
      users.fields,
      users.structure,
      users.fields.email,
      users.fields.email.settings,
      users.at('p'),
      mask,
      key,
      mask.last4(),
    ];
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
  });

  test('does not change when modifiers are called on its parts', () => {
    const plain = encrypted(z.string());
    plain.optional();
    plain.mask(mask.full());
    expect(plain.settings).toMatchObject({ optional: false, mask: undefined });
  });

  test('is bound to a table of DynamoDB', () => {
    expect(users.at('users-prod')).toMatchObject({ table: users, physicalName: 'users-prod' });
    expect(() => users.at('')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => users.at(undefined as unknown as string)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  test.each(['__proto__', 'constructor', 'toString'])('can have an attribute named %s', name => {
    const strange = table('t', { id: key.partition(), [name]: encrypted(z.string()) });
    expect(strange.structure.actionOf(name)).toBe('ENCRYPT_AND_SIGN');
    expect(Object.keys(strange.fields)).toContain(name);
    expect(users.fields[name as 'id']).toBeUndefined();
  });
});

describe('a declaration is refused', () => {
  const anything = (value: unknown) => value as never; // what JavaScript callers may pass
  const asEncrypted = (value: object) => value as Encrypted<string, string>; // all kinds share one class at run time
  test.each<[string, () => unknown, RegExp]>([
    [
      'without a partition key',
      () => table('t', anything({ a: signed<string>() })),
      /^table "t": there is no partition key; declare one attribute with key\.partition\(\)/,
    ],
    [
      'with two partition keys',
      () => table('t', anything({ a: key.partition(), b: key.partition() })),
      /one partition key; keep one of "a", "b"/,
    ],
    [
      'with two sort keys',
      () => table('t', anything({ id: key.partition(), a: key.sort(), b: key.sort() })),
      /one sort key at most; keep one of "a", "b"/,
    ],
    [
      'with a bare validator',
      () => table('t', anything({ id: key.partition(), a: z.string(), b: 1 })),
      /declare "a", "b" with encrypted\(\), signed\(\), unsigned\(\) or key/,
    ],
    ['without attributes', () => table('t', anything(null)), /attributes must be an object/],
    ['without a name', () => table(anything(undefined), { id: key.partition() }), /logical table name must be a string/],
    ['with null options', () => table('t', { id: key.partition() }, anything(null)), /options must be an object/],
    [
      'with a prefix that is no text',
      () => table('t', { id: key.partition() }, anything({ unsignedPrefix: 1 })),
      /must be a string; got number/,
    ],
    ['with a reserved name', () => table('t', anything({ id: key.partition(), aws_dbe_x: signed() })), /rename "aws_dbe_x"/],
    [
      'with a signed name under the prefix',
      () => table('t', { id: key.partition(), ':a': signed<string>() }, { unsignedPrefix: ':' }),
      /rename ":a"/,
    ],
    [
      'with an undefined validator',
      () => encrypted(anything(undefined)),
      /encrypted\(\) takes a Standard Schema validator \(zod, valibot, arktype\), a codec\(\) or nothing/,
    ],
    ['with something else than a validator', () => signed(anything({ parse: () => 1 })), /signed\(\) takes a Standard Schema validator/],
    [
      'with a codec made by hand around no validator',
      () => unsigned(anything({ validator: 1, encode: String, decode: String })),
      /unsigned\(\) takes/,
    ],
    [
      'with an option that does not exist',
      () => signed(z.string(), anything({ contxt: true })),
      /options of signed\(\) are \{ context: true \} or nothing/,
    ],
    ['with a context that is no boolean', () => signed(anything({ context: 'yes' })), /options of signed\(\)/],
    [
      'with options where none are',
      () => Reflect.apply(encrypted, undefined, [z.string(), { optional: true }]),
      /encrypted\(\) takes one argument/,
    ],
    [
      'with a codec for a key',
      () => key.partition(anything(codec({ encode: String, decode: Number }))),
      /key\.partition\(\) takes no codec/,
    ],
    ['with an optional key', () => asEncrypted(key.sort()).optional(), /a key must be present in every item/],
    [
      'with an optional context attribute',
      () => signed<string>({ context: true }).optional(),
      /a context attribute must be present in every item/,
    ],
    [
      'with a mask on a signed attribute',
      () => asEncrypted(signed<string>()).mask(mask.full()),
      /\.mask\(\) is for encrypted attributes; signed ones are stored in clear/,
    ],
    [
      'with a mask that was not called',
      () => encrypted<string>().mask(anything(mask.last4)),
      /\.mask\(\) takes a mask, such as mask\.last4\(\)/,
    ],
    ['with half a codec', () => codec(anything({ encode: String })), /codec\(\) takes \{ encode, decode \}/],
    [
      'with a codec around no validator',
      () => codec(anything('z'), anything({ encode: String, decode: String })),
      /codec\(\) takes a Standard Schema validator/,
    ],
  ])('%s', (_, declare, message) => {
    expect(declare).toThrow(invalid(message));
  });
});

describe('attributeActions', () => {
  const actions = attributeActions({
    logicalTableName: 'users',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN', name: 'SIGN_ONLY', seenAt: 'DO_NOTHING' },
    allowedUnsignedAttributes: ['seenAt'],
  });

  test('makes the same kind of table', () => {
    expect(actions.constructor).toBe(users.constructor);
    expect(Object.entries(actions.fields).map(([name, { kind }]) => [name, kind])).toEqual([
      ['id', 'partition'],
      ['ssn', 'encrypted'],
      ['name', 'signed'],
      ['seenAt', 'unsigned'],
    ]);
    expect([actions.logicalName, actions.hasValidators, actions.hasCodecs]).toEqual(['users', false, false]);
    expect(actions.at('users-prod').table).toBe(actions);
  });

  test('equals the structure of the builder', () => {
    const built = table('users', { id: key.partition(), ssn: encrypted<string>(), name: signed<string>(), seenAt: unsigned<number>() });
    expect([...built.structure.actions]).toEqual([...actions.structure.actions]);
    expect(built.structure.unsignedNames).toEqual(actions.structure.unsignedNames);
  });

  test('knows keys, context and sort key in version 2', () => {
    const context = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
    const { fields } = attributeActions({
      logicalTableName: 't',
      partitionKeyName: 'id',
      sortKeyName: 'kind',
      attributeActionsOnEncrypt: { id: context, kind: context, tenant: context },
    });
    expect(Object.values(fields).map(({ kind, settings }) => [kind, settings.context])).toEqual([
      ['partition', false],
      ['sort', false],
      ['signed', true],
    ]);
  });
});
