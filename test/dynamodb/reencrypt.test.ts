import { inspect } from 'node:util';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { codec, encrypted, key, signed, singleTable, table, unsigned } from 'fieldseal';
import { encryptedClient, encryptedDocumentClient, inspectItem, reencrypt } from 'fieldseal/dynamodb';
import { hierarchical, kms, multi, rawAes } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aesKeyring, SIGNED, SYMMETRIC } from '../security/support.ts';
import { listening } from '../support/listening.ts';
import { tapped } from '../support/tapped.ts';
import { oneItemTable } from './one-item-table.ts';

const TableName = 'reencrypted';
const date = codec(z.date(), { encode: (value: Date) => value.toISOString(), decode: (text: string) => new Date(text) });
const fields = {
  id: key.partition(),
  email: encrypted<string>(),
  born: encrypted(date).optional(),
  name: signed<string>(),
  seenAt: unsigned<number>().optional(),
};
const users = table('users', fields);
const Key = { id: 'ann' };
const ann = { ...Key, email: 'MARKER@example.com', name: 'Ann', seenAt: 1 };

const { database, client, stored, put, read } = oneItemTable(TableName, users, ann);

describe('reencrypt', () => {
  it('brings an item under the newest version of its branch key; the old one is not needed any more', async () => {
    const store = memoryKeyStore();
    const { branchKeyId, version: old } = await store.createKey();
    const keyring = (keyStore = store) => hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds: 60 });
    const item = await put({ keyring: keyring() });
    const { version } = await store.rotate(branchKeyId);
    const db = client({ keyring: keyring() });
    expect(await reencrypt(db, { TableName, item })).toEqual({
      outcome: 'reencrypted',
      from: [{ keyId: branchKeyId, version: old }],
      to: [{ keyId: branchKeyId, version }],
    });
    const newest = memoryKeyStore();
    newest.put({ branchKeyId, version, key: (await store.getBranchKeyVersion(branchKeyId, version)).key });
    expect(await read({ keyring: keyring(newest) })).toEqual(ann);
    const again = await reencrypt(db, { TableName, item: await stored() });
    expect(again).toEqual({ outcome: 'current', from: [{ keyId: branchKeyId, version }], to: [{ keyId: branchKeyId, version }] });
  });

  it('brings an item under another keyring, also when it is there already', async () => {
    const [a, b] = [aesKeyring(1), aesKeyring(2)];
    const item = await put({ keyring: a });
    const db = client({ keyring: multi({ children: [a, b] }) });
    const moved = { outcome: 'reencrypted', from: [{ keyId: 'test/aes-1' }], to: [{ keyId: 'test/aes-2' }] };
    expect(await reencrypt(db, { TableName, item, to: { keyring: b } })).toEqual(moved);
    expect(await read({ keyring: b })).toEqual(ann);
    await expect(read({ keyring: a })).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    // The client reads under a alone; what was moved is read under the target.
    expect(await reencrypt(client({ keyring: a }), { TableName, item: await stored(), to: { keyring: b } })).toMatchObject({
      outcome: 'current',
    });
  });

  it('adds and removes keys', async () => {
    const [a, b] = [aesKeyring(1), aesKeyring(2)];
    const item = await put({ keyring: a });
    const both = multi({ generator: a, children: [b] });
    expect(await reencrypt(client({ keyring: both }), { TableName, item })).toMatchObject({
      to: [{ keyId: 'test/aes-1' }, { keyId: 'test/aes-2' }],
    });
    const other = multi({ generator: b, children: [a] });
    const now = await stored();
    expect(await reencrypt(client({ keyring: other }), { TableName, item: now })).toMatchObject({ outcome: 'current' });
    expect(await reencrypt(client({ keyring: b }), { TableName, item: now })).toMatchObject({
      outcome: 'reencrypted',
      to: [{ keyId: 'test/aes-2' }],
    });
  });

  it('names KMS keys by their ARNs', async () => {
    const fake = new FakeKms();
    const [one, two] = [fake.createKey().arn, fake.createKey().arn];
    const under = (kmsKeyId: string) => kms({ kmsKeyId, kmsClient: fake.client() });
    const item = await put({ keyring: under(one) });
    const db = client({ keyring: under(one) });
    expect(await reencrypt(db, { TableName, item })).toMatchObject({ outcome: 'current' });
    expect(await reencrypt(db, { TableName, item, to: { keyring: under(two) } })).toEqual({
      outcome: 'reencrypted',
      from: [{ keyId: one }],
      to: [{ keyId: two }],
    });
    await fake.close();
  });

  it('brings an item under another suite', async () => {
    const item = await put({ algorithmSuiteId: SYMMETRIC });
    expect(await reencrypt(client({ algorithmSuiteId: SIGNED }), { TableName, item })).toMatchObject({ outcome: 'reencrypted' });
    expect(inspectItem(await stored()).algorithmSuiteId).toBe(SIGNED);
    expect(await reencrypt(client({ algorithmSuiteId: SIGNED }), { TableName, Key })).toMatchObject({ outcome: 'current' });
  });

  it('brings an item under the actions of a changed schema', async () => {
    await put();
    const stronger = table('users', { ...fields, name: encrypted<string>() });
    const inContext = table('users', { ...fields, name: signed<string>({ context: true }) });
    for (const changed of [stronger, users, inContext]) {
      const options = { tables: [changed.at(TableName)], allowDeclassify: ['name'] };
      expect(await reencrypt(client(options), { TableName, Key })).toMatchObject({ outcome: 'reencrypted' });
      expect(await reencrypt(client(options), { TableName, Key })).toMatchObject({ outcome: 'current' });
      expect(await read(options)).toEqual(ann);
    }
    expect(inspectItem(await stored())).toMatchObject({ formatVersion: 2, legend: 'cce' });
  });

  it('writes what is current when it is told to', async () => {
    const item = await put();
    expect(await reencrypt(client(), { TableName, item })).toMatchObject({ outcome: 'current' });
    expect(await stored()).toEqual(item);
    expect(await reencrypt(client(), { TableName, item, force: true })).toMatchObject({ outcome: 'reencrypted' });
    expect(await stored()).not.toEqual(item);
    expect(await read()).toEqual(ann);
  });

  it('leaves values as they were written, and validators out of it', async () => {
    const born = new Date(0);
    await put({}, { ...ann, born });
    const strict = table('users', { ...fields, name: signed(z.string().min(99)) });
    await reencrypt(client({ tables: [strict.at(TableName)] }), { TableName, Key, force: true });
    expect(await read()).toEqual({ ...ann, born });
  });

  it('reads the item when it is given a key, on every kind of client', async () => {
    await put();
    const options = { tables: [users.at(TableName)], keyring: aesKeyring(), algorithmSuiteId: SIGNED } as const;
    const own = encryptedClient(database().client, options);
    expect(await reencrypt(own, { TableName, Key: { id: { S: 'ann' } } })).toMatchObject({ outcome: 'reencrypted' });
    const over = DynamoDBDocumentClient.from(encryptedClient(database().client, { ...options, algorithmSuiteId: SYMMETRIC }));
    expect(await reencrypt(over, { TableName, Key })).toMatchObject({ outcome: 'reencrypted' });
    const { Item = {} } = await database().client.send(new GetItemCommand({ TableName, Key: { id: { S: 'ann' } } }));
    for (const each of [own, over]) {
      expect(await reencrypt(each, { TableName, item: Item, force: true })).toMatchObject({ outcome: 'reencrypted' });
      expect(await reencrypt(each, { TableName, item: await stored(), force: true })).toMatchObject({ outcome: 'reencrypted' });
    }
    expect(await reencrypt(over, { TableName, Key: { id: 'nobody' } })).toEqual({ outcome: 'gone', from: [], to: [] });
  });

  it('takes one request for an item that is given, and none for one that is current', async () => {
    const item = await put();
    const operations: string[] = [];
    const tap = DynamoDBDocumentClient.from(tapped(database(), ({ operation }) => operations.push(operation)));
    const db = encryptedDocumentClient(tap, { tables: [users.at(TableName)], keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC });
    await reencrypt(db, { TableName, item });
    expect(operations).toEqual([]);
    await reencrypt(db, { TableName, item, force: true });
    expect(operations).toEqual(['UpdateItem']);
    await reencrypt(db, { TableName: `arn:aws:dynamodb:eu-central-1:111122223333:table/${TableName}`, Key }).catch(() => undefined);
    expect(operations).toEqual(['UpdateItem', 'GetItem']);
  });

  it('works for each entity of a single table', async () => {
    const user = table('single', { id: key.partition(), kind: signed<'user'>(), email: encrypted<string>() });
    const team = table('single', { id: key.partition(), kind: signed<'team'>(), motto: encrypted<string>() });
    const bot = table('single', { id: key.partition(), kind: signed<'bot'>(), email: encrypted<string>() });
    const all = { tables: [singleTable({ discriminator: 'kind', entities: { user, team, bot } }).at(TableName)] };
    const fewer = { tables: [singleTable({ discriminator: 'kind', entities: { user, team } }).at(TableName)] };
    const items = [
      { ...Key, kind: 'user', email: 'MARKER' },
      { ...Key, kind: 'team', motto: 'MARKER' },
    ];
    for (const item of items) {
      await put(all, item);
      expect(await reencrypt(client({ ...all, algorithmSuiteId: SIGNED }), { TableName, Key })).toMatchObject({ outcome: 'reencrypted' });
      expect(await read(all)).toEqual(item);
    }
    const item = await put(all, { ...Key, kind: 'bot', email: 'MARKER' });
    await expect(reencrypt(client(fewer), { TableName, item, force: true })).rejects.toMatchObject({ code: 'ENTITY_UNKNOWN' });
    expect(await stored()).toEqual(item);
  });

  it('shows plaintext to nobody: not in results, errors or to loggers', async () => {
    const item = await put();
    const { logger, heard } = listening();
    const over = (keyring = aesKeyring()): DynamoDBDocumentClient => {
      const base = tapped(database(), () => undefined);
      Object.assign(base.config, { logger });
      return encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [users.at(TableName)], keyring });
    };
    const results = [
      await reencrypt(over(), { TableName, item, force: true }),
      await reencrypt(over(), { TableName, Key, force: true }),
      await reencrypt(over(rawAes({ keyNamespace: 'other', keyName: 'x', wrappingKey: new Uint8Array(32).fill(9) })), {
        TableName,
        Key,
      }).catch((error: unknown) => error),
    ];
    expect(results.map(one => (one instanceof Error ? (one as { code?: string }).code : (one as { outcome: string }).outcome))).toEqual([
      'reencrypted',
      'reencrypted',
      'KEY_NOT_FOUND',
    ]);
    expect(heard.length).toBeGreaterThan(3);
    expect(inspect([results, heard], { depth: 12, showHidden: true })).not.toMatch(/MARKER|\bAnn\b/);
  });
});
