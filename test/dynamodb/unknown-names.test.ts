/** Names that are not there: of attributes in expressions, and of tables. */
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { attributeActions, encrypted, key, signed, table } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aesKeyring, SYMMETRIC } from '../security/support.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type FaultyNetwork, faultyNetwork } from '../support/faults.ts';

const TableName = 'unknown-names';
const users = table('users', { id: key.partition<string>(), email: encrypted<string>(), team: signed<string>().optional() });
const Key = { id: 'a' };
let database: TestDatabase;
let network: FaultyNetwork;
const db = (more: Partial<EncryptedClientOptions> = {}): DynamoDBDocumentClient =>
  encryptedDocumentClient(DynamoDBDocumentClient.from(network.client()), {
    tables: [users.at(TableName)],
    keyring: aesKeyring(),
    algorithmSuiteId: SYMMETRIC,
    ...more,
  });

beforeAll(async () => {
  database = await testDatabase();
  network = await faultyNetwork(database.endpoint);
  for (const name of [TableName, 'others']) await database.createTable(name, 'id');
  await db().send(new PutCommand({ TableName, Item: { ...Key, email: 'a' } }));
});
afterAll(async () => {
  await network[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('an attribute that the schema does not declare', () => {
  const condition = { ConditionExpression: 'attribute_not_exists(emial)' };
  const filter = { FilterExpression: 'emial = :x', ExpressionAttributeValues: { ':x': 'MARKER' } };
  const query = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': 'a', ':x': 'MARKER' } };
  const update = { TableName, Key, UpdateExpression: 'SET team = :t', ExpressionAttributeValues: { ':t': 't' } };
  it.each<[string, () => Promise<unknown>]>([
    ['the condition of a put', () => db().send(new PutCommand({ TableName, Item: { ...Key, email: 'b' }, ...condition }))],
    ['the condition of a delete', () => db().send(new DeleteCommand({ TableName, Key, ...condition }))],
    ['the condition of an update', () => db().send(new UpdateCommand({ ...update, ...condition }))],
    ['the target of an update', () => db().send(new UpdateCommand({ ...update, UpdateExpression: 'SET taem = :t' }))],
    ['the source of an update', () => db().send(new UpdateCommand({ TableName, Key, UpdateExpression: 'SET team = emial' }))],
    ['a filter', () => db().send(new ScanCommand({ TableName, ...filter }))],
    ['the filter of a query', () => db().send(new QueryCommand({ TableName, ...query, FilterExpression: 'emial = :x' }))],
    ['a projection', () => db().send(new GetCommand({ TableName, Key, ProjectionExpression: 'emial' }))],
    [
      'the projection of a batch',
      () => db().send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key], ProjectionExpression: 'emial' } } })),
    ],
    [
      'a condition in a transaction',
      () => db().send(new TransactWriteCommand({ TransactItems: [{ ConditionCheck: { TableName, Key, ...condition } }] })),
    ],
  ])('in %s is refused, and nothing is sent', async (_, work) => {
    network.reset();
    await expect(work()).rejects.toMatchObject({ code: 'ATTRIBUTE_UNKNOWN', message: expect.stringMatching(/emial|taem/) });
    expect(network.sent).toEqual([]);
  });

  it('is taken where a configuration of DB-ESDK need not declare all there is', async () => {
    const loose = attributeActions({
      logicalTableName: 'users',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: { id: 'SIGN_ONLY', email: 'ENCRYPT_AND_SIGN' },
    });
    await db({ tables: [loose.at(TableName)] }).send(new ScanCommand({ TableName, ...filter }));
  });
});

describe('a table that the client does not know', () => {
  const put = new PutCommand({ TableName: 'others', Item: { id: 'x', email: 'in clear' } });

  it('is passed by, or refused where the client knows all there are', async () => {
    await db().send(put);
    network.reset();
    const strict = db({ otherTables: 'refuse' });
    await expect(strict.send(put)).rejects.toMatchObject({ code: 'OPERATION_REFUSED', message: expect.stringContaining('"others"') });
    const mixed = { RequestItems: { [TableName]: { Keys: [Key] }, others: { Keys: [{ id: 'x' }] } } };
    await expect(strict.send(new BatchGetCommand(mixed))).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
    expect(network.sent).toEqual([]);
    expect((await strict.send(new GetCommand({ TableName, Key }))).Item).toMatchObject({ email: 'a' });
  });
});
