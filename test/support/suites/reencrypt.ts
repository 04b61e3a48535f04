import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient, type ReencryptInput, reencrypt } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aesKeyring, SYMMETRIC } from '../../security/support.ts';
import type { TestDatabase } from '../database.ts';
import { elsewhere } from '../elsewhere.ts';
import { type Fault, type FaultyNetwork, faultyNetwork, type Sent } from '../faults.ts';

const accounts = table('accounts', {
  id: key.partition<string>(),
  balance: encrypted<number>(),
  owner: encrypted<string>(),
  grade: signed<string>(),
  visits: unsigned<number>().optional(),
});
const TableName = 'accounts-reencrypted';
const Key = { id: 'a' };
const account = { ...Key, balance: 100, owner: 'MARKER', grade: 'A', visits: 1 };
const OLD = 1;
const NEW = 2;

/** Re-encryption beside other writers, over a network that loses, refuses and repeats. */
export function reencryptSuite(name: string, connect: () => Promise<TestDatabase>): void {
  describe(`re-encryption on ${name}`, () => {
    let database: TestDatabase;
    let network: FaultyNetwork;
    let copy: Awaited<ReturnType<typeof elsewhere>>;
    const options = { tables: [accounts.at(TableName)], keyring: aesKeyring(OLD), algorithmSuiteId: SYMMETRIC } as const;
    const plain = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(database.client);
    const db = (more: Partial<EncryptedClientOptions> = {}, maxAttempts = 3): DynamoDBDocumentClient =>
      encryptedDocumentClient(DynamoDBDocumentClient.from(network.client({ maxAttempts })), { ...options, ...more });
    const work = (more: Partial<ReencryptInput<DynamoDBDocumentClient>> = {}, over = db()) =>
      reencrypt(over, { TableName, Key, to: { keyring: aesKeyring(NEW) }, ...more } as ReencryptInput<DynamoDBDocumentClient>);
    /** A writer in another process, as it were: a copy of the library of its own, with one of the keys. */
    const other = (byte: number, more: Partial<EncryptedClientOptions> = {}): DynamoDBDocumentClient => {
      const wrappingKey = new Uint8Array(32).fill(byte);
      const keyring = copy.rawAes({ keyNamespace: 'test', keyName: `aes-${byte}`, wrappingKey });
      return copy.encryptedDocumentClient(plain(), { ...options, keyring, ...more });
    };
    const itemUnder = async (byte: number) => (await other(byte).send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
    const stored = async () => (await plain().send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item ?? {};
    const add = async (byte = OLD): Promise<unknown> =>
      other(byte).send(
        new UpdateCommand({ TableName, Key, UpdateExpression: 'SET balance = balance + :n', ExpressionAttributeValues: { ':n': 1 } }),
      );
    const writes = (): number => network.sent.filter(({ operation }) => operation === 'UpdateItem').length;
    /** Does something before the first writes reach the table. */
    const beforeWrites = (times: number, what: () => Promise<unknown>, fault: Fault = 'pass'): void => {
      network.decide = async ({ operation }: Sent, nth) => {
        if (operation !== 'UpdateItem' || nth > times) return 'pass';
        await what();
        return fault;
      };
    };

    beforeAll(async () => {
      database = await connect();
      network = await faultyNetwork(database.endpoint);
      await database.createTable(TableName, 'id');
      copy = await elsewhere();
    });
    beforeEach(async () => {
      network.reset();
      await other(OLD).send(new PutCommand({ TableName, Item: account }));
    });
    afterAll(async () => {
      await network[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });

    it('another writer is met with a fresh read, and loses nothing', async () => {
      const item = await stored();
      beforeWrites(3, () => add());
      expect(await work({ item, Key: undefined })).toMatchObject({ outcome: 'reencrypted' });
      expect(writes()).toBe(4);
      const reads = network.sent.filter(({ operation }) => operation === 'GetItem');
      expect([...new Set(reads.map(({ body }) => JSON.parse(body).ConsistentRead))]).toEqual([true]);
      expect(await itemUnder(NEW)).toEqual({ ...account, balance: 103 });
    });

    it('an item that the caller changes meanwhile is written as it was given', async () => {
      const { Item: item = {} } = await database.client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } }));
      const running = work({ item, Key: undefined });
      for (const name of Object.keys(item)) item[name] = { S: 'MARKER' };
      expect(await running).toMatchObject({ outcome: 'reencrypted' });
      expect(await itemUnder(NEW)).toEqual(account);
    });

    it('a footer of ours over what we did not write is refused', async () => {
      network.decide = async ({ operation, body }, nth): Promise<Fault> => {
        if (operation !== 'UpdateItem' || nth > 2) return 'pass';
        if (nth === 1) return 'lost';
        expect(body).toContain('aws_dbe_foot');
        const spoiled = { UpdateExpression: 'SET grade = :g', ExpressionAttributeValues: { ':g': 'F' } };
        await plain().send(new UpdateCommand({ TableName, Key, ...spoiled }));
        return 'pass';
      };
      await expect(work()).rejects.toMatchObject({ code: 'NOT_AUTHENTIC', writeApplied: true });
    });

    it('a stale item is found out, and what is there now is encrypted anew', async () => {
      const item = await stored();
      await other(OLD).send(new PutCommand({ TableName, Item: { ...account, balance: 7 } }));
      expect(await work({ item, Key: undefined })).toMatchObject({ outcome: 'reencrypted' });
      expect(await itemUnder(NEW)).toEqual({ ...account, balance: 7 });
    });

    it('an item that another writer made current meanwhile is left as it is', async () => {
      beforeWrites(1, () => other(NEW).send(new PutCommand({ TableName, Item: { ...account, balance: 7 } })));
      expect(await work()).toMatchObject({ outcome: 'current', to: [{ keyId: 'test/aes-2' }] });
      expect(writes()).toBe(1);
      expect(await itemUnder(NEW)).toMatchObject({ balance: 7 });
    });

    // moto looks at a condition and changes the item in two steps, with other requests between them.
    it.skipIf(name === 'moto')('many writers, and many that encrypt anew: no update is lost', async () => {
      const writer = other(OLD, { updateTimeoutMs: 60_000 });
      const increment = { UpdateExpression: 'SET balance = balance + :n ADD visits :n', ExpressionAttributeValues: { ':n': 1 } };
      const updates = Array.from({ length: 20 }, () => writer.send(new UpdateCommand({ TableName, Key, ...increment })));
      const again = Array.from({ length: 20 }, () => work({ to: undefined, force: true }, db({ updateTimeoutMs: 60_000 })));
      await Promise.all([...updates, ...again]);
      expect(await itemUnder(OLD)).toEqual({ ...account, balance: 120, visits: 21 });
    });

    it('unsigned attributes are left to the server', async () => {
      const item = await stored();
      const visit = (n: number): Promise<unknown> =>
        plain().send(new UpdateCommand({ TableName, Key, UpdateExpression: 'ADD visits :n', ExpressionAttributeValues: { ':n': n } }));
      await visit(1);
      beforeWrites(1, () => visit(5));
      expect(await work({ item, Key: undefined })).toMatchObject({ outcome: 'reencrypted' });
      expect(writes()).toBe(1);
      expect(await itemUnder(NEW)).toEqual({ ...account, visits: 7 });
    });

    it('an item that is deleted stays deleted', async () => {
      const item = await stored();
      beforeWrites(1, () => plain().send(new DeleteCommand({ TableName, Key })));
      expect(await work({ item, Key: undefined })).toEqual({ outcome: 'gone', from: [], to: [] });
      expect(await stored()).toEqual({});
      expect(await work({ item, Key: undefined })).toMatchObject({ outcome: 'gone' });
      expect(await work()).toMatchObject({ outcome: 'gone' });
      expect(await stored()).toEqual({});
    });

    it('an item that lost its encryption meanwhile is refused, and left as it is', async () => {
      beforeWrites(1, () => plain().send(new PutCommand({ TableName, Item: account })));
      await expect(work()).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
      expect(await stored()).toEqual(account);
    });

    it.each([1, 2] as const)('a lost answer (%i times) is found out: written once', async times => {
      beforeWrites(times, async () => undefined, 'lost');
      expect(await work()).toMatchObject({ outcome: 'reencrypted' });
      expect(writes()).toBe(times + 1);
      expect(await itemUnder(NEW)).toEqual(account);
    });

    it('a lost answer, and another writer since: done again, nothing lost', async () => {
      network.decide = async ({ operation }, nth): Promise<Fault> => {
        if (operation !== 'UpdateItem' || nth > 2) return 'pass';
        if (nth === 1) return 'lost';
        await add(NEW);
        return 'pass';
      };
      expect(await work({ force: true })).toMatchObject({ outcome: 'reencrypted' });
      expect(await itemUnder(NEW)).toEqual({ ...account, balance: 101 });
    });

    it('a lost answer, and a deletion since: gone', async () => {
      network.decide = async ({ operation }, nth): Promise<Fault> => {
        if (operation !== 'UpdateItem' || nth > 2) return 'pass';
        if (nth === 1) return 'lost';
        await plain().send(new DeleteCommand({ TableName, Key }));
        return 'pass';
      };
      expect(await work()).toMatchObject({ outcome: 'gone' });
      expect(await stored()).toEqual({});
    });

    it.each<Fault>(['reset', 'throttled', 'unavailable'])('%s before the table, then written once', async fault => {
      beforeWrites(2, async () => undefined, fault);
      expect(await work()).toMatchObject({ outcome: 'reencrypted' });
      expect(await itemUnder(NEW)).toEqual(account);
    });

    it('a network that stays away changes nothing, and the SDK’s error comes through', async () => {
      const before = await stored();
      beforeWrites(9, async () => undefined, 'reset');
      await expect(work()).rejects.not.toHaveProperty('code', 'CONCURRENT_UPDATE');
      expect(await stored()).toEqual(before);
    });

    it('gives up after updateTimeoutMs', async () => {
      beforeWrites(999, () => add());
      await expect(work({}, db({ updateTimeoutMs: 100 }))).rejects.toMatchObject({ code: 'CONCURRENT_UPDATE', retryable: true });
    });

    it('gives up, and tells that it may have been written, after a lost answer', async () => {
      network.decide = async ({ operation }, nth): Promise<Fault> => {
        if (operation !== 'UpdateItem') return 'pass';
        if (nth % 2 === 1) return 'lost';
        await add(NEW);
        return 'pass';
      };
      await expect(work({ force: true }, db({ updateTimeoutMs: 100 }))).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN' });
    });

    it('stops with its signal: before, while it waits, and in a request', async () => {
      const before = await stored();
      await expect(work({ abortSignal: AbortSignal.abort() })).rejects.toHaveProperty('name', 'AbortError');
      expect(network.sent).toEqual([]);
      const stop = new AbortController();
      network.decide = async ({ operation }) => {
        if (operation !== 'UpdateItem') return 'pass';
        stop.abort();
        return 'reset';
      };
      await expect(work({ abortSignal: stop.signal })).rejects.toHaveProperty('name', 'AbortError');
      expect(await stored()).toEqual(before);
    });
  });
}
