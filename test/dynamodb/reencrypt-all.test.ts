import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { paginateScan as paginateAttributes } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, paginateScan, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table } from 'fieldseal';
import {
  batchWriteAll,
  encryptedDocumentClient,
  type ItemFailure,
  type ReencryptAllInput,
  type ReencryptProgress,
  reencrypt,
  reencryptAll,
} from 'fieldseal/dynamodb';
import { hierarchical, type Keyring } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYMMETRIC } from '../security/support.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { tapped } from '../support/tapped.ts';

const TableName = 'reencrypted-all';
const users = table('users', { id: key.partition(), email: encrypted<string>() });
const items = Array.from({ length: 23 }, (_, i) => ({ id: `u-${i}`, email: `MARKER-${i}` }));
const counts = { scanned: 23, reencrypted: 0, current: 0, gone: 0, failed: 0 };

describe('reencryptAll', () => {
  let database: TestDatabase;
  let store: ReturnType<typeof memoryKeyStore>;
  const keyring = (): Keyring => hierarchical({ keyStore: store, branchKey: 'all', ttlSeconds: 60 });
  const plain = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(database.client);
  const client = (base = plain()): DynamoDBDocumentClient =>
    encryptedDocumentClient(base, { tables: [users.at(TableName)], keyring: keyring(), algorithmSuiteId: SYMMETRIC });
  const pages = (from?: ScanCommandOutput['LastEvaluatedKey']): AsyncIterable<ScanCommandOutput> =>
    paginateScan({ client: plain(), pageSize: 5 }, { TableName, ExclusiveStartKey: from });
  const work = (more: Partial<ReencryptAllInput<ScanCommandOutput>> = {}, db = client()) =>
    reencryptAll(db, { TableName, pages: pages(), ...more });

  beforeAll(async () => {
    database = await testDatabase();
    await database.createTable(TableName, 'id');
  });
  beforeEach(async () => {
    store = memoryKeyStore();
    await store.createKey('all');
    await batchWriteAll(client(), { RequestItems: { [TableName]: items.map(Item => ({ PutRequest: { Item } })) } });
    await store.rotate('all');
  });
  afterAll(async () => database[Symbol.asyncDispose]());

  it('encrypts all items anew, and the next time none', async () => {
    expect(await work()).toEqual({ ...counts, reencrypted: 23 });
    expect(await work()).toEqual({ ...counts, current: 23 });
    expect(await work({ force: true })).toEqual({ ...counts, reencrypted: 23 });
    const db = client();
    const read: unknown[] = [];
    for await (const { Items = [] } of paginateScan({ client: db }, { TableName })) read.push(...Items);
    expect(read).toHaveLength(23);
    expect(read).toEqual(expect.arrayContaining(items));
  });

  it('takes pages of clients of either form', async () => {
    const attributes = paginateAttributes({ client: database.client, pageSize: 7 }, { TableName });
    expect(await reencryptAll(client(), { TableName, pages: attributes })).toEqual({ ...counts, reencrypted: 23 });
  });

  it('tells how far it is, and goes on from there', async () => {
    const seen: ReencryptProgress<ScanCommandOutput>[] = [];
    const stopAt = (page: number) => (progress: ReencryptProgress<ScanCommandOutput>) => {
      seen.push(progress);
      if (seen.length === page) throw new Error('stopped');
    };
    await expect(work({ onProgress: stopAt(2) })).rejects.toThrow('stopped');
    expect(seen.map(({ scanned, reencrypted }) => [scanned, reencrypted])).toEqual([
      [5, 5],
      [10, 10],
    ]);
    const rest = await work({ pages: pages(seen.at(-1)?.LastEvaluatedKey), onProgress: progress => seen.push(progress) });
    expect(rest).toEqual({ ...counts, scanned: 13, reencrypted: 13 });
    expect(seen.at(-1)?.LastEvaluatedKey).toBeUndefined();
    expect(await work()).toEqual({ ...counts, current: 23 });
  });

  it.each([1, 3])('keeps %i items under way', async concurrency => {
    let [most, now] = [0, 0];
    const base = tapped(database, () => undefined);
    base.middlewareStack.add(
      next => args => {
        most = Math.max(most, ++now);
        return next(args).finally(() => now--);
      },
      { step: 'initialize' },
    );
    await work({ concurrency }, client(DynamoDBDocumentClient.from(base)));
    expect(most).toBe(concurrency);
  });

  describe('items that cannot be encrypted anew', () => {
    beforeEach(async () => {
      const bytes = new Uint8Array(9);
      await plain().send(new PutCommand({ TableName, Item: { ...items[3], aws_dbe_head: bytes, aws_dbe_foot: bytes } }));
      await plain().send(new PutCommand({ TableName, Item: items[4] ?? {} }));
    });

    it('end the call', async () => {
      await expect(work()).rejects.toMatchObject({ code: expect.stringMatching(/MALFORMED|NOT_ENCRYPTED/) });
    });

    it('are told of, with their keys, where somebody listens', async () => {
      const failures: ItemFailure[] = [];
      expect(await work({ onItemError: failure => failures.push(failure) })).toEqual({ ...counts, reencrypted: 21, failed: 2 });
      const told = failures.map(({ table: name, key: id, error }) => [name, id, error.code]);
      expect(told).toHaveLength(2);
      expect(told).toContainEqual([TableName, { id: 'u-3' }, 'MALFORMED']);
      expect(told).toContainEqual([TableName, { id: 'u-4' }, 'NOT_ENCRYPTED']);
    });
  });

  it('an outage and an abort end it, whoever listens', async () => {
    store.fail({ error: 'unavailable' });
    const onItemError = (): never => expect.unreachable();
    await expect(work({ onItemError })).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
    store.reset();
    const stop = new AbortController();
    await expect(work({ onItemError, abortSignal: stop.signal, onProgress: () => stop.abort() })).rejects.toHaveProperty(
      'name',
      'AbortError',
    );
  });

  it.each([
    [{ concurrency: 0 }, 'INPUT_INVALID'],
    [{ onError: () => undefined }, 'INPUT_INVALID'],
    [{ TableName: 'other' }, 'INPUT_INVALID'],
  ])('refuses %j', async (more: object, code) => {
    await expect(work(more)).rejects.toMatchObject({ code });
  });

  it('tells auditors what was written, and nothing else', async () => {
    const events: unknown[] = [];
    const listen = (event: unknown): unknown => events.push(event);
    subscribe('fieldseal:audit', listen);
    const db = client();
    await reencrypt(db, { TableName, Key: { id: 'u-1' } });
    await reencrypt(db, { TableName, Key: { id: 'u-1' } });
    await reencrypt(db, { TableName, Key: { id: 'nobody' } });
    unsubscribe('fieldseal:audit', listen);
    const mine = events.filter(event => (event as { action: string }).action === 'item-reencrypted');
    expect(mine).toEqual([{ action: 'item-reencrypted', time: expect.any(Number), table: 'users', keyIds: ['all'] }]);
  });
});
