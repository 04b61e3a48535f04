import { inspect } from 'node:util';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../database.ts';
import { elsewhere } from '../elsewhere.ts';
import { type Fault, type FaultyNetwork, faultyNetwork } from '../faults.ts';

const accounts = table('accounts', {
  id: key.partition<string>(),
  balance: encrypted<number>(),
  owner: encrypted<string>(),
  grade: signed<string>().optional(),
  visits: unsigned<number>().optional(),
});
const TableName = 'accounts-faults';
const Key = { id: 'a' };
const account = { id: 'a', balance: 100, owner: 'MARKER-owner', grade: 'MARKERGRADE', visits: 1 };

type Expression = Omit<UpdateCommandInput, 'TableName' | 'Key'>;
const add = (n: number, more: Expression = {}): Expression => ({
  UpdateExpression: 'SET balance = balance + :n ADD visits :one',
  ExpressionAttributeValues: { ':n': n, ':one': 1 },
  ...more,
});

/** Updates over a network that loses, refuses and repeats. */
export function updateFaultSuite(name: string, connect: () => Promise<TestDatabase>): void {
  describe(`updates under faults on ${name}`, () => {
    let database: TestDatabase;
    let network: FaultyNetwork;
    const fake = new FakeKms();
    const kmsKeyId = fake.createKey().arn;
    const options = { tables: [accounts.at(TableName)], keyring: kms({ kmsKeyId, kmsClient: fake.client({ maxAttempts: 1 }) }) };
    const wrapped = (more: Partial<EncryptedClientOptions> = {}, maxAttempts = 3): DynamoDBDocumentClient =>
      encryptedDocumentClient(DynamoDBDocumentClient.from(network.client({ maxAttempts })), { ...options, ...more });
    /** A writer in another process, as it were: a copy of the library of its own. */
    let other: () => DynamoDBDocumentClient;
    const update = (expression: Expression, db = wrapped()) => db.send(new UpdateCommand({ TableName, Key, ...expression }));
    const item = async () => (await other().send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
    const writes = (): number => network.sent.filter(({ operation }) => operation === 'UpdateItem').length;
    const failWrites = (...faults: Fault[]): void => {
      network.decide = ({ operation }, nth) => (operation === 'UpdateItem' ? (faults[nth - 1] ?? 'pass') : 'pass');
    };

    beforeAll(async () => {
      database = await connect();
      network = await faultyNetwork(database.endpoint);
      await database.createTable(TableName, 'id');
      const copy = await elsewhere();
      const keyring = copy.kms({ kmsKeyId, kmsClient: fake.client({ maxAttempts: 1 }) });
      other = () => copy.encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), { ...options, keyring });
    });
    beforeEach(async () => {
      network.reset();
      await other().send(new PutCommand({ TableName, Item: account }));
    });
    afterEach(() => fake.reset());
    afterAll(async () => {
      await network[Symbol.asyncDispose]();
      await fake.close();
      await database[Symbol.asyncDispose]();
    });

    it.each(['ALL_NEW', 'ALL_OLD', 'UPDATED_NEW', 'UPDATED_OLD', 'NONE'] as const)(
      'a lost answer is found out, and %s told from memory: applied once',
      async ReturnValues => {
        failWrites('lost');
        const { Attributes } = await update(add(5, { ReturnValues }));
        expect(writes()).toBe(2);
        const after = { ...account, balance: 105, visits: 2 };
        expect(await item()).toEqual(after);
        expect(Attributes).toEqual(
          {
            ALL_NEW: after,
            ALL_OLD: account,
            UPDATED_NEW: { balance: 105, visits: 2 },
            UPDATED_OLD: { balance: 100, visits: 1 },
            NONE: undefined,
          }[ReturnValues],
        );
      },
    );

    it('a lost answer of a new item is found out', async () => {
      failWrites('lost');
      const made = { id: `new-${Date.now()}`, balance: 1, owner: 'MARKER' };
      const { Attributes } = await wrapped().send(
        new UpdateCommand({
          TableName,
          Key: { id: made.id },
          UpdateExpression: 'SET balance = :b, #o = :o',
          ConditionExpression: 'attribute_not_exists(id)',
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':b': made.balance, ':o': made.owner },
          ReturnValues: 'ALL_NEW',
        }),
      );
      expect(writes()).toBe(2);
      expect(Attributes).toEqual(made);
      expect((await other().send(new GetCommand({ TableName, Key: { id: made.id }, ConsistentRead: true }))).Item).toEqual(made);
    });

    describe('a lost answer, and another writer since', () => {
      const grade = { UpdateExpression: 'SET grade = :g', ExpressionAttributeValues: { ':g': 'B' } };
      beforeEach(() => {
        network.decide = async ({ operation }, nth): Promise<Fault> => {
          if (operation !== 'UpdateItem' || nth > 2) return 'pass';
          if (nth === 1) return 'lost';
          await other().send(new UpdateCommand({ TableName, Key, ...grade }));
          return 'pass';
        };
      });

      it('an update that adds is not repeated', async () => {
        await expect(update(add(5))).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN', retryable: false });
        expect(await item()).toMatchObject({ balance: 105, grade: 'B' });
      });

      it('one that sets is', async () => {
        await update({ UpdateExpression: 'SET balance = :b', ExpressionAttributeValues: { ':b': 7 } });
        expect(await item()).toMatchObject({ balance: 7, grade: 'B' });
      });
    });

    it.each<Fault>(['reset', 'throttled', 'unavailable'])('%s before the table, then applied once', async fault => {
      failWrites(fault, fault);
      await update(add(5));
      expect(await item()).toMatchObject({ balance: 105, visits: 2 });
    });

    it('a network that stays away changes nothing, and the SDK’s error comes through', async () => {
      failWrites('reset', 'reset', 'reset');
      await expect(update(add(5))).rejects.not.toHaveProperty('code', 'CONCURRENT_UPDATE');
      expect(await item()).toEqual(account);
    });

    it('reads that fail are repeated by the SDK, before anything is written', async () => {
      network.decide = ({ operation }, nth) => (operation === 'GetItem' && nth < 3 ? 'throttled' : 'pass');
      await update(add(5));
      expect(await item()).toMatchObject({ balance: 105 });
    });

    it.each(['GenerateDataKey', 'Decrypt'] as const)('KMS throttled at %s: nothing is written', async operation => {
      fake.fail({ operation, error: 'throttle' });
      await expect(update(add(5))).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true, writeApplied: false });
      expect(writes()).toBe(0);
      fake.reset();
      expect(await item()).toEqual(account);
    });

    it('KMS throttled when an unsigned update returns the item: one write, and the error says it was applied', async () => {
      fake.fail({ operation: 'Decrypt', error: 'throttle' });
      const touched = update({ UpdateExpression: 'ADD visits :one', ExpressionAttributeValues: { ':one': 1 }, ReturnValues: 'ALL_NEW' });
      await expect(touched).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: false, writeApplied: true });
      expect(writes()).toBe(1);
      fake.reset();
      expect(await item()).toEqual({ ...account, visits: 2 });
    });

    it('other writers without end: an error after the time that was given, nothing written', async () => {
      network.decide = async ({ operation }): Promise<Fault> => {
        if (operation === 'UpdateItem')
          await other().send(
            new UpdateCommand({ TableName, Key, UpdateExpression: 'SET grade = :g', ExpressionAttributeValues: { ':g': 'C' } }),
          );
        return 'pass';
      };
      await expect(update(add(5), wrapped({ updateTimeoutMs: 100 }))).rejects.toMatchObject({ code: 'CONCURRENT_UPDATE', retryable: true });
      expect(await item()).toMatchObject({ balance: 100 });
    });

    it('an abort between reading and writing ends it, unwritten', async () => {
      const controller = new AbortController();
      network.decide = ({ operation }) => {
        if (operation === 'GetItem') controller.abort();
        return 'pass';
      };
      const aborted = wrapped().send(new UpdateCommand({ TableName, Key, ...add(5) }), { abortSignal: controller.signal });
      await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
      expect(await item()).toEqual(account);
    });

    it('unsigned changes by others between reading and writing are kept', async () => {
      network.decide = async ({ operation }): Promise<Fault> => {
        if (operation === 'UpdateItem')
          await other().send(
            new UpdateCommand({ TableName, Key, UpdateExpression: 'ADD visits :n', ExpressionAttributeValues: { ':n': 10 } }),
          );
        return 'pass';
      };
      const { Attributes } = await update(add(5, { ReturnValues: 'ALL_NEW' }));
      expect(Attributes).toEqual({ ...account, balance: 105, visits: 12 });
      expect(writes()).toBe(1);
    });

    it('what went over the network and what failed tell no plaintext', async () => {
      failWrites('lost', 'throttled', 'reset');
      const errors: unknown[] = [];
      await update(add(5), wrapped({}, 2)).catch((error: unknown) => errors.push(error));
      await update({
        UpdateExpression: 'SET #o = #o + :n',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':n': 1 },
      }).catch((error: unknown) => errors.push(error));
      expect(inspect([network.sent.map(({ body }) => body), errors], { depth: 9, maxStringLength: null })).not.toMatch(
        /MARKER-owner|TUFSS0VSLW93bmVy/,
      );
    });
  });
}
