import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestDatabase } from '../database.ts';

const people = table('people', {
  id: key.partition(z.string()),
  email: encrypted(z.email().toLowerCase()).optional(),
  balance: encrypted(z.number().max(1_000_000)).optional(),
  notes: encrypted<string[]>().optional(),
  address: encrypted<Record<string, unknown>>().optional(),
  tags: encrypted<Set<string>>().optional(),
  displayName: signed(z.string()).optional(),
  tier: signed(z.string()).optional(),
  visits: unsigned(z.number()).optional(),
  seenAt: unsigned(z.number()).optional(),
});
const TableName = 'people-updates';
const ann = {
  id: 'ann',
  email: 'ann@example.com',
  balance: 10,
  notes: ['first'],
  address: { street: 'Elm Street 1', city: 'Springfield' },
  tags: new Set(['a', 'b']),
  displayName: 'Ann',
  tier: 'free',
  visits: 1,
};
const Key = { id: 'ann' };

type Expression = Omit<UpdateCommandInput, 'TableName' | 'Key'>;

/** What updates do on a wrapped client, on any DynamoDB. */
export function updateSuite(name: string, connect: () => Promise<TestDatabase>): void {
  describe(`updates on ${name}`, () => {
    let database: TestDatabase;
    let base: DynamoDBClient;
    let db: DynamoDBDocumentClient;
    const fake = new FakeKms();
    const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() });
    const wrapped = (options: object = {}): DynamoDBDocumentClient =>
      encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [people.at(TableName)], keyring, ...options });

    beforeAll(async () => {
      database = await connect();
      base = database.client;
      db = wrapped();
      await database.createTable(TableName, 'id');
    });
    beforeEach(async () => {
      await db.send(new PutCommand({ TableName, Item: ann }));
      fake.reset();
    });
    afterAll(async () => {
      await fake.close();
      await database[Symbol.asyncDispose]();
    });

    const update = (expression: Expression, client = db, key: Record<string, unknown> = Key) =>
      client.send(new UpdateCommand({ TableName, Key: key, ...expression }));
    const item = async (key: Record<string, unknown> = Key): Promise<Record<string, unknown> | undefined> =>
      (await db.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }))).Item;
    const raw = async (key: Record<string, unknown> = Key): Promise<Record<string, unknown>> =>
      (await DynamoDBDocumentClient.from(base).send(new GetCommand({ TableName, Key: key, ConsistentRead: true }))).Item ?? {};

    describe('of unsigned attributes alone', () => {
      it('go straight to the table, without any key', async () => {
        const { aws_dbe_foot: before } = await raw();
        await update({ UpdateExpression: 'SET seenAt = :now ADD visits :one', ExpressionAttributeValues: { ':now': 7, ':one': 1 } });
        expect(fake.calls).toHaveLength(0);
        expect((await raw()).aws_dbe_foot).toEqual(before);
        expect(await item()).toEqual({ ...ann, seenAt: 7, visits: 2 });
      });

      it('may copy signed values, and tell what they changed', async () => {
        const { Attributes } = await update({
          UpdateExpression: 'SET visits = visits + :n',
          ExpressionAttributeValues: { ':n': 4 },
          ReturnValues: 'UPDATED_NEW',
        });
        expect(Attributes).toEqual({ visits: 5 });
        const all = await update({ UpdateExpression: 'REMOVE visits', ReturnValues: 'ALL_OLD' });
        expect(all.Attributes).toEqual({ ...ann, visits: 5 });
      });

      it('on an item that is not there make a whole one', async () => {
        await update({ UpdateExpression: 'SET seenAt = :now', ExpressionAttributeValues: { ':now': 1 } }, db, { id: 'new' });
        expect(await raw({ id: 'new' })).toHaveProperty('aws_dbe_foot');
        expect(await item({ id: 'new' })).toEqual({ id: 'new', seenAt: 1 });
      });

      it('are validated where a value is given', async () => {
        const wrong = update({ UpdateExpression: 'SET seenAt = :now', ExpressionAttributeValues: { ':now': 'never' } });
        await expect(wrong).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      });

      it('fail with the caller’s condition', async () => {
        const failed = update({
          UpdateExpression: 'SET seenAt = :now',
          ConditionExpression: 'visits = :n AND attribute_exists(email)',
          ExpressionAttributeValues: { ':now': 1, ':n': 2 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        await expect(failed).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
        expect(await item()).toEqual(ann);
      });
    });

    describe('of signed and encrypted attributes', () => {
      it('read, change and write the item back', async () => {
        await update({
          UpdateExpression:
            'SET email = :e, balance = balance + :n, notes = list_append(notes, :l), address.city = :c REMOVE tier DELETE tags :t',
          ExpressionAttributeValues: { ':e': 'Bob@Example.com', ':n': 5, ':l': ['second'], ':c': 'Shelbyville', ':t': new Set(['a']) },
        });
        const { tier: _, ...rest } = ann;
        const expected = {
          ...rest,
          email: 'bob@example.com',
          balance: 15,
          notes: ['first', 'second'],
          address: { street: 'Elm Street 1', city: 'Shelbyville' },
          tags: new Set(['b']),
        };
        expect(await item()).toEqual(expected);
        const stored = await raw();
        expect(stored.email).toBeInstanceOf(Uint8Array);
        expect(stored).not.toHaveProperty('tier');
      });

      it('along with unsigned ones, which the server changes', async () => {
        await update({
          UpdateExpression: 'SET balance = balance - :n, seenAt = :now ADD visits :one',
          ExpressionAttributeValues: { ':n': 3, ':now': 9, ':one': 1 },
        });
        expect(await item()).toEqual({ ...ann, balance: 7, seenAt: 9, visits: 2 });
      });

      it.each(['ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW', 'NONE'] as const)('give %s', async ReturnValues => {
        const { Attributes } = await update({
          UpdateExpression: 'SET balance = :n, displayName = :d ADD visits :one',
          ExpressionAttributeValues: { ':n': 3, ':d': 'Anna', ':one': 1 },
          ReturnValues,
        });
        const changed = { balance: 3, displayName: 'Anna', visits: 2 };
        expect(Attributes).toEqual(
          {
            ALL_OLD: ann,
            ALL_NEW: { ...ann, ...changed },
            UPDATED_OLD: { balance: 10, displayName: 'Ann', visits: 1 },
            UPDATED_NEW: changed,
            NONE: undefined,
          }[ReturnValues],
        );
      });

      it('make items that are not there', async () => {
        const key = { id: 'upserted' };
        const { Attributes } = await update(
          {
            UpdateExpression: 'SET email = if_not_exists(email, :e), displayName = :d',
            ConditionExpression: 'attribute_not_exists(id)',
            ExpressionAttributeValues: { ':e': 'x@example.com', ':d': 'X' },
            ReturnValues: 'ALL_NEW',
          },
          db,
          key,
        );
        expect(Attributes).toEqual({ ...key, email: 'x@example.com', displayName: 'X' });
        expect(await item(key)).toEqual(Attributes);
      });

      it('decide conditions on encrypted attributes, and leave the rest to the server', async () => {
        const guarded = (min: number, visits: number) =>
          update({
            UpdateExpression: 'SET balance = balance - :n',
            ConditionExpression: 'balance >= :min AND begins_with(email, :e) AND visits = :v AND displayName <> :d',
            ExpressionAttributeValues: { ':n': 1, ':min': min, ':e': 'ann', ':v': visits, ':d': 'Bob' },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          });
        await guarded(10, 1);
        expect(await item()).toEqual({ ...ann, balance: 9 });
        const local = await guarded(10, 1).catch((error: unknown) => error);
        expect(local).toMatchObject({ name: 'ConditionalCheckFailedException', Item: { balance: { N: '9' }, email: { S: ann.email } } });
        await expect(guarded(1, 5)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
        expect(await item()).toEqual({ ...ann, balance: 9 });
      });

      it('lose nothing when many write at once', { timeout: 90_000 }, async () => {
        const one = { UpdateExpression: 'SET balance = balance + :n', ExpressionAttributeValues: { ':n': 1 } };
        const clients = [1, 2, 3].map(() => wrapped({ updateTimeoutMs: 60_000 }));
        await Promise.all(Array.from({ length: 30 }, (_, i) => update(one, clients[i % 3])));
        expect(await item()).toEqual({ ...ann, balance: 40 });
      });
    });

    describe('are refused', () => {
      it.each<[string, string, Expression]>([
        ['encrypted into signed', 'DECLASSIFICATION_REFUSED', { UpdateExpression: 'SET displayName = email' }],
        ['encrypted into unsigned', 'DECLASSIFICATION_REFUSED', { UpdateExpression: 'SET visits = if_not_exists(balance, visits)' }],
        ['unsigned into encrypted', 'OPERATION_REFUSED', { UpdateExpression: 'SET balance = visits' }],
        ['the format’s attributes', 'OPERATION_REFUSED', { UpdateExpression: 'REMOVE aws_dbe_foot' }],
        ['unknown attributes', 'ATTRIBUTE_UNKNOWN', { UpdateExpression: 'REMOVE isAdmin' }],
        [
          'what validators refuse',
          'VALIDATION_FAILED',
          { UpdateExpression: 'SET balance = balance + :n', ExpressionAttributeValues: { ':n': 1_000_000 } },
        ],
        [
          'comparisons of encrypted with unsigned',
          'OPERATION_REFUSED',
          { UpdateExpression: 'REMOVE tier', ConditionExpression: 'balance > visits' },
        ],
      ])('%s', async (_, code, expression) => {
        await expect(update(expression)).rejects.toMatchObject({ code });
        expect(await item()).toEqual(ann);
      });

      it.each<[string, Expression]>([
        ['syntax', { UpdateExpression: 'SET balance == :n', ExpressionAttributeValues: { ':n': 1 } }],
        ['key attributes', { UpdateExpression: 'SET id = :n', ExpressionAttributeValues: { ':n': 'bob' } }],
        ['paths that are not there', { UpdateExpression: 'SET address.inner.deep = :n', ExpressionAttributeValues: { ':n': 1 } }],
        ['operands of wrong types', { UpdateExpression: 'SET email = email + :n', ExpressionAttributeValues: { ':n': 1 } }],
      ])('as DynamoDB does: %s', async (_, expression) => {
        await expect(update(expression)).rejects.toMatchObject({ name: 'ValidationException' });
        expect(await item()).toEqual(ann);
      });

      it('where settings forbid to rewrite', async () => {
        const rename = { UpdateExpression: 'SET displayName = :d', ExpressionAttributeValues: { ':d': 'X' } };
        await expect(update(rename, wrapped({ updates: 'refuse' }))).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
        await expect(update(rename, wrapped({ mode: 'encrypt' }))).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
        await expect(update(rename, wrapped({ mode: 'decrypt' }))).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
        const touch = { UpdateExpression: 'SET seenAt = :n', ExpressionAttributeValues: { ':n': 1 } };
        await update(touch, wrapped({ updates: 'refuse', mode: 'encrypt' }));
        expect(await item()).toEqual({ ...ann, seenAt: 1 });
      });
    });
  });
}
