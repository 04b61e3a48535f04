/** Requirement 21: no update and no re-encryption stores an encrypted value, or one computed from it, under a weaker action, unless the attribute is named for it. */
import { DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { attributeActions, type CryptoAction } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient, itemEncryptor, reencrypt } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aesKeyring, SYMMETRIC } from './support.ts';

const TableName = 'declassification';
const ACTIONS: Readonly<Record<string, CryptoAction>> = {
  id: 'SIGN_ONLY',
  ssn: 'ENCRYPT_AND_SIGN',
  pin: 'ENCRYPT_AND_SIGN',
  history: 'ENCRYPT_AND_SIGN',
  displayName: 'SIGN_ONLY',
  labels: 'SIGN_ONLY',
  note: 'DO_NOTHING',
};
const people = attributeActions({
  logicalTableName: 'people',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: ACTIONS,
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
const storedItem = async (): Promise<object> =>
  (await DynamoDBDocumentClient.from(database.client).send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item ?? {};
const stored = async (): Promise<string> => JSON.stringify(await storedItem());

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

describe('re-encryption under a weakened schema', () => {
  const weakened = (actions: Record<string, CryptoAction>, allowedUnsignedAttributes = ['note']) =>
    attributeActions({
      logicalTableName: 'people',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: { ...ACTIONS, ...actions },
      allowedUnsignedAttributes,
    });
  const work = (table: ReturnType<typeof weakened>, options: Partial<EncryptedClientOptions> = {}): Promise<{ outcome: string }> =>
    reencrypt(client({ tables: [table.at(TableName)], ...options }), { TableName, Key: { id: 'a' } });

  it.each<[string, Record<string, CryptoAction>, string[]]>([
    ['signs only', { ssn: 'SIGN_ONLY' }, ['ssn']],
    ['puts into the context', { ssn: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT', id: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' }, ['ssn']],
    ['signs several of', { history: 'SIGN_ONLY', ssn: 'SIGN_ONLY' }, ['history', 'ssn']],
  ])('that %s what it encrypted: refused by name, the item untouched', async (_, actions, attributes) => {
    const before = await stored();
    const error: unknown = await work(weakened(actions), { allowDeclassify: ['pin'] }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DECLASSIFICATION_REFUSED', attributes: expect.arrayContaining(attributes) });
    expect(JSON.stringify(error)).not.toContain('MARKER');
    expect(await stored()).toBe(before);
    const { reencryptItem } = itemEncryptor({ table: weakened(actions), keyring: aesKeyring() });
    await expect(reencryptItem(await storedItem())).rejects.toMatchObject({ code: 'DECLASSIFICATION_REFUSED' });
  });

  it('that leaves it unsigned: the item is not authentic under it', async () => {
    const before = await stored();
    const unsigned = weakened({ ssn: 'DO_NOTHING' }, ['note', 'ssn']);
    await expect(work(unsigned, { allowDeclassify: ['ssn'] })).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    expect(await stored()).toBe(before);
  });

  it('that does not know it: refused, whatever is allowed', async () => {
    const before = await stored();
    const { ssn: _, ...others } = ACTIONS;
    const unknowing = attributeActions({
      logicalTableName: 'people',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: others,
      allowedUnsignedAttributes: ['note'],
    });
    await expect(work(unknowing)).rejects.toMatchObject({ code: 'ATTRIBUTE_UNKNOWN' });
    expect(await stored()).toBe(before);
  });

  it('is done for attributes that are named', async () => {
    expect(await work(weakened({ ssn: 'SIGN_ONLY' }), { allowDeclassify: ['ssn'] })).toMatchObject({ outcome: 'reencrypted' });
    expect(await storedItem()).toMatchObject({ ssn: 'MARKER-ssn', pin: expect.any(Uint8Array) });
  });
});
