import { once } from 'node:events';
import { DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Entity } from 'electrodb';
import fc from 'fast-check';
import { encrypted, isFieldsealError, key, signed, singleTable, type Table, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, electrodb, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TextMatcher } from '../../../src/dynamodb/leaks/text-matcher.ts';
import { testDatabase } from '../../support/database.ts';
import { codeOf, type MapperDatabase, mapperDatabase } from './suites/support.ts';

const SECRET = 'Ann-Secret@Example.com';

const model = {
  model: { entity: 'user', version: '1', service: 'app' },
  attributes: { id: { type: 'string' }, email: { type: 'string' } },
  indexes: {
    byId: { pk: { field: 'pk', composite: ['id'] }, sk: { field: 'sk', composite: [] } },
    byEmail: { index: 'gsi1', pk: { field: 'gsi1pk', composite: ['email'] }, sk: { field: 'gsi1sk', composite: [] } },
  },
} as const;

describe('the leak check', () => {
  let database: MapperDatabase;

  beforeAll(async () => {
    database = await mapperDatabase(testDatabase);
  });
  afterAll(async () => database[Symbol.asyncDispose]());

  const plain = table('app', {
    pk: key.partition(),
    sk: key.sort(),
    email: encrypted<unknown>().optional(),
    other: encrypted<unknown>().optional(),
    note: signed<unknown>().optional(),
    seen: unsigned<unknown>().optional(),
    gsi1pk: signed<string>().optional(),
    gsi1sk: signed<string>().optional(),
    __edb_e__: signed<string>().optional(),
    __edb_v__: signed<string>().optional(),
    id: signed<string>().optional(),
  });

  function client(one: Table, options: Partial<EncryptedClientOptions> = {}): DynamoDBDocumentClient {
    const base = DynamoDBDocumentClient.from(database.client);
    return encryptedDocumentClient(base, { tables: [one.at(database.tableName)], keyring: database.keyring, ...options });
  }

  async function put(item: object, options: Partial<EncryptedClientOptions> = { leakCheck: 'error' }): Promise<string> {
    const command = new PutCommand({ TableName: database.tableName, Item: { pk: 'p', sk: 's', ...item } });
    return codeOf(() => client(plain, options).send(command));
  }

  it('finds what an index of ElectroDB copies, which the preset refuses to declare', async () => {
    const user = new Entity(model, { table: database.tableName, client: client(plain, { leakCheck: 'error' }) });
    expect(await codeOf(() => user.create({ id: 'u1', email: SECRET }).go())).toBe('LEAK_FOUND');
    expect(await database.storedText()).not.toContain(SECRET.toLowerCase());
    expect(() => electrodb('app', model, { id: signed<string>(), email: encrypted<string>() })).toThrow('uses the encrypted "email"');

    user.setClient(client(plain)); // without preset or setting: the address lies in the key of the index
    await user.create({ id: 'u1', email: SECRET }).go();
    expect(await database.storedText()).toContain('gsi1pk');
    expect(await database.storedText()).toContain(`email_${SECRET.toLowerCase()}`);
    await user.delete({ id: 'u1' }).go();
  });

  it('names both attributes, and no value', async () => {
    const failure = await client(plain, { leakCheck: 'error' })
      .send(new PutCommand({ TableName: database.tableName, Item: { pk: 'p', sk: 's', email: SECRET, note: `to ${SECRET}` } }))
      .catch((error: unknown) => error);
    expect(isFieldsealError(failure) && failure.message).toBe(
      'table "app": "note", which is not encrypted, holds a text of the encrypted "email"; leave it out there, or set leakCheck to \'warn\' or \'off\'',
    );
  });

  it.each([
    ['a key', { pk: `USER#${SECRET}` }],
    ['another case', { note: SECRET.toUpperCase() }],
    ['an unsigned attribute', { seen: SECRET }],
    ['a list in a map', { note: { deep: [1, `<${SECRET}>`] } }],
    ['the name of a map’s member', { note: { [SECRET]: 1 } }],
    ['a string set', { seen: new Set(['x', SECRET]) }],
  ])('looks into %s', async (_, item) => {
    expect(await put({ email: SECRET, ...item })).toBe('LEAK_FOUND');
  });

  it.each([
    ['a list in a map', { deep: [1, SECRET] }],
    ['a string set', new Set(['x', SECRET])],
  ])('looks for texts of %s', async (_, email) => {
    expect(await put({ email, note: `to ${SECRET}` })).toBe('LEAK_FOUND');
  });

  it.each([
    ['straße 7', 'STRASSE 7'],
    ['οδος', 'x#οδοσ#y'],
    ['ΟΔΟΣ', 'οδος'],
    ['🎈🎈🎈🎈', 'a🎈🎈🎈🎈'],
  ])('takes %s and %s for the same', async (email, note) => {
    expect(await put({ email, note })).toBe('LEAK_FOUND');
  });

  it.each([
    ['short texts', { email: 'ann', note: 'ann' }],
    ['two emoji, which are four code units', { email: '🎈🎈', note: '🎈🎈' }],
    ['numbers', { email: 12345, note: 12345 }],
    ['bytes', { email: SECRET, note: new TextEncoder().encode(SECRET) }],
    ['names of members of encrypted maps', { email: { street: 'x' }, note: 'street' }],
    ['other encrypted attributes', { email: SECRET, other: SECRET }],
    ['items without a leak', { email: SECRET, note: 'nothing to see' }],
  ])('lets pass %s', async (_, item) => {
    expect(await put(item)).toBe('no failure');
  });

  it('is off by default, on for tables of a preset, also within a single table, and can be turned off there', async () => {
    const preset = electrodb(
      'app',
      { ...model, indexes: { byId: model.indexes.byId } },
      { id: signed<string>(), email: encrypted<string>() },
    );
    const single = singleTable({ discriminator: '__edb_e__', entities: { user: preset } });
    const Item = { pk: `x#${SECRET}`, sk: 's', id: 'u1', email: SECRET, __edb_e__: 'user', __edb_v__: '1' };
    const send = (one: Table, options?: Partial<EncryptedClientOptions>) =>
      codeOf(() => client(one, options).send(new PutCommand({ TableName: database.tableName, Item })));
    expect(await send(plain)).toBe('no failure');
    expect(await send(preset)).toBe('LEAK_FOUND');
    expect(await send(single)).toBe('LEAK_FOUND');
    expect(await send(preset, { leakCheck: 'off' })).toBe('no failure');
    expect(await send(preset, { plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' })).toBe('no failure'); // all of it is in clear
  });

  it('does not take a mapper’s own constants for leaks', async () => {
    const preset = electrodb(
      'app',
      { ...model, indexes: { byId: model.indexes.byId } },
      { id: signed<string>(), email: encrypted<string>() },
    );
    const Item = { pk: 'x', sk: 's', id: 'u1', email: 'user', __edb_e__: 'user', __edb_v__: '1' };
    expect(await codeOf(() => client(preset).send(new PutCommand({ TableName: database.tableName, Item })))).toBe('no failure');
  });

  it('warns once for each pair of attributes, with a code and without the value', async () => {
    const named = table('warned', { pk: key.partition(), sk: key.sort(), email: encrypted<string>(), note: signed<string>() });
    const db = client(named, { leakCheck: 'warn' });
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    const first = once(process, 'warning');
    for (const sk of ['1', '2']) {
      await db.send(new PutCommand({ TableName: database.tableName, Item: { pk: 'w', sk, email: SECRET, note: SECRET } }));
    }
    await first;
    await new Promise(resolve => setImmediate(resolve));
    process.off('warning', listen);
    const found = warnings.filter(({ message }) => message.includes('warned'));
    expect(found.map(warning => [warning.name, 'code' in warning && warning.code, warning.message])).toEqual([
      ['FieldsealWarning', 'LEAK_FOUND', 'table "warned": "note", which is not encrypted, holds a text of the encrypted "email"'],
    ]);
  });

  it('looks at updates that rewrite the item, on both sides', async () => {
    const db = client(plain, { leakCheck: 'error' });
    const Key = { pk: 'update', sk: 's' };
    await db.send(new PutCommand({ TableName: database.tableName, Item: { ...Key, email: SECRET, note: 'fine', seen: 'fine' } }));
    const set = (name: string, value: string) =>
      codeOf(() =>
        db.send(
          new UpdateCommand({
            TableName: database.tableName,
            Key,
            UpdateExpression: 'SET #n = :v',
            ExpressionAttributeNames: { '#n': name },
            ExpressionAttributeValues: { ':v': value },
          }),
        ),
      );
    expect(await set('note', `to ${SECRET}`)).toBe('LEAK_FOUND');
    expect(await set('other', 'fine')).toBe('LEAK_FOUND');
    expect(await set('other', 'another secret')).toBe('no failure');
    expect((await db.send(new GetCommand({ TableName: database.tableName, Key }))).Item).toMatchObject({
      note: 'fine',
      other: 'another secret',
    });
  });

  it('looks at puts in transactions', async () => {
    const Item = { pk: 'p', sk: 's', email: SECRET, note: SECRET };
    const command = new TransactWriteCommand({ TransactItems: [{ Put: { TableName: database.tableName, Item } }] });
    expect(await codeOf(() => client(plain, { leakCheck: 'error' }).send(command))).toBe('LEAK_FOUND');
  });

  it('cannot look at updates of unsigned attributes, which are sent without reading the item', async () => {
    const db = client(plain, { leakCheck: 'error' });
    const Key = { pk: 'direct', sk: 's' };
    await db.send(new PutCommand({ TableName: database.tableName, Item: { ...Key, email: SECRET } }));
    const direct = { UpdateExpression: 'SET seen = :v', ExpressionAttributeValues: { ':v': SECRET } };
    expect(await codeOf(() => db.send(new UpdateCommand({ TableName: database.tableName, Key, ...direct })))).toBe('no failure');
  });
});

describe('the matcher', () => {
  it('finds what a naive search finds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '🎈'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 4 }), { maxLength: 5 }), fc.array(text, { maxLength: 4 }), (wanted, texts) => {
        const matcher = new TextMatcher(wanted.map((each, i) => ({ owner: String(i), texts: each })));
        const naive = wanted.flatMap((each, i) =>
          each.some(one => one !== '' && texts.some(other => other.includes(one))) ? [String(i)] : [],
        );
        expect([...matcher.ownersIn(texts)].sort()).toEqual(naive);
      }),
      { numRuns: 500 },
    );
  });

  const half = 200 * 1024;
  it.each([
    ['one long text that almost fits everywhere', [`${'a'.repeat(half - 1)}b`], ['a'.repeat(half)]],
    ['texts of all lengths', Array.from({ length: 630 }, (_, i) => 'a'.repeat(i + 4)), [`${'a'.repeat(half)}b`]],
    ['thousands of texts', Array.from({ length: 20_000 }, (_, i) => `secret${i}`), ['secret'.repeat(half / 6)]],
    ['one text in thousands of others', ['x'.repeat(half)], Array.from({ length: 20_000 }, (_, i) => `${'x'.repeat(9)}${i}`)],
  ])('takes time in proportion to an item of 400 KB: %s', (_, secrets, texts) => {
    const start = performance.now();
    new TextMatcher([{ owner: 'secret', texts: secrets }]).ownersIn(texts);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
