import {
  attributeActions,
  codec,
  compareSchemas,
  encrypted,
  key,
  type Shape,
  signed,
  singleTable,
  type Table,
  table,
  unsigned,
} from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aesKeyring, codeOf, SYMMETRIC } from '../security/support.ts';

const keys = { id: key.partition() };
const schema = (fields: Shape, unsignedPrefix?: string): Table =>
  // The type of a table is for whoever knows its fields; these tests take any.
  table('t', { ...keys, ...fields } as never, unsignedPrefix === undefined ? {} : { unsignedPrefix }) as unknown as Table;
const encryptor = (schema_: Table) => itemEncryptor({ table: schema_, keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC });
const anything = (value: unknown) => value as never; // what JavaScript callers may pass

/** What a program with one schema makes of an item that a program with the other one wrote. */
async function readBy(reader: Table, writer: Table, item: object): Promise<string> {
  const stored = await encryptor(writer).encryptItem({ id: '1', ...item });
  return codeOf(() => encryptor(reader).decryptItem(stored));
}

const empty = schema({});
const text = codec(z.date(), { encode: date => date.toISOString(), decode: (stored: string) => new Date(stored) });
const number = codec(z.date(), { encode: date => date.getTime(), decode: (stored: number) => new Date(stored) });
const strict = codec({ encode: (value: number) => [value], decode: ([value]: number[]) => value ?? 0 });
const actions = (unsignedPrefix?: string) =>
  attributeActions({
    logicalTableName: 't',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: 'SIGN_ONLY' },
    allowedUnsignedAttributePrefix: unsignedPrefix,
  });

interface Case {
  readonly name: string;
  readonly older: Table;
  readonly newer: Table;
  /** `severity change attribute` */
  readonly changes: readonly string[];
  /** An item of the older schema, and whether the newer one opens it. */
  readonly before?: readonly [item: object, outcome: 'none' | 'NOT_AUTHENTIC' | 'ATTRIBUTE_INVALID'];
  /** An item of the newer schema, and whether the older one opens it. */
  readonly after?: readonly [item: object, outcome: 'none' | 'NOT_AUTHENTIC' | 'ATTRIBUTE_INVALID'];
}

const cases: readonly Case[] = [
  {
    name: 'nothing',
    older: schema({ a: encrypted(z.string()) }),
    newer: schema({ a: encrypted(z.email()) }),
    changes: [],
    before: [{ a: 'x' }, 'none'],
  },
  {
    name: 'another logical table name',
    older: empty,
    newer: table('other', keys),
    changes: ['breaking logical-name undefined'],
    before: [{}, 'NOT_AUTHENTIC'],
    after: [{}, 'NOT_AUTHENTIC'],
  },
  {
    name: 'another partition key name',
    older: schema({ pk: signed<string>() }),
    newer: table('t', { pk: key.partition(), id: signed<string>() }),
    changes: ['breaking partition-key-name id'],
    before: [{ pk: '2' }, 'NOT_AUTHENTIC'],
    after: [{ pk: '2' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'a new sort key',
    older: schema({ sk: signed<string>() }),
    newer: table('t', { ...keys, sk: key.sort() }),
    changes: ['breaking sort-key-name sk'],
    before: [{ sk: '2' }, 'NOT_AUTHENTIC'],
    after: [{ sk: '2' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'signed to unsigned',
    older: schema({ a: signed<string>() }),
    newer: schema({ a: unsigned<string>() }),
    changes: ['breaking signed-to-unsigned a'],
    before: [{ a: 'x' }, 'NOT_AUTHENTIC'],
    after: [{ a: 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'encrypted to unsigned',
    older: schema({ a: encrypted<string>() }),
    newer: schema({ a: unsigned<string>() }),
    changes: ['breaking signed-to-unsigned a'],
    before: [{ a: 'x' }, 'NOT_AUTHENTIC'],
    after: [{ a: 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'unsigned to signed',
    older: schema({ a: unsigned<string>() }),
    newer: schema({ a: signed<string>() }),
    changes: ['breaking unsigned-to-signed a'],
    before: [{ a: 'x' }, 'NOT_AUTHENTIC'],
    after: [{ a: 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'an unsigned attribute is taken away',
    older: schema({ a: unsigned<string>().optional() }),
    newer: empty,
    changes: ['breaking unsigned-removed a'],
    before: [{ a: 'x' }, 'NOT_AUTHENTIC'],
    after: [{}, 'none'],
  },
  {
    name: 'a signed name is taken away and its name put under a prefix',
    older: schema({ ':a': signed<string>() }),
    newer: schema({}, ':'),
    changes: ['breaking signed-to-unsigned :a', 'order unsigned-prefix-added undefined'],
    before: [{ ':a': 'x' }, 'NOT_AUTHENTIC'],
    after: [{}, 'none'],
  },
  {
    name: 'the prefix of a DB-ESDK configuration is taken away',
    older: actions(':'),
    newer: actions(),
    changes: ['breaking unsigned-prefix-removed undefined'],
    before: [{ ':a': 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'a prefix is taken away, its names stay',
    older: schema({ ':a': unsigned<string>() }, ':'),
    newer: schema({ ':a': unsigned<string>() }),
    changes: [],
    before: [{ ':a': 'x' }, 'none'],
    after: [{ ':a': 'x' }, 'none'],
  },
  {
    name: 'a prefix is taken away, and a name under it',
    older: schema({ ':a': unsigned<string>() }, ':'),
    newer: schema({}),
    changes: ['breaking unsigned-removed :a'],
    before: [{ ':a': 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'an undeclared name of a prefix becomes signed',
    older: schema({}, ':'),
    newer: schema({ ':a': signed<string>().optional() }),
    changes: ['order signed-under-old-prefix :a'],
    before: [{}, 'none'],
    after: [{ ':a': 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'a new prefix, and a name under it',
    older: empty,
    newer: schema({ ':a': unsigned<string>().optional() }, ':'),
    changes: ['order unsigned-prefix-added undefined', 'order unsigned-added :a'],
    before: [{}, 'none'],
    after: [{ ':a': 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'a new unsigned attribute',
    older: empty,
    newer: schema({ a: unsigned<string>().optional() }),
    changes: ['order unsigned-added a'],
    before: [{}, 'none'],
    after: [{ a: 'x' }, 'NOT_AUTHENTIC'],
  },
  {
    name: 'a new unsigned attribute under the prefix that there is',
    older: schema({}, ':'),
    newer: schema({ ':a': unsigned<string>().optional() }, ':'),
    changes: ['safe added :a'],
    before: [{}, 'none'],
    after: [{ ':a': 'x' }, 'none'],
  },
  {
    name: 'encrypted to signed',
    older: schema({ a: encrypted<string>() }),
    newer: schema({ a: signed<string>() }),
    changes: ['order encrypted-to-signed a'],
    before: [{ a: 'x' }, 'none'],
    after: [{ a: 'x' }, 'none'],
  },
  {
    name: 'signed to encrypted',
    older: schema({ a: signed<string>() }),
    newer: schema({ a: encrypted<string>() }),
    changes: ['order signed-to-encrypted a'],
    before: [{ a: 'x' }, 'none'],
    after: [{ a: 'x' }, 'none'],
  },
  {
    name: 'the first context attribute',
    older: schema({ a: signed<string>() }),
    newer: schema({ a: signed<string>({ context: true }) }),
    changes: ['order context-added a', 'safe format-version undefined'],
    before: [{ a: 'x' }, 'none'],
    after: [{ a: 'x' }, 'none'],
  },
  {
    name: 'an encrypted attribute to the context, next to another one',
    older: schema({ t: signed<string>({ context: true }), a: encrypted<string>() }),
    newer: schema({ t: signed<string>({ context: true }), a: signed<string>({ context: true }) }),
    changes: ['order encrypted-to-signed a', 'order context-added a'],
    before: [{ t: 't', a: 'x' }, 'none'],
    after: [{ t: 't', a: 'x' }, 'none'],
  },
  {
    name: 'the last context attribute is taken away',
    older: schema({ a: signed<string>({ context: true }) }),
    newer: empty,
    changes: ['order removed a', 'order context-removed a', 'safe format-version undefined'],
    before: [{ a: 'x' }, 'none'],
    after: [{}, 'none'],
  },
  {
    name: 'a new context attribute',
    older: empty,
    newer: schema({ a: signed<string>({ context: true }) }),
    changes: ['order context-added a', 'order added-required a', 'safe format-version undefined', 'safe added a'],
    before: [{}, 'none'],
    after: [{ a: 'x' }, 'none'],
  },
  {
    name: 'new attributes',
    older: empty,
    newer: schema({ a: encrypted<string>().optional(), b: signed<string>() }),
    changes: ['order added-required b', 'safe added a', 'safe added b'],
    before: [{}, 'none'],
    after: [{ a: 'x', b: 'y' }, 'none'],
  },
  {
    name: 'attributes are taken away',
    older: schema({ a: encrypted<string>().optional(), b: signed<string>() }),
    newer: empty,
    changes: ['order removed a', 'order removed b'],
    before: [{ a: 'x', b: 'y' }, 'none'],
    after: [{}, 'none'],
  },
  {
    name: 'optional and required change places',
    older: schema({ a: encrypted<string>().optional(), b: signed<string>() }),
    newer: schema({ a: encrypted<string>(), b: signed<string>().optional() }),
    changes: ['order optional-to-required a', 'order required-to-optional b'],
    before: [{ b: 'y' }, 'none'],
    after: [{ a: 'x' }, 'none'],
  },
  {
    name: 'a new codec',
    older: schema({ a: encrypted<number>() }),
    newer: schema({ a: encrypted(strict) }),
    changes: ['order codec a'],
    before: [{ a: 1 }, 'ATTRIBUTE_INVALID'],
    after: [{ a: 1 }, 'none'],
  },
  {
    name: 'another codec',
    older: schema({ a: encrypted(text) }),
    newer: schema({ a: encrypted(number) }),
    changes: ['safe codec-object a'],
    before: [{ a: new Date() }, 'none'],
    after: [{ a: new Date() }, 'none'],
  },
  {
    name: 'a schema for a configuration of DB-ESDK',
    older: actions(':'),
    newer: schema({}, ':'),
    changes: ['order undeclared-refused undefined'],
    before: [{ ':a': 'x' }, 'none'],
    after: [{}, 'none'],
  },
];

describe('compareSchemas', () => {
  test.each(cases)('$name', async ({ older, newer, changes, before, after }) => {
    expect(compareSchemas(older, newer).map(({ severity, change, attribute }) => `${severity} ${change} ${attribute}`)).toEqual(changes);
    if (before !== undefined) expect(await readBy(newer, older, before[0])).toBe(before[1]);
    if (after !== undefined) expect(await readBy(older, newer, after[0])).toBe(after[1]);
  });

  test('calls breaking what does not open, and nothing else', () => {
    for (const { name, changes, before } of cases) {
      expect([name, before?.[1] === 'NOT_AUTHENTIC']).toEqual([name, changes.some(change => change.startsWith('breaking'))]);
    }
  });

  test('tells the attribute, the change and what to do, in frozen data', () => {
    const changes = compareSchemas(schema({ a: unsigned<string>() }), empty);
    expect(changes).toEqual([
      {
        entity: undefined,
        attribute: 'a',
        change: 'unsigned-removed',
        severity: 'breaking',
        advice: expect.stringMatching(/keep it as unsigned\(\)\.optional\(\)/),
      },
    ]);
    expect([changes, changes[0]].every(part => Object.isFrozen(part))).toBe(true);
  });

  test.each(['__proto__', 'constructor', 'toString'])('takes an attribute named %s', name => {
    const strange = schema(Object.fromEntries([[name, encrypted<string>()]]));
    expect(compareSchemas(empty, strange).map(({ change, attribute }) => [change, attribute])).toEqual([
      ['added-required', name],
      ['added', name],
    ]);
    expect(compareSchemas(strange, empty).map(({ attribute }) => attribute)).toEqual([name]);
  });

  test.each([undefined, null, {}, 'users', empty.at('t')])('refuses what is no table: %s', stranger => {
    const refusal = expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(/takes two tables/) });
    expect(() => compareSchemas(anything(stranger), empty)).toThrow(refusal);
    expect(() => compareSchemas(empty, anything(stranger))).toThrow(refusal);
  });
});

describe('what the advice says is so', () => {
  test('a kept attribute that is optional and unsigned opens older items', async () => {
    expect(await readBy(schema({ a: unsigned<string>().optional() }), schema({ a: unsigned<string>() }), { a: 'x' })).toBe('none');
  });

  test('items of an encrypted attribute stay encrypted, those of a signed one in clear, until written anew', async () => {
    const hidden = schema({ a: encrypted<string>() });
    const shown = schema({ a: signed<string>() });
    const older = await encryptor(hidden).encryptItem({ id: '1', a: 'x' });
    expect(older.a).toBeInstanceOf(Uint8Array);
    expect(await encryptor(shown).decryptItem(older)).toEqual({ id: '1', a: 'x' });
    const newer = await encryptor(shown).encryptItem({ id: '1', a: 'x' });
    expect(newer.a).toBe('x');
    expect(await encryptor(hidden).decryptItem(newer)).toEqual({ id: '1', a: 'x' });
  });

  test('an attribute that was taken away is still read, and refused when it is written back', async () => {
    const stored = await encryptor(schema({ a: encrypted<string>() })).encryptItem({ id: '1', a: 'x' });
    const read = await encryptor(empty).decryptItem(stored);
    expect(read).toEqual({ id: '1', a: 'x' });
    expect(await codeOf(() => encryptor(empty).encryptItem(read))).toBe('ATTRIBUTE_UNKNOWN');
  });

  test('a context attribute is in the context of newer items alone', async () => {
    const without = schema({ a: signed<string>() });
    const with_ = schema({ a: signed<string>({ context: true }) });
    const requiring = itemEncryptor({ table: with_, keyring: aesKeyring(), requiredEncryptionContext: { a: 'x' } });
    const older = await encryptor(without).encryptItem({ id: '1', a: 'x' });
    const newer = await encryptor(with_).encryptItem({ id: '1', a: 'x' });
    expect([version(older), version(newer)]).toEqual([1, 2]);
    expect(await codeOf(() => requiring.decryptItem(older))).toBe('CONTEXT_MISMATCH');
    expect(await codeOf(() => requiring.decryptItem(newer))).toBe('none');
  });

  test('nor can branch keys be told by it for older items', async () => {
    const keyStore = memoryKeyStore();
    await keyStore.createKey('branch-x');
    const perAttribute = hierarchical({ keyStore, branchKey: ({ context }) => `branch-${context.a}`, ttlSeconds: 60 });
    const constant = hierarchical({ keyStore, branchKey: 'branch-x', ttlSeconds: 60 });
    const with_ = schema({ a: signed<string>({ context: true }) });
    const older = await itemEncryptor({ table: schema({ a: signed<string>() }), keyring: constant }).encryptItem({ id: '1', a: 'x' });
    const newer = await itemEncryptor({ table: with_, keyring: constant }).encryptItem({ id: '1', a: 'x' });
    const reader = itemEncryptor({ table: with_, keyring: perAttribute });
    expect(await codeOf(() => reader.decryptItem(newer))).toBe('none');
    expect(await codeOf(() => reader.decryptItem(older))).toBe('MISSING_CONTEXT');
  });

  test('decryption of chosen attributes leaves out what was encrypted when it was written', async () => {
    const older = await encryptor(schema({ a: encrypted<string>() })).encryptItem({ id: '1', a: 'x' });
    expect(await encryptor(schema({ a: signed<string>() })).decryptItem(older, { only: [] })).toEqual({ id: '1' });
  });

  test('undeclared unsigned names are left out of reads', async () => {
    const stored = await encryptor(actions(':')).encryptItem({ id: '1', ':a': 'x' });
    expect(await encryptor(schema({}, ':')).decryptItem(stored)).toEqual({ id: '1' });
  });
});

function version(stored: object): unknown {
  return 'aws_dbe_head' in stored && stored.aws_dbe_head instanceof Uint8Array ? stored.aws_dbe_head[0] : undefined;
}

describe('single tables', () => {
  const type = signed<string>();
  const user = table('t', { ...keys, type, email: encrypted<string>() });
  const order = table('t', { ...keys, type, total: encrypted<number>() });
  const one = singleTable({ discriminator: 'type', entities: { user } });
  const two = singleTable({ discriminator: 'type', entities: { user, order } });
  const shown = (older: Table, newer: Table) =>
    compareSchemas(older, newer).map(({ entity, severity, change, attribute }) => `${severity} ${change} ${entity} ${attribute}`);

  test('gain and lose entities', async () => {
    expect(shown(one, two)).toEqual(['order entity-added order undefined', 'safe added undefined total']);
    expect(shown(two, one)).toEqual(['breaking entity-removed order undefined', 'order removed undefined total']);
    const stored = await encryptor(two).encryptItem({ id: '1', type: 'order', total: 7 });
    const read = async () => one.entityOf(await encryptor(two).decryptItem(stored));
    expect(await codeOf(read)).toBe('ENTITY_UNKNOWN');
  });

  test('are compared entity by entity', () => {
    const loose = table('t', { ...keys, type, email: encrypted<string>().optional(), total: encrypted<number>() });
    expect(shown(two, singleTable({ discriminator: 'type', entities: { user: loose, order } }))).toEqual([
      'order required-to-optional user email',
      'order added-required user total',
    ]);
  });

  test('have another discriminator', () => {
    const byKey = singleTable({ discriminator: { key: ({ id }) => (id.startsWith('U') ? 'user' : 'order') }, entities: { user, order } });
    const byOther = singleTable({ discriminator: { key: () => 'user' as const }, entities: { user, order } });
    expect(shown(two, byKey)).toEqual(['order discriminator undefined type']);
    expect(shown(user, one)).toEqual(['order discriminator undefined type']);
    expect(shown(one, user)).toEqual(['order discriminator undefined type']);
    expect(shown(user, singleTable({ discriminator: { key: () => 'user' as const }, entities: { user } }))).toEqual([
      'order discriminator undefined undefined',
    ]);
    expect(shown(byKey, byOther)).toEqual([]);
    expect(shown(two, two)).toEqual([]);
  });
});
