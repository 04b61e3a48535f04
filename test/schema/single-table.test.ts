import { attributeActions, codec, encrypted, key, mask, signed, singleTable, type Table, table, unsigned } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeAfterRead, validateChanged, validateForWrite } from '../../src/schema/validate.ts';
import { aesKeyring, SYMMETRIC } from '../security/support.ts';

const day = codec(z.date(), { encode: date => date.toISOString().slice(0, 10), decode: text => new Date(`${text}T00:00:00Z`) });
const keys = { pk: key.partition(), sk: key.sort(z.string()) };
const users = table('app', {
  ...keys,
  type: signed<string>(),
  email: encrypted(z.email()).mask(mask.email()),
  day: encrypted(day).optional(),
  seenAt: unsigned<number>().optional(),
});
const orders = table('app', { ...keys, type: signed(z.literal('order')), total: encrypted<number>(), day: encrypted(day) });
const app = singleTable({ discriminator: 'type', entities: { user: users, order: orders } });
const byPrefix = singleTable({
  discriminator: { key: ({ pk }) => (pk.startsWith('USER#') ? 'user' : pk.startsWith('ORDER#') ? 'order' : undefined) },
  entities: { user: users, order: orders },
});

const anything = (value: unknown) => value as never; // what JavaScript callers may pass
const coded = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) });
const ann = { pk: 'USER#1', sk: 'a', type: 'user' as const, email: 'ann@example.com' };
const order = { pk: 'ORDER#1', sk: 'a', type: 'order' as const, total: 7, day: new Date('2024-05-06') };

describe('a single table', () => {
  test('is a table: frozen, merged, bound by .at()', () => {
    expect(Object.fromEntries(app.structure.actions)).toEqual({
      pk: 'SIGN_ONLY',
      sk: 'SIGN_ONLY',
      type: 'SIGN_ONLY',
      email: 'ENCRYPT_AND_SIGN',
      day: 'ENCRYPT_AND_SIGN',
      seenAt: 'DO_NOTHING',
      total: 'ENCRYPT_AND_SIGN',
    });
    expect([...app.structure.unsignedNames]).toEqual(['seenAt']);
    expect([app.logicalName, app.undeclaredUnsigned, app.hasCodecs, app.hasValidators]).toEqual(['app', 'refuse', true, true]);
    expect([app.discriminator, byPrefix.discriminator, users.discriminator]).toEqual(['type', undefined, undefined]);
    const bound = app.at('app-prod', { indexes: { byType: { partition: 'type', project: ['total'] } } });
    expect([bound.table, bound.indexes.get('byType')?.project]).toEqual([app, ['total']]);
    for (const part of [app, app.fields, app.entities, app.structure, bound]) expect(Object.isFrozen(part)).toBe(true);
  });

  test('says of an attribute what holds for every item', () => {
    const { fields } = app;
    expect(fields.day.settings).toMatchObject({ codec: day, optional: true });
    expect(fields.pk.settings.optional).toBe(false);
    expect((fields as Table['fields']).total?.settings).toMatchObject({ optional: true, validator: undefined });
    expect((fields as Table['fields']).email?.settings.mask?.name).toBe('email');
  });

  test('has validators that accept what one entity accepts', async () => {
    const one = table('app', { ...keys, type: signed<string>(), size: signed(z.number()) });
    const two = table('app', { ...keys, type: signed<string>(), size: signed(z.string().trim()) });
    const { size } = singleTable({ discriminator: 'type', entities: { one, two } }).fields;
    const check = (value: unknown) => size.settings.validator?.['~standard'].validate(value);
    expect(await check(1)).toEqual({ value: 1 });
    expect(await check(' a ')).toEqual({ value: 'a' });
    expect(await check(true)).toMatchObject({ issues: [{}] });
    expect(await app.fields.type.settings.validator?.['~standard'].validate('any')).toEqual({ value: 'any' });
  });

  test('finds the entity of an item', () => {
    expect([app.entityOf(ann), app.entityOf(order)]).toEqual([users, orders]);
    expect([app.entityOf({ type: 'user' }), byPrefix.entityOf(order), byPrefix.entityOfKey(ann)]).toEqual([users, orders, users]);
    expect(app.entityOfKey({ pk: 'USER#1', sk: 'a' })).toBeUndefined();
    expect([users.entityOf({}), users.entityOfKey({})]).toEqual([users, users]);
  });

  test('finds it by the key when the discriminator is one', () => {
    const kinds = singleTable({
      discriminator: 'kind',
      entities: {
        user: table('app', { pk: key.partition(), kind: key.sort() }),
        order: table('app', { pk: key.partition(), kind: key.sort(z.literal('order')) }),
      },
    });
    expect(kinds.entityOfKey({ pk: '1', kind: 'order' })).toBe(kinds.entities.order);
    expect(() => kinds.entityOfKey({ pk: '1', kind: 'x' })).toThrow(coded('ENTITY_UNKNOWN', /"kind" names no entity/));
  });

  test('gives a function of the key the key, frozen, and nothing else', () => {
    const seen: object[] = [];
    const spying = singleTable({
      discriminator: {
        key: given => {
          seen.push(given);
          return 'user';
        },
      },
      entities: { user: users },
    });
    spying.entityOf(ann);
    expect(seen).toEqual([{ pk: 'USER#1', sk: 'a' }]);
    expect(Object.isFrozen(seen[0])).toBe(true);
  });
});

describe('an item of no entity', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no discriminator', () => app.entityOf({ pk: 'secret' }), /^table "app": the item has no "type".*; the entities are "user", "order"$/],
    ['another value', () => app.entityOf({ type: 'secret' }), /the value of "type" names no entity; the entities are/],
    ['no text', () => app.entityOf({ type: ['user'] }), /names no entity/],
    ['an inherited value', () => app.entityOf(Object.create({ type: 'user' })), /the item has no "type"/],
    ['no object', () => app.entityOf(anything(null)), /the item has no "type"/],
    ['a name of Object.prototype', () => app.entityOf({ type: 'constructor' }), /names no entity/],
    ['__proto__', () => app.entityOf({ type: '__proto__' }), /names no entity/],
    ['a key of no entity', () => byPrefix.entityOf({ pk: 'secret', sk: 'x' }), /names no entity for the key "pk", "sk"/],
    ['half a key', () => byPrefix.entityOfKey({ pk: 'USER#' }), /the item has no "sk", which its entity is told from/],
    ['a key that the function fails for', () => byPrefix.entityOf({ pk: 1, sk: 'x' }), /the discriminator failed for the key/],
    ['a write', () => validateForWrite(app, { ...ann, type: 'secret' }), /"type" names no entity/],
  ])('%s', (_, find, message) => {
    expect(find).toThrow(coded('ENTITY_UNKNOWN', message));
    expect(find).not.toThrow(/secret/);
  });
});

describe('writes and reads', () => {
  test('go by the entity', async () => {
    expect(validateForWrite(app, ann)).toEqual(ann);
    expect(validateForWrite(app, order)).toEqual({ ...order, day: '2024-05-06' });
    expect(() => validateForWrite(app, { ...order, email: 'a@b.ch' })).toThrow(
      coded('ATTRIBUTE_UNKNOWN', /^table "app": entity "order" does not declare "email"; declare it there, or leave it out$/),
    );
    expect(() => validateForWrite(app, { ...ann, email: undefined })).toThrow(
      coded('ATTRIBUTE_MISSING', /^table "app", entity "user": every item needs "email";/),
    );
    expect(() => validateForWrite(app, { ...ann, email: 'x' })).toThrow(
      coded('VALIDATION_FAILED', /^table "app", entity "user": "email" is not valid/),
    );
    expect(() => validateForWrite(byPrefix, { ...order, pk: 'USER#1' })).toThrow(
      coded('ATTRIBUTE_UNKNOWN', /entity "user" does not declare "total"/),
    );
    expect(() => app.structure.actionOf('nobody')).toThrow(coded('ATTRIBUTE_UNKNOWN', /"nobody" is not declared in the schema/));
  });

  test('names the entity of an update, by all its names if it has several', async () => {
    await expect(validateChanged(orders, { email: 'a@b.ch' }, [])).rejects.toEqual(
      coded('ATTRIBUTE_UNKNOWN', /entity "order" does not declare "email"/),
    );
    const people = table('app', { ...keys, type: signed<string>() });
    singleTable({ discriminator: 'type', entities: { user: people, admin: people } });
    await expect(validateChanged(people, {}, ['sk'])).rejects.toEqual(
      coded('ATTRIBUTE_MISSING', /^table "app", entity "user" or "admin": every item needs "sk"/),
    );
  });

  test('decode without the discriminator', () => {
    expect(decodeAfterRead(app, { pk: 'ORDER#1', day: '2024-05-06' })).toEqual({ pk: 'ORDER#1', day: new Date('2024-05-06') });
  });

  test('refuse a validator that changes what tells the entity', async () => {
    const shouting = table('app', { ...keys, type: signed(z.string().transform(() => 'order')) });
    const late = table('app', { ...keys, type: signed(z.string().transform(async () => 'order')) });
    const table_ = singleTable({ discriminator: 'type', entities: { shouting, late, order: orders } as never }); // types refuse such validators
    const write = async (type: string) => validateForWrite(table_, { pk: 'a', sk: 'b', type });
    const refusal = coded('VALIDATION_FAILED', /changes "type" so that the item would belong to another entity/);
    await expect(write('shouting')).rejects.toEqual(refusal);
    await expect(write('late')).rejects.toEqual(refusal);
    const moving = table('app', { pk: key.partition(z.string().transform(() => 'ORDER#')), sk: key.sort() });
    const moved = singleTable({
      discriminator: { key: ({ pk }) => (pk === 'a' ? 'moving' : 'order') },
      entities: { moving, order: orders },
    });
    expect(() => validateForWrite(moved, { pk: 'a', sk: 'b' })).toThrow(coded('VALIDATION_FAILED', /changes the key so that/));
  });

  test.each([
    ['an attribute', app],
    ['the key', byPrefix],
  ])('are encrypted and decrypted, told apart by %s', async (_, single) => {
    const { encryptItem, decryptItem, encryptAttributes, decryptAttributes } = itemEncryptor({
      table: single,
      keyring: aesKeyring(),
      algorithmSuiteId: SYMMETRIC,
    });
    for (const item of [ann, order]) expect(await decryptItem(await encryptItem(item))).toEqual(item);
    const stored = { pk: { S: 'ORDER#1' }, sk: { S: 'a' }, type: { S: 'order' }, total: { N: '7' }, day: { S: '2024-05-06' } };
    expect(await decryptAttributes(await encryptAttributes(stored))).toEqual(stored);
    await expect(encryptAttributes({ ...stored, email: { S: 'a@b.ch' } })).rejects.toEqual(coded('ATTRIBUTE_UNKNOWN', /"email"/));
  });
});

describe('a single table is refused', () => {
  const make = (entities: object, discriminator: unknown = 'type') => singleTable(anything({ discriminator, entities }));
  const type = signed<string>();
  const tenant = { tenantId: signed<string>({ context: true }) };
  const actions = attributeActions({ logicalTableName: 'app', partitionKeyName: 'pk', attributeActionsOnEncrypt: { pk: 'SIGN_ONLY' } });
  test.each<[string, () => unknown, RegExp]>([
    ['without options', () => singleTable(anything(undefined)), /options must be \{ discriminator, entities \}/],
    ['with other options', () => singleTable(anything({ entities: {}, discriminater: 'type' })), /there is no option "discriminater"/],
    ['without entities', () => make({}), /there is no entity/],
    ['with a list of entities', () => make([users]), /entities must be an object/],
    ['with something else than tables', () => make({ user: users, x: keys }), /declare the entities "x" with table\(\)/],
    ['with an attributeActions table', () => make({ actions }), /declare the entities "actions" with table\(\)/],
    ['with a single table in it', () => make({ app }), /declare the entities "app"/],
    ['without a discriminator', () => make({ user: users }, null), /discriminator must be the name of an attribute, or \{ key \}/],
    ['with more than a key function', () => make({ user: users }, { key: () => 'user', x: 1 }), /discriminator must be/],
    ['when an entity lacks it', () => make({ user: users, x: table('app', keys) }), /entity "x" does not declare the discriminator "type"/],
    [
      'when it is encrypted',
      () => make({ x: table('app', { ...keys, type: encrypted() }) }),
      /"type" is encrypted or unsigned in the entity "x"/,
    ],
    ['when it is unsigned', () => make({ x: table('app', { ...keys, type: unsigned() }) }), /"type" is encrypted or unsigned/],
    ['when it is optional', () => make({ x: table('app', { ...keys, type: type.optional() }) }), /"type" is optional in the entity "x"/],
    ['when it has a codec', () => make({ x: table('app', { ...keys, type: signed(day) }) }), /"type" has a codec in the entity "x"/],
    [
      'with other logical names',
      () => make({ user: users, x: table('b', { ...keys, type }) }),
      /logical table name is "app" in "user" and "b" in "x"/,
    ],
    [
      'with other partition keys',
      () => make({ user: users, x: table('app', { id: key.partition(), type }) }),
      /the partition key is "pk" in "user" and "id" in "x"/,
    ],
    [
      'with a sort key in some',
      () => make({ user: users, x: table('app', { pk: key.partition(), type }) }),
      /the sort key is "sk" in "user" and none in "x"/,
    ],
    [
      'with other prefixes',
      () => make({ user: users, x: table('app', { ...keys, type }, { unsignedPrefix: ':' }) }),
      /the unsigned prefix is none in "user" and ":" in "x"/,
    ],
    [
      'with other actions',
      () => make({ user: users, x: table('app', { ...keys, type, email: signed() }) }),
      /crypto action of "email" is "ENCRYPT_AND_SIGN" in "user" and "SIGN_ONLY" in "x"; it must be the same/,
    ],
    [
      'with other codecs',
      () => make({ user: users, x: table('app', { ...keys, type, day: encrypted<string>() }) }),
      /the codec of "day" is another one in "x" than in "user"/,
    ],
    [
      'with a context attribute in some',
      () => make({ x: table('app', { ...keys, type, ...tenant }), user: users }),
      /"tenantId" is signed with \{ context: true \} in "x", but not in the entity "user"/,
    ],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(coded('SCHEMA_INVALID', message));
  });
});

describe('names that JavaScript objects inherit', () => {
  test.each(['__proto__', 'constructor', 'toString'])('%s as an entity, a discriminator and an attribute', async name => {
    const entity = table('app', { ...keys, type: signed<string>(), [name]: encrypted<string>() });
    const single = singleTable(anything({ discriminator: 'type', entities: Object.fromEntries([[name, entity]]) }));
    expect(single.entityOf({ type: name })).toBe(entity);
    expect(Object.keys(single.entities)).toEqual([name]);
    expect(Object.keys(single.fields)).toContain(name);
    const byName = singleTable(anything({ discriminator: name, entities: { a: table('app', { ...keys, [name]: signed<string>() }) } }));
    const item = Object.fromEntries([
      ['pk', '1'],
      ['sk', '2'],
      [name, 'a'],
    ]);
    expect(Object.entries(await validateForWrite(byName, item))).toEqual(Object.entries(item));
    expect(() => byName.entityOf({})).toThrow(coded('ENTITY_UNKNOWN', /the item has no/));
    const keyed = table('app', { pk: key.partition(), [name]: key.sort() });
    const byKey = singleTable(
      anything({ discriminator: { key: (given: object) => Object.entries(given).at(-1)?.[1] }, entities: { a: keyed } }),
    );
    expect(
      byKey.entityOfKey(
        Object.fromEntries([
          ['pk', '1'],
          [name, 'a'],
        ]),
      ),
    ).toBe(keyed);
  });
});
