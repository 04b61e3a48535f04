import { DeleteItemCommand, DynamoDB, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocument, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestDatabase } from './database.ts';

const users = table('users', {
  id: key.partition(z.string()),
  kind: key.sort(z.string()),
  email: encrypted(z.email()),
  age: encrypted(z.number()).optional(),
  tags: encrypted<Set<string>>().optional(),
  displayName: signed(z.string()),
  seenAt: unsigned(z.number()).optional(),
});
const ann = { id: 'ann', kind: 'user', email: 'ann@example.com', age: 44, tags: new Set(['a', 'b']), displayName: 'Ann', seenAt: 7 };
const Key = { id: 'ann', kind: 'user' };
const TableName = 'users-prod';

/** What a wrapped client does, on any DynamoDB. `connect` gives one without tables. */
export function clientSuite(name: string, connect: () => Promise<TestDatabase>): void {
  describe(name, () => {
    let database: TestDatabase;
    let base: DynamoDBClient;
    const fake = new FakeKms();
    const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() });
    const options = { tables: [users.at(TableName)], keyring };

    beforeAll(async () => {
      database = await connect();
      base = database.client;
      await database.createTable(TableName, 'id', 'kind');
      await database.createTable('plain', 'id');
    });
    beforeEach(() => fake.reset());
    afterAll(async () => {
      await fake.close();
      await database[Symbol.asyncDispose]();
    });

    async function stored(): Promise<Record<string, unknown>> {
      return (await DynamoDBDocumentClient.from(base).send(new GetCommand({ TableName, Key }))).Item ?? {};
    }

    describe('a wrapped document client', () => {
      it('stores ciphertext and gives back what was put', async () => {
        const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
        await db.send(new PutCommand({ TableName, Item: ann }));
        const raw = await stored();
        expect(raw.email).toBeInstanceOf(Uint8Array);
        expect(raw.displayName).toBe('Ann');
        expect(raw.seenAt).toBe(7);
        expect(Object.keys(raw)).toEqual(expect.arrayContaining(['aws_dbe_head', 'aws_dbe_foot']));
        expect((await db.send(new GetCommand({ TableName, Key }))).Item).toEqual(ann);
      });

      it('leaves the input and the base client as they are', async () => {
        const documents = DynamoDBDocumentClient.from(base);
        const db = encryptedDocumentClient(documents, options);
        const input = Object.freeze({ TableName, Item: Object.freeze({ ...ann }) });
        await db.send(new PutCommand(input));
        expect(input.Item).toEqual(ann);
        expect((await documents.send(new GetCommand({ TableName, Key }))).Item).toHaveProperty('aws_dbe_head');
        expect(db).toBeInstanceOf(DynamoDBDocumentClient);
        expect(documents.middlewareStack.identify().join()).not.toContain('fieldseal');
        expect(base.middlewareStack.identify().join()).not.toContain('fieldseal');
      });

      it('opens ReturnValues of put and delete', async () => {
        const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
        await db.send(new PutCommand({ TableName, Item: ann }));
        const put = await db.send(new PutCommand({ TableName, Item: { ...ann, age: 45 }, ReturnValues: 'ALL_OLD' }));
        expect(put.Attributes).toEqual(ann);
        const deleted = await db.send(new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }));
        expect(deleted.Attributes).toEqual({ ...ann, age: 45 });
        expect((await db.send(new GetCommand({ TableName, Key }))).Item).toBeUndefined();
      });

      it('lets tables that are not configured pass', async () => {
        const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
        await db.send(new PutCommand({ TableName: 'plain', Item: { id: 'x', email: 'in clear' } }));
        expect((await db.send(new GetCommand({ TableName: 'plain', Key: { id: 'x' } }))).Item).toEqual({ id: 'x', email: 'in clear' });
        expect(fake.calls).toHaveLength(0);
      });

      it('takes a table by its ARN', async () => {
        const arn = `arn:aws:dynamodb:us-east-1:111122223333:table/${TableName}`;
        const refused = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options).send(
          new PutCommand({ TableName: arn, Item: { ...ann, oops: 1 } }),
        );
        await expect(refused).rejects.toMatchObject({ code: 'ATTRIBUTE_UNKNOWN' });
      });

      it('works with callbacks and per-call options', async () => {
        const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
        await new Promise<void>((resolve, reject) =>
          db.send(new PutCommand({ TableName, Item: ann }), error => (error ? reject(error) : resolve())),
        );
        expect((await db.send(new GetCommand({ TableName, Key }), { abortSignal: new AbortController().signal })).Item).toEqual(ann);
        await expect(db.send(new GetCommand({ TableName, Key }), { abortSignal: AbortSignal.abort() })).rejects.toMatchObject({
          name: 'AbortError',
        });
      });

      it('takes a Map as the item, as the document client does', async () => {
        const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
        await db.send(new PutCommand({ TableName, Item: new Map(Object.entries(ann)) as unknown as Record<string, unknown> }));
        expect(await stored()).not.toHaveProperty('email', 'ann@example.com');
        expect((await db.send(new GetCommand({ TableName, Key }))).Item).toEqual(ann);
      });
    });

    describe.each([
      ['DynamoDBClient', () => encryptedClient(base, options)],
      ['the aggregated DynamoDB', () => encryptedClient(Object.assign(Object.create(DynamoDB.prototype), base) as DynamoDB, options)],
    ])('%s in DynamoDB’s own form', (_, make) => {
      it('puts, gets and deletes', async () => {
        const client = make();
        const Item = {
          id: { S: 'ann' },
          kind: { S: 'user' },
          email: { S: 'ann@example.com' },
          age: { N: '44' },
          displayName: { S: 'Ann' },
        };
        const rawKey = { id: { S: 'ann' }, kind: { S: 'user' } };
        await client.send(new PutItemCommand({ TableName, Item }));
        expect((await stored()).email).toBeInstanceOf(Uint8Array);
        expect((await client.send(new GetItemCommand({ TableName, Key: rawKey }))).Item).toEqual(Item);
        const deleted = await client.send(new DeleteItemCommand({ TableName, Key: rawKey, ReturnValues: 'ALL_OLD' }));
        expect(deleted.Attributes).toEqual(Item);
      });
    });

    describe('other ways to a document client', () => {
      it('a document client over a wrapped client is encrypted, and so is DynamoDBDocument', async () => {
        for (const db of [
          DynamoDBDocumentClient.from(encryptedClient(base, options)),
          DynamoDBDocument.from(encryptedClient(base, options)),
        ]) {
          await db.send(new PutCommand({ TableName, Item: ann }));
          expect((await stored()).email).toBeInstanceOf(Uint8Array);
          expect((await db.send(new GetCommand({ TableName, Key }))).Item).toEqual(ann);
        }
      });

      it('a wrapped DynamoDBDocument keeps its methods', async () => {
        const db = encryptedDocumentClient(DynamoDBDocument.from(base), options);
        await db.put({ TableName, Item: ann });
        expect((await stored()).email).toBeInstanceOf(Uint8Array);
        expect((await db.get({ TableName, Key })).Item).toEqual(ann);
      });

      it('raw commands work on a wrapped document client', async () => {
        const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
        await db.send(new PutCommand({ TableName, Item: ann }));
        const raw = db as unknown as DynamoDBClient; // document clients send raw commands, though their type does not say so
        const { Item } = await raw.send(new GetItemCommand({ TableName, Key: { id: { S: 'ann' }, kind: { S: 'user' } } }));
        expect(Item?.email).toEqual({ S: 'ann@example.com' });
      });

      it('wrapping twice is refused', () => {
        const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
        expect(() => encryptedDocumentClient(db, options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
        expect(() => encryptedDocumentClient(DynamoDBDocumentClient.from(encryptedClient(base, options)), options)).toThrow(
          expect.objectContaining({ code: 'CONFIG_INVALID' }),
        );
      });
    });
  });
}
