/** Updates on every form of client, with codecs, entities and wide items. */
import { ConditionalCheckFailedException, DynamoDB, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { attributeActions, codec, encrypted, key, signed, singleTable, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aesKeyring, SYMMETRIC } from '../security/support.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const TableName = 'forms';
const keyring = aesKeyring();
const date = codec(z.date(), { encode: (value: Date) => value.toISOString(), decode: (text: string) => new Date(text) });
const people = table('people', {
  id: key.partition<string>(),
  age: encrypted(z.number()).optional(),
  born: encrypted(date).optional(),
  joined: signed(date).optional(),
  tags: encrypted<Set<string>>().optional(),
  visits: unsigned<number>().optional(),
});
let database: TestDatabase;
const options = (more: Partial<EncryptedClientOptions> = {}): EncryptedClientOptions => ({
  tables: [people.at(TableName)],
  keyring,
  algorithmSuiteId: SYMMETRIC,
  ...more,
});
const documents = (more: Partial<EncryptedClientOptions> = {}): DynamoDBDocumentClient =>
  encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), options(more));

beforeAll(async () => {
  database = await testDatabase();
  await database.createTable(TableName, 'id');
});
afterAll(async () => database[Symbol.asyncDispose]());

describe('an update', () => {
  const config = () => ({
    endpoint: database.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  it.each<[string, () => DynamoDBClient]>([
    ['DynamoDBClient', () => encryptedClient(new DynamoDBClient(config()), options())],
    ['DynamoDB', () => encryptedClient(new DynamoDB(config()), options())],
  ])('through %s', async (name, make) => {
    const client = make();
    const Key = { id: { S: name } };
    const input = { TableName, Key, UpdateExpression: 'SET age = if_not_exists(age, :zero) + :n', ReturnValues: 'ALL_NEW' as const };
    const ExpressionAttributeValues = { ':zero': { N: '0' }, ':n': { N: '12345678901234567890' } };
    await client.send(new UpdateItemCommand({ ...input, ExpressionAttributeValues })).catch((error: unknown) => error);
    const { Attributes } = await client.send(
      new UpdateItemCommand({ ...input, ExpressionAttributeValues: { ':zero': { N: '0' }, ':n': { N: '1.50' } } }),
    );
    expect(Attributes).toMatchObject({ id: { S: name }, age: { N: expect.stringMatching(/\.5$/) } });
    const failed = client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'REMOVE age',
        ConditionExpression: 'age < :n',
        ExpressionAttributeValues: { ':n': { N: '0' } },
      }),
    );
    await expect(failed).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    client.destroy();
  });

  it('through DynamoDBDocument, its methods and callbacks, and a document client over a wrapped client', async () => {
    const wrapped = encryptedDocumentClient(DynamoDBDocument.from(database.client), options());
    const over = DynamoDBDocument.from(encryptedClient(database.client, options()));
    for (const db of [wrapped, over]) {
      const input = {
        TableName,
        Key: { id: 'document' },
        UpdateExpression: 'SET age = if_not_exists(age, :n) + :n',
        ExpressionAttributeValues: { ':n': 1 },
      };
      const before = ((await db.get({ TableName, Key: { id: 'document' } })).Item?.age as number | undefined) ?? 1;
      expect((await db.update({ ...input, ReturnValues: 'UPDATED_NEW' })).Attributes).toEqual({ age: before + 1 });
      await new Promise((resolve, reject) => db.update(input, (error: unknown, data: unknown) => (error ? reject(error) : resolve(data))));
      expect((await db.get({ TableName, Key: { id: 'document' } })).Item).toMatchObject({ age: before + 2 });
    }
  });

  it('leaves its input as it is', async () => {
    const frozen = Object.freeze({
      TableName,
      Key: Object.freeze({ id: 'frozen' }),
      UpdateExpression: 'SET tags = :t, visits = :v',
      ExpressionAttributeValues: Object.freeze({ ':t': new Set(['x']), ':v': 1 }),
    });
    await documents().send(new UpdateCommand(frozen));
    await documents().send(new UpdateCommand(frozen));
    expect((await documents().send(new GetCommand({ TableName, Key: { id: 'frozen' } }))).Item).toEqual({
      id: 'frozen',
      tags: new Set(['x']),
      visits: 1,
    });
  });

  it('tells the capacity of its reads and its write together', async () => {
    const update = { TableName, Key: { id: 'capacity' }, UpdateExpression: 'SET age = :n', ExpressionAttributeValues: { ':n': 1 } };
    await documents().send(new UpdateCommand(update));
    const { ConsumedCapacity } = await documents().send(new UpdateCommand({ ...update, ReturnConsumedCapacity: 'TOTAL' }));
    expect(ConsumedCapacity).toEqual({ TableName, CapacityUnits: 2 });
  });
});

describe('attributes with a codec', () => {
  const born = new Date('1987-05-05T00:00:00.000Z');
  const later = new Date('2001-01-01T00:00:00.000Z');

  it('take, compare and give back what the application has', async () => {
    const db = documents();
    const Key = { id: 'codec' };
    await db.send(new PutCommand({ TableName, Item: { ...Key, born, joined: later } }));
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET born = :later, joined = if_not_exists(joined, :born)',
        ConditionExpression: 'born = :born AND joined BETWEEN :born AND :later',
        ExpressionAttributeValues: { ':born': born, ':later': later },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({ ...Key, born: later, joined: later });
  });

  it.each(['SET born = :d', 'SET tags = :t'])('%s: tell the attribute when they cannot encode a value', async UpdateExpression => {
    const values = UpdateExpression.includes(':d') ? { ':d': 'MARKER' } : { ':t': ['t'], ':d': 'MARKER' };
    const update = documents().send(
      new UpdateCommand({
        TableName,
        Key: { id: 'codec' },
        UpdateExpression,
        ...(UpdateExpression.includes(':t') && { ConditionExpression: 'born < :d' }),
        ExpressionAttributeValues: values,
      }),
    );
    await expect(update).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringMatching(/^table "[^"]+": the codec of "born" cannot encode the value :d$/),
      attributes: ['born'],
    });
  });

  it('do not share a placeholder with others', async () => {
    const mixed = documents().send(
      new UpdateCommand({
        TableName,
        Key: { id: 'codec' },
        UpdateExpression: 'SET born = :d, tags = :d',
        ExpressionAttributeValues: { ':d': born },
      }),
    );
    await expect(mixed).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('entities of a single table', () => {
  const shared = { id: key.partition(z.string()), kind: signed(z.string()) };
  const user = table('app', { ...shared, email: encrypted(z.email()), name: signed(z.string()) });
  const order = table('app', { ...shared, total: encrypted(z.number().positive()), visits: unsigned(z.number()).optional() });
  const app = singleTable({ discriminator: 'kind', entities: { user, order } });
  const db = () => documents({ tables: [app.at(TableName)] });
  const update = (id: string, UpdateExpression: string, ExpressionAttributeValues: Record<string, unknown>) =>
    db().send(new UpdateCommand({ TableName, Key: { id }, UpdateExpression, ExpressionAttributeValues }));

  it('are validated as what the item is', async () => {
    await db().send(new PutCommand({ TableName, Item: { id: 'u1', kind: 'user', email: 'a@example.com', name: 'A' } }));
    await update('u1', 'SET email = :e', { ':e': 'b@example.com' });
    await expect(update('u1', 'SET email = :e', { ':e': 'no address' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(update('u1', 'SET visits = :v', { ':v': 1 })).resolves.toBeDefined(); // the key alone does not tell that it is no order
    expect((await db().send(new GetCommand({ TableName, Key: { id: 'u1' } }))).Item).toMatchObject({ email: 'b@example.com' });
  });

  it('stay what they are', async () => {
    await expect(update('u1', 'SET kind = :k', { ':k': 'order' })).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
    await update('u1', 'SET kind = :k', { ':k': 'user' });
  });

  it('are made by an upsert that says which', async () => {
    await expect(update('o1', 'SET visits = :t', { ':t': 5 })).rejects.toMatchObject({ code: 'ENTITY_UNKNOWN' });
    await db().send(
      new UpdateCommand({
        TableName,
        Key: { id: 'o1' },
        UpdateExpression: 'SET kind = :k, #t = :t',
        ExpressionAttributeNames: { '#t': 'total' },
        ExpressionAttributeValues: { ':k': 'order', ':t': 5 },
      }),
    );
    expect((await db().send(new GetCommand({ TableName, Key: { id: 'o1' } }))).Item).toEqual({ id: 'o1', kind: 'order', total: 5 });
  });
});

describe('wide items', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i}`);
  const wide = attributeActions({
    logicalTableName: 'wide',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ...Object.fromEntries(names(900).map(name => [name, 'ENCRYPT_AND_SIGN' as const])) },
  });
  const db = () => documents({ tables: [wide.at(TableName)] });
  const put = (count: number) =>
    db().send(new PutCommand({ TableName, Item: { id: 'wide', ...Object.fromEntries(names(count).map(name => [name, 1])) } }));
  const update = { TableName, Key: { id: 'wide' }, UpdateExpression: 'SET a0 = :n', ExpressionAttributeValues: { ':n': 2 } };

  it('are rewritten as far as an expression reaches, and refused beyond', async () => {
    await put(400);
    await db().send(new UpdateCommand(update));
    expect((await db().send(new GetCommand({ TableName, Key: { id: 'wide' } }))).Item).toMatchObject({ a0: 2, a399: 1 });
    await put(900);
    await expect(db().send(new UpdateCommand(update))).rejects.toMatchObject({ code: 'UPDATE_TOO_WIDE' });
    expect((await db().send(new GetCommand({ TableName, Key: { id: 'wide' } }))).Item).toMatchObject({ a0: 1, a899: 1 });
  });
});
