/** Requirement 21: no update stores an encrypted value, or one computed from it, under a weaker action, unless the attribute is named for it. */
import { DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { attributeActions } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aesKeyring, SYMMETRIC } from './support.ts';

const TableName = 'declassification';
const people = attributeActions({
  logicalTableName: 'people',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: {
    id: 'SIGN_ONLY',
    ssn: 'ENCRYPT_AND_SIGN',
    pin: 'ENCRYPT_AND_SIGN',
    history: 'ENCRYPT_AND_SIGN',
    displayName: 'SIGN_ONLY',
    labels: 'SIGN_ONLY',
    note: 'DO_NOTHING',
  },
  allowedUnsignedAttributes: ['note'],
});
const Item = { id: 'a', ssn: 'MARKER-ssn', pin: 7, history: ['MARKER-old'], displayName: 'Ann', labels: { a: 'x' }, note: 'n' };
const ExpressionAttributeValues = { ':x': 'x' };
let database: TestDatabase;
const client = (options: Partial<EncryptedClientOptions> = {}): DynamoDBDocumentClient =>
  encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), {
    tables: [people.at(TableName)],
    keyring: aesKeyring(),
    algorithmSuiteId: SYMMETRIC,
    ...options,
  });
const stored = async (): Promise<string> =>
  JSON.stringify(await DynamoDBDocumentClient.from(database.client).send(new GetCommand({ TableName, Key: { id: 'a' } })));

beforeAll(async () => {
  database = await testDatabase();
  await database.createTable(TableName, 'id');
});
beforeEach(async () => client().send(new PutCommand({ TableName, Item })));
afterAll(async () => database[Symbol.asyncDispose]());

/** Ways of an encrypted value into what is not encrypted. */
const FLOWS: readonly [string, object?][] = [
  ['SET displayName = ssn'],
  ['SET note = ssn'],
  ['SET labels.x1 = ssn'],
  ['SET displayName = history[0]'],
  ['SET displayName = if_not_exists(ssn, :x)', ExpressionAttributeValues],
  ['SET displayName = if_not_exists(labels.q, ssn)'],
  ['SET labels.x2 = pin + pin'],
  ['SET labels.x3 = list_append(history, history)'],
  ['SET note = if_not_exists(note, ssn)'],
];

describe('an encrypted value is not stored in clear', () => {
  it.each(FLOWS)('%s', async (UpdateExpression, values) => {
    const input = { TableName, Key: { id: 'a' }, UpdateExpression, ...(values && { ExpressionAttributeValues: values }) };
    await expect(client().send(new UpdateCommand(input))).rejects.toMatchObject({ code: 'DECLASSIFICATION_REFUSED' });
    await expect(client().send(new TransactWriteCommand({ TransactItems: [{ Update: input }] }))).rejects.toMatchObject({
      code: 'DECLASSIFICATION_REFUSED',
    });
    expect(await stored()).not.toContain('MARKER');
  });

  it('when another attribute is allowed', async () => {
    const update = client({ allowDeclassify: ['pin'] }).send(
      new UpdateCommand({ TableName, Key: { id: 'a' }, UpdateExpression: 'SET displayName = ssn' }),
    );
    await expect(update).rejects.toMatchObject({ code: 'DECLASSIFICATION_REFUSED' });
  });

  it('outside the signature, even when it is allowed', async () => {
    const update = client({ allowDeclassify: ['ssn'] }).send(
      new UpdateCommand({ TableName, Key: { id: 'a' }, UpdateExpression: 'SET note = ssn' }),
    );
    await expect(update).rejects.toMatchObject({ code: 'DECLASSIFICATION_REFUSED' });
  });
});

it('an attribute that is named may be declassified, and stays signed', async () => {
  const db = client({ allowDeclassify: ['ssn'] });
  await db.send(new UpdateCommand({ TableName, Key: { id: 'a' }, UpdateExpression: 'SET displayName = ssn' }));
  expect((await db.send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item).toEqual({ ...Item, displayName: 'MARKER-ssn' });
});

it('encrypted values may flow among encrypted attributes', async () => {
  const db = client();
  await db.send(new UpdateCommand({ TableName, Key: { id: 'a' }, UpdateExpression: 'SET history[1] = ssn, pin = pin + pin' }));
  expect((await db.send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item).toMatchObject({
    history: ['MARKER-old', 'MARKER-ssn'],
    pin: 14,
  });
  expect(await stored()).not.toContain('MARKER');
});
