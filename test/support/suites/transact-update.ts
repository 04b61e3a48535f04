import { randomUUID } from 'node:crypto';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { codec, encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestDatabase } from '../database.ts';
import { elsewhere } from '../elsewhere.ts';
import { type Fault, type FaultyNetwork, faultyNetwork } from '../faults.ts';

const accounts = table('accounts', {
  id: key.partition<string>(),
  balance: encrypted(z.number().min(0)).optional(),
  owner: encrypted<string>().optional(),
  opened: encrypted(codec(z.date(), { encode: date => date.toISOString(), decode: (text: string) => new Date(text) })).optional(),
  grade: signed<string>().optional(),
  visits: unsigned<number>().optional(),
});
const TableName = `transact-update-${randomUUID()}`;
const wrappingKey = new Uint8Array(32).fill(3);
type Actions = NonNullable<TransactWriteCommandInput['TransactItems']>;

const add = (id: string, n: number, more: object = {}) => ({
  Update: {
    TableName,
    Key: { id },
    UpdateExpression: 'SET balance = balance + :n ADD visits :one',
    ExpressionAttributeValues: { ':n': n, ':one': 1 },
    ...more,
  },
});

/** Updates within transactions on a wrapped client, on any DynamoDB that has them. */
export function transactUpdateSuite(name: string, connect: () => Promise<TestDatabase>): void {
  describe(`updates in transactions on ${name}`, () => {
    let database: TestDatabase;
    let network: FaultyNetwork;
    let other: () => DynamoDBDocumentClient;
    const options = { tables: [accounts.at(TableName)], keyring: rawAes({ keyNamespace: 'test', keyName: 'aes', wrappingKey }) };
    const wrapped = (more: Partial<EncryptedClientOptions> = {}): DynamoDBDocumentClient =>
      encryptedDocumentClient(DynamoDBDocumentClient.from(network.client()), { ...options, ...more });
    const transact = (TransactItems: Actions, more: Partial<EncryptedClientOptions> = {}, ClientRequestToken?: string) =>
      wrapped(more).send(new TransactWriteCommand({ TransactItems, ...(ClientRequestToken && { ClientRequestToken }) }));
    const item = async (id: string) => (await wrapped().send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }))).Item;
    const raw = async (id: string) =>
      (await DynamoDBDocumentClient.from(database.client).send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }))).Item;

    beforeAll(async () => {
      database = await connect();
      network = await faultyNetwork(database.endpoint);
      await database.createTable(TableName, 'id');
      const copy = await elsewhere();
      const keyring = copy.rawAes({ keyNamespace: 'test', keyName: 'aes', wrappingKey });
      other = () => copy.encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), { ...options, keyring });
    });
    beforeEach(async () => {
      network.reset();
      for (const id of ['a', 'b'])
        await wrapped().send(new PutCommand({ TableName, Item: { id, balance: 10, owner: `MARKER ${id}`, visits: 0 } }));
      network.reset();
    });
    afterAll(async () => {
      await network[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });

    it('move an amount between encrypted balances, all or nothing', async () => {
      const balance = { ConditionExpression: 'balance >= :n' };
      await transact([add('a', -4), add('b', 4)]);
      expect([await item('a'), await item('b')]).toMatchObject([
        { balance: 6, visits: 1 },
        { balance: 14, visits: 1 },
      ]);
      const cancelled = transact([
        add('b', 100),
        { Update: { ...add('a', 7).Update, UpdateExpression: 'SET balance = balance - :n ADD visits :one', ...balance } },
      ]);
      await expect(cancelled).rejects.toMatchObject({
        name: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
      });
      expect([await item('a'), await item('b')]).toMatchObject([{ balance: 6 }, { balance: 14 }]);
      expect((await raw('a'))?.balance).toBeInstanceOf(Uint8Array);
    });

    it('give the item of a failed condition where it is asked for, decrypted, whoever decided it', async () => {
      const ask = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
      for (const ConditionExpression of ['balance > :n', 'visits > :n']) {
        const failed = transact([add('a', 50, { ConditionExpression, ...ask })]);
        await expect(failed).rejects.toMatchObject({
          name: 'TransactionCanceledException',
          CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: { balance: { N: '10' }, owner: { S: 'MARKER a' } } }],
        });
      }
      const silent = await transact([add('a', 50, { ConditionExpression: 'visits > :n' })]).catch((error: unknown) => error);
      expect(silent).toMatchObject({ CancellationReasons: [expect.not.objectContaining({ Item: expect.anything() })] });
    });

    it('of unsigned attributes are sent as they are, guarded', async () => {
      const touch = (id: string) => ({
        Update: { TableName, Key: { id }, UpdateExpression: 'ADD visits :one', ExpressionAttributeValues: { ':one': 1 } },
      });
      await transact([touch('a')]);
      expect(network.sent.map(({ operation }) => operation)).toEqual(['TransactWriteItems']);
      const id = randomUUID();
      await transact([touch(id), touch('a')]);
      expect(await item(id)).toEqual({ id, visits: 1 });
      expect(await item('a')).toMatchObject({ visits: 2 });
    });

    it('make items, and put others beside', async () => {
      const id = randomUUID();
      const opened = new Date('2020-02-02T00:00:00.000Z');
      await transact([
        {
          Update: {
            TableName,
            Key: { id },
            UpdateExpression: 'SET opened = :d, grade = :g',
            ExpressionAttributeValues: { ':d': opened, ':g': 'A' },
          },
        },
        { Put: { TableName, Item: { id: `${id}-2`, balance: 1 } } },
      ]);
      expect(await item(id)).toEqual({ id, opened, grade: 'A' });
      expect(await item(`${id}-2`)).toEqual({ id: `${id}-2`, balance: 1 });
    });

    it('begin again when another writer came between, with other bytes under another token', async () => {
      network.decide = async ({ operation }, nth): Promise<Fault> => {
        if (operation === 'TransactWriteItems' && nth === 1) await other().send(new UpdateCommand(add('a', 100).Update));
        return 'pass';
      };
      const token = randomUUID();
      await transact([add('a', 1), add('b', 1)], {}, token);
      expect([await item('a'), await item('b')]).toMatchObject([
        { balance: 111, visits: 2 },
        { balance: 11, visits: 1 },
      ]);
      const tokens = network.sent
        .filter(({ operation }) => operation === 'TransactWriteItems')
        .map(({ body }) => JSON.parse(body).ClientRequestToken);
      expect(tokens).toHaveLength(2);
      expect(tokens[0]).toBe(token);
      expect(new Set(tokens).size).toBe(2);
    });

    it('repeated under the same token are the same bytes, without a new read', async () => {
      const db = wrapped();
      const input = { TransactItems: [add('a', 1)], ClientRequestToken: randomUUID() };
      await db.send(new TransactWriteCommand(input));
      await db.send(new TransactWriteCommand(input)).catch(() => undefined); // servers differ in what they make of the repetition
      const sent = network.sent.filter(({ operation }) => operation === 'TransactWriteItems');
      expect(sent[1]?.body).toBe(sent[0]?.body);
      expect(network.sent.filter(({ operation }) => operation === 'GetItem')).toHaveLength(1);
      expect(await item('a')).toMatchObject({ balance: 11, visits: 1 });
    });

    it.each<[string, object, object]>([
      [
        'what validators refuse',
        { code: 'VALIDATION_FAILED' },
        { UpdateExpression: 'SET balance = balance - :n ADD visits :one', ExpressionAttributeValues: { ':n': 11, ':one': 1 } },
      ],
      [
        'a path that is not there',
        { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }] },
        { UpdateExpression: 'SET balance.deep = :n ADD visits :one' },
      ],
      ['a mistake in the expression', { name: 'ValidationException' }, { UpdateExpression: 'SET balance = = :n' }],
    ])('%s cancels all', async (_, error, more) => {
      await expect(transact([add('b', 1), add('a', 1, more)])).rejects.toMatchObject(error);
      expect([await item('a'), await item('b')]).toMatchObject([{ balance: 10 }, { balance: 10 }]);
    });

    it('where others never stop: an error after the time that was given', async () => {
      network.decide = async ({ operation }): Promise<Fault> => {
        if (operation === 'TransactWriteItems') await other().send(new UpdateCommand(add('a', 100).Update));
        return 'pass';
      };
      await expect(transact([add('a', 1)], { updateTimeoutMs: 100 })).rejects.toMatchObject({ code: 'CONCURRENT_UPDATE', retryable: true });
    });
  });
}
