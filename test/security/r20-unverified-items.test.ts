/** Requirement 20: an item without header and footer is unverified; a rewrite never signs one. */
import { DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { encryptedDocumentClient, type PlaintextOverride } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aesKeyring, SYMMETRIC } from './support.ts';

const TableName = 'unverified';
const people = table('people', {
  id: key.partition<string>(),
  ssn: encrypted<string>(),
  owner: signed<string>(),
  visits: unsigned<number>().optional(),
});
const Key = { id: 'a' };
const Item = { id: 'a', ssn: '078-05-1120', owner: 'ann', visits: 1 };
let database: TestDatabase;
const client = (plaintextOverride: PlaintextOverride): DynamoDBDocumentClient =>
  encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), {
    tables: [people.at(TableName)],
    keyring: aesKeyring(),
    algorithmSuiteId: SYMMETRIC,
    plaintextOverride,
  });
const plain = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(database.client);
const raw = async () => (await plain().send(new GetCommand({ TableName, Key }))).Item;
const strict = (): DynamoDBDocumentClient => client('FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ');
const migrating = (): DynamoDBDocumentClient => client('FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ');
const beginning = (): DynamoDBDocumentClient => client('FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ');
const signing = {
  TableName,
  Key,
  UpdateExpression: 'SET #o = :o',
  ExpressionAttributeNames: { '#o': 'owner' },
  ExpressionAttributeValues: { ':o': 'eve' },
};
const touching = { TableName, Key, UpdateExpression: 'ADD visits :n', ExpressionAttributeValues: { ':n': 1 } };

beforeAll(async () => {
  database = await testDatabase();
  await database.createTable(TableName, 'id');
});
afterAll(async () => database[Symbol.asyncDispose]());

describe('a plaintext item', () => {
  beforeEach(async () => plain().send(new PutCommand({ TableName, Item })));

  it.each([
    ['forbids plaintext', strict],
    ['lets it be read', migrating],
  ])('is not signed by an update where the policy %s', async (_, db) => {
    await expect(db().send(new UpdateCommand(signing))).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
    expect(await raw()).toEqual(Item);
  });

  it('takes an update of unsigned attributes only where it may be read', async () => {
    await expect(strict().send(new UpdateCommand(touching))).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
    await migrating().send(new UpdateCommand(touching));
    expect(await raw()).toEqual({ ...Item, visits: 2 });
  });

  it('is updated as it is where plaintext may be written', async () => {
    await beginning().send(new UpdateCommand(signing));
    expect(await raw()).toEqual({ ...Item, owner: 'eve' });
  });

  it('becomes encrypted by a put alone', async () => {
    await migrating().send(new PutCommand({ TableName, Item }));
    expect(await raw()).toHaveProperty('aws_dbe_foot');
    await migrating().send(new UpdateCommand(signing));
    expect((await strict().send(new GetCommand({ TableName, Key }))).Item).toEqual({ ...Item, owner: 'eve' });
  });
});

describe('an encrypted item', () => {
  beforeEach(async () => strict().send(new PutCommand({ TableName, Item })));

  it('stays encrypted when it is updated where plaintext may be written', async () => {
    const { Attributes } = await beginning().send(new UpdateCommand({ ...signing, ReturnValues: 'ALL_NEW' }));
    expect(Attributes).toEqual({ ...Item, owner: 'eve' });
    expect((await raw())?.ssn).toBeInstanceOf(Uint8Array);
    expect((await strict().send(new GetCommand({ TableName, Key }))).Item).toEqual({ ...Item, owner: 'eve' });
  });

  it.each(['aws_dbe_head', 'aws_dbe_foot'])('without its %s alone is an error everywhere', async name => {
    await plain().send(new UpdateCommand({ TableName, Key, UpdateExpression: `REMOVE ${name}` }));
    for (const db of [strict(), migrating(), beginning()]) {
      await expect(db.send(new GetCommand({ TableName, Key }))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
      await expect(db.send(new UpdateCommand(signing))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
      await expect(db.send(new UpdateCommand(touching))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    }
  });

  it('whose header and footer were stripped, and whose owner was replaced, is not signed again', async () => {
    const forged = {
      UpdateExpression: 'REMOVE aws_dbe_head, aws_dbe_foot SET #o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': 'eve' },
    };
    await plain().send(new UpdateCommand({ TableName, Key, ...forged }));
    const rename = { ...signing, ExpressionAttributeValues: { ':o': 'ann' } };
    for (const db of [strict(), migrating()]) {
      await expect(db.send(new UpdateCommand(rename))).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
      await expect(db.send(new TransactWriteCommand({ TransactItems: [{ Update: rename }] }))).rejects.toThrow();
    }
    expect(await raw()).not.toHaveProperty('aws_dbe_head');
  });
});
