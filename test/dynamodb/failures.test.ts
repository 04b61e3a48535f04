import { inspect } from 'node:util';
import { type DynamoDBClient, GetItemCommand, PutItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { codec, encrypted, FieldsealError, key, signed, table } from 'fieldseal';
import { encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms, rawAes } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const TableName = 'users-prod';
const users = table('users', { id: key.partition<string>(), ssn: encrypted<string>(), name: signed<string>() });
const item = { id: 'ann', ssn: '078-05-1120', name: 'Ann' };
const fake = new FakeKms();
const kmsKeyId = fake.createKey().arn;

let database: TestDatabase;
let base: DynamoDBClient;
let documents: DynamoDBDocumentClient;
const wrapped = (options: object = {}) =>
  encryptedDocumentClient(documents, {
    tables: [users.at(TableName)],
    keyring: kms({ kmsKeyId, kmsClient: fake.client({ maxAttempts: 1 }) }),
    ...options,
  });

beforeAll(async () => {
  database = await testDatabase();
  base = database.client;
  documents = DynamoDBDocumentClient.from(base);
  await database.createTable(TableName, 'id');
});
beforeEach(async () => {
  await wrapped().send(new PutCommand({ TableName, Item: item }));
});
afterEach(() => fake.reset());
afterAll(async () => {
  await fake.close();
  await database[Symbol.asyncDispose]();
});

/** Counts the requests that reach the database. */
function counting(client: DynamoDBClient): { readonly client: DynamoDBClient; readonly requests: () => number } {
  let requests = 0;
  const copy: DynamoDBClient = Object.assign(Object.create(Object.getPrototypeOf(client)), client, {
    middlewareStack: client.middlewareStack.clone(),
  });
  copy.middlewareStack.add(
    next => async args => {
      requests++;
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  return { client: copy, requests: () => requests };
}

describe('a failure to open what a write returned', () => {
  it('does not make the SDK send the write again, and says that the write was applied', async () => {
    const { client, requests } = counting(base);
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), {
      tables: [users.at(TableName)],
      keyring: kms({ kmsKeyId, kmsClient: fake.client({ maxAttempts: 1 }) }),
    });
    fake.fail({ operation: 'Decrypt', error: 'throttle' });
    const failure = await db
      .send(new PutCommand({ TableName, Item: { ...item, name: 'Bob' }, ReturnValues: 'ALL_OLD' }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'KEY_UNAVAILABLE', writeApplied: true, retryable: false });
    expect(requests()).toBe(1);
    expect((await documents.send(new GetCommand({ TableName, Key: { id: 'ann' } }))).Item).toMatchObject({ name: 'Bob' });
  });

  it('after a read is retryable and claims no write', async () => {
    fake.fail({ operation: 'Decrypt', error: 'internal' });
    await expect(wrapped().send(new GetCommand({ TableName, Key: { id: 'ann' } }))).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      writeApplied: false,
      retryable: true,
    });
  });
});

describe('nothing is sent', () => {
  it('when no data key can be made', async () => {
    const { client, requests } = counting(base);
    const db = encryptedClient(client, {
      tables: [users.at(TableName)],
      keyring: kms({ kmsKeyId, kmsClient: fake.client({ maxAttempts: 1 }) }),
    });
    fake.fail({ operation: 'GenerateDataKey', error: 'access-denied' });
    const put = db.send(new PutItemCommand({ TableName, Item: { id: { S: 'x' }, ssn: { S: 'x' }, name: { S: 'x' } } }));
    await expect(put).rejects.toMatchObject({ code: 'KEY_ACCESS_DENIED' });
    expect(requests()).toBe(0);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['an attribute without annotation', 'ATTRIBUTE_UNKNOWN', { ...item, isAdmin: true }],
    ['a reserved name', 'ATTRIBUTE_RESERVED', { ...item, aws_dbe_x: 1 }],
    ['an encrypted item', 'ITEM_ALREADY_ENCRYPTED', { ...item, aws_dbe_head: new Uint8Array(1) }],
    ['a missing attribute', 'ATTRIBUTE_MISSING', { id: 'x', name: 'x' }],
    ['a lone surrogate', 'ATTRIBUTE_INVALID', { ...item, ssn: '\ud800' }],
    ['an item that is too large', 'ITEM_TOO_LARGE', { ...item, ssn: 'x'.repeat(410_000) }],
    ['a key __proto__ inside', 'ATTRIBUTE_INVALID', { ...item, ssn: JSON.parse('{"__proto__": 1}') }],
  ])('for %s', async (_, code, Item) => {
    await expect(wrapped().send(new PutCommand({ TableName, Item }))).rejects.toMatchObject({ code });
  });

  it.each([
    ['a number that is not safe', 12345678901234567000],
    ['a date', new Date('1987-05-05')],
    [
      'a class instance',
      new (class Ssn {
        toString(): string {
          return '078-05-1120';
        }
      })(),
    ],
  ])('for %s, and the error does not quote it', async (_, ssn) => {
    const failure = await wrapped()
      .send(new PutCommand({ TableName, Item: { ...item, ssn } }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ATTRIBUTE_INVALID', writeApplied: false });
    expect(inspect(failure)).not.toMatch(/12345678901234567|1987|078-05-1120/);
  });

  it('without an item', async () => {
    const nothing = { TableName } as unknown as PutItemCommandInput;
    await expect(wrapped().send(new PutCommand(nothing as never))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('a number that JavaScript cannot hold', () => {
  const huge = { id: { S: 'huge' }, ssn: { N: '12345678901234567890.123' }, name: { S: 'n' } };

  it('is read as ATTRIBUTE_INVALID by document clients, and the error does not quote it', async () => {
    const client = encryptedClient(base, { tables: [users.at(TableName)], keyring: kms({ kmsKeyId, kmsClient: fake.client() }) });
    await client.send(new PutItemCommand({ TableName, Item: huge }));
    const failure = await wrapped()
      .send(new GetCommand({ TableName, Key: { id: 'huge' } }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ATTRIBUTE_INVALID', writeApplied: false });
    expect(inspect(failure)).not.toContain('1234567890');
    const replaced = await wrapped()
      .send(new PutCommand({ TableName, Item: { ...item, id: 'huge' }, ReturnValues: 'ALL_OLD' }))
      .catch((error: unknown) => error);
    expect(replaced).toMatchObject({ code: 'ATTRIBUTE_INVALID', writeApplied: true, retryable: false });
  });
});

describe('codecs', () => {
  const people = table('users', {
    id: key.partition<string>(),
    born: encrypted(codec(z.date(), { encode: date => date.toISOString(), decode: (text: string) => new Date(text) })),
  });
  const born = new Date('1987-05-05T00:00:00.000Z');
  const options = () => ({ tables: [people.at(TableName)], keyring: kms({ kmsKeyId, kmsClient: fake.client() }) });

  it('work on document clients with values, and on raw clients with what is stored', async () => {
    const db = encryptedDocumentClient(documents, options());
    await db.send(new PutCommand({ TableName, Item: { id: 'p1', born } }));
    const client = encryptedClient(base, options());
    const Item = { id: { S: 'p2' }, born: { S: born.toISOString() } };
    await client.send(new PutItemCommand({ TableName, Item }));
    for (const id of ['p1', 'p2']) expect((await db.send(new GetCommand({ TableName, Key: { id } }))).Item).toEqual({ id, born });
    expect((await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'p1' } } }))).Item).toEqual({ ...Item, id: { S: 'p1' } });
    await expect(client.send(new PutItemCommand({ TableName, Item: { ...Item, born: { S: 'never' } } }))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

describe('conditions', () => {
  it('may ask whether an encrypted attribute exists', async () => {
    await wrapped().send(
      new PutCommand({
        TableName,
        Item: item,
        ConditionExpression: 'attribute_exists(ssn) AND #n = :n',
        ExpressionAttributeNames: { '#n': 'name' },
        ExpressionAttributeValues: { ':n': 'Ann' },
      }),
    );
  });

  it.each([
    'ssn = :v',
    'attribute_not_exists(id) OR #s = :v',
    'begins_with(ssn, :v)',
    'size(ssn) > :v',
    'attribute_type(#s, :v)',
    'attribute_exists(ssn.deep)',
    'attribute_exists(#s[0])',
    ':v IN (ssn)',
    'NOT ssn BETWEEN :v AND :v',
    'aws_dbe_head = :v',
    'attribute_exists(aws_dbe_foot)',
  ])('may not compare one: %s', async ConditionExpression => {
    const names = { ExpressionAttributeNames: { '#s': 'ssn' }, ExpressionAttributeValues: { ':v': 'S' } };
    for (const command of [
      new PutCommand({ TableName, Item: item, ConditionExpression, ...names }),
      new DeleteCommand({ TableName, Key: { id: 'ann' }, ConditionExpression, ...names }),
    ]) {
      await expect(wrapped().send<typeof command.input, never>(command as never)).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
    }
  });

  it('that fail bring the old item back decrypted, where the database returns it', async () => {
    const failing = documents.middlewareStack.clone();
    const stored = await base.send(new (await import('@aws-sdk/client-dynamodb')).GetItemCommand({ TableName, Key: { id: { S: 'ann' } } }));
    failing.add(
      () => async () =>
        Promise.reject(
          Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException', Item: stored.Item }),
        ),
      {
        step: 'build',
      },
    );
    const client: DynamoDBDocumentClient = Object.assign(Object.create(DynamoDBDocumentClient.prototype), documents, {
      middlewareStack: failing,
    });
    const options = { tables: [users.at(TableName)], keyring: kms({ kmsKeyId, kmsClient: fake.client({ maxAttempts: 1 }) }) };
    const put = new PutCommand({
      TableName,
      Item: item,
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(encryptedDocumentClient(client, options).send(put)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: 'ann' }, ssn: { S: '078-05-1120' }, name: { S: 'Ann' } },
    });
    fake.fail({ operation: 'Decrypt', error: 'throttle' });
    const failure = await encryptedDocumentClient(client, options)
      .send(put)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(failure).not.toHaveProperty('Item');
  });
});

describe('plaintext policies', () => {
  const plain = { id: 'plain', ssn: 'in clear', name: 'P' };
  const Key = { id: 'plain' };

  beforeEach(async () => {
    await documents.send(new PutCommand({ TableName, Item: plain }));
  });

  it('forbid plaintext by default', async () => {
    await expect(wrapped().send(new GetCommand({ TableName, Key }))).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
  });

  it('FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ reads plaintext and writes ciphertext', async () => {
    const db = wrapped({ plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' });
    expect((await db.send(new GetCommand({ TableName, Key }))).Item).toEqual(plain);
    await db.send(new PutCommand({ TableName, Item: plain }));
    expect((await documents.send(new GetCommand({ TableName, Key }))).Item).toHaveProperty('aws_dbe_head');
    expect((await db.send(new GetCommand({ TableName, Key }))).Item).toEqual(plain);
  });

  it('FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ writes plaintext and reads both', async () => {
    const db = wrapped({ plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' });
    await db.send(new PutCommand({ TableName, Item: plain }));
    expect((await documents.send(new GetCommand({ TableName, Key }))).Item).toEqual(plain);
    expect((await db.send(new GetCommand({ TableName, Key: { id: 'ann' } }))).Item).toEqual(item);
  });

  it('an unknown policy is refused', () => {
    expect(() => wrapped({ plaintextOverride: 'ALLOW' })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('half an encrypted item is refused under every policy', async () => {
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { id: 'ann' } }));
    const { aws_dbe_foot: _, ...half } = Item ?? {};
    await documents.send(new PutCommand({ TableName, Item: { ...half, id: 'half' } }));
    const read = wrapped({ plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' }).send(
      new GetCommand({ TableName, Key: { id: 'half' } }),
    );
    await expect(read).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
  });
});

describe('an item altered in the table', () => {
  it('is refused', async () => {
    await documents.send(
      new UpdateCommand({
        TableName,
        Key: { id: 'ann' },
        UpdateExpression: 'SET #n = :v',
        ExpressionAttributeNames: { '#n': 'name' },
        ExpressionAttributeValues: { ':v': 'Mallory' },
      }),
    );
    const failure = await wrapped()
      .send(new GetCommand({ TableName, Key: { id: 'ann' } }))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FieldsealError);
    expect(failure).toMatchObject({ code: 'NOT_AUTHENTIC' });
  });

  it('is refused under another key', async () => {
    const keyring = rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: new Uint8Array(32).fill(1) });
    await expect(wrapped({ keyring }).send(new GetCommand({ TableName, Key: { id: 'ann' } }))).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
    });
  });
});
