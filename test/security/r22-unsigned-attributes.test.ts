/** Requirement 22: unsigned attributes in updates. */
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Fault, type FaultyNetwork, faultyNetwork } from '../support/faults.ts';
import { aesKeyring, SYMMETRIC } from './support.ts';

const TableName = 'unsigned';
const people = table('people', {
  id: key.partition<string>(),
  ssn: encrypted<string>().optional(),
  grade: signed<number>().optional(),
  visits: unsigned<number>().optional(),
});
const Key = { id: 'a' };
let database: TestDatabase;
let network: FaultyNetwork;
const client = (options: Partial<EncryptedClientOptions> = {}): DynamoDBDocumentClient =>
  encryptedDocumentClient(DynamoDBDocumentClient.from(network.client()), {
    tables: [people.at(TableName)],
    keyring: aesKeyring(),
    algorithmSuiteId: SYMMETRIC,
    ...options,
  });
const plain = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(database.client);
const raw = async (id: string) => (await plain().send(new GetCommand({ TableName, Key: { id } }))).Item;
const update = (expression: Omit<UpdateCommandInput, 'TableName' | 'Key'>, options: Partial<EncryptedClientOptions> = {}, id = 'a') =>
  client(options).send(new UpdateCommand({ TableName, Key: { id }, ...expression }));

beforeAll(async () => {
  database = await testDatabase();
  network = await faultyNetwork(database.endpoint);
  await database.createTable(TableName, 'id');
});
beforeEach(async () => {
  network.reset();
  await client().send(new PutCommand({ TableName, Item: { id: 'a', ssn: '1', grade: 1, visits: 10 } }));
});
afterAll(async () => {
  await network[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('an update that passes through', () => {
  it.each([
    ['SET visits = :n', { ':n': 1 }],
    ['ADD visits :n', { ':n': 1 }],
    ['REMOVE visits', undefined],
    [undefined, undefined],
  ])('%s: makes no item that nobody can read', async (UpdateExpression, ExpressionAttributeValues) => {
    const id = `ghost-${UpdateExpression}`;
    await update(
      { ...(UpdateExpression && { UpdateExpression }), ...(ExpressionAttributeValues && { ExpressionAttributeValues }) },
      {},
      id,
    );
    expect(await raw(id)).toHaveProperty('aws_dbe_head');
    expect((await client().send(new GetCommand({ TableName, Key: { id } }))).Item).toMatchObject({ id });
  });

  it('is guarded by header and footer in the request itself', async () => {
    network.reset();
    await update({ UpdateExpression: 'ADD visits :n', ExpressionAttributeValues: { ':n': 1 } });
    expect(network.sent.map(({ operation }) => operation)).toEqual(['UpdateItem']);
    const { ConditionExpression, ExpressionAttributeNames } = JSON.parse(network.sent[0]?.body ?? '{}');
    expect(ConditionExpression).toMatch(/attribute_exists.*attribute_exists/);
    expect(Object.values(ExpressionAttributeNames)).toEqual(expect.arrayContaining(['aws_dbe_head', 'aws_dbe_foot']));
  });

  it('does not revive an item that expired meanwhile', async () => {
    await plain().send(new PutCommand({ TableName, Item: { id: 'half', aws_dbe_head: new Uint8Array(3) } }));
    await expect(update({ UpdateExpression: 'ADD visits :n', ExpressionAttributeValues: { ':n': 1 } }, {}, 'half')).rejects.toMatchObject({
      code: 'NOT_AUTHENTIC',
    });
  });
});

it('unsigned actions beside signed ones stay on the server: a change between reading and writing is not lost', async () => {
  network.decide = async ({ operation }): Promise<Fault> => {
    if (operation === 'UpdateItem') {
      const add = { UpdateExpression: 'ADD visits :n', ExpressionAttributeValues: { ':n': 100 } };
      await plain().send(new UpdateCommand({ TableName, Key, ...add }));
    }
    return 'pass';
  };
  await update({ UpdateExpression: 'SET ssn = :s, visits = visits + :n', ExpressionAttributeValues: { ':s': '2', ':n': 1 } });
  expect(await raw('a')).toMatchObject({ visits: 111 });
});

describe('an unsigned value becomes a signed one', () => {
  it.each(['SET grade = visits', 'SET ssn = visits', 'SET grade = if_not_exists(visits, grade)', 'SET grade = grade + visits'])(
    '%s: refused',
    async UpdateExpression => {
      await expect(update({ UpdateExpression })).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
      expect(await raw('a')).toMatchObject({ grade: 1, visits: 10 });
    },
  );

  it('where it is allowed, only as long as it is what was read', async () => {
    let planted = false;
    network.decide = async ({ operation }): Promise<Fault> => {
      if (operation === 'UpdateItem' && !planted) {
        planted = true;
        const plant = { UpdateExpression: 'SET visits = :n', ExpressionAttributeValues: { ':n': 20 } };
        await plain().send(new UpdateCommand({ TableName, Key, ...plant }));
      }
      return 'pass';
    };
    await update({ UpdateExpression: 'SET grade = visits' }, { allowUnsignedSources: ['visits'] });
    expect(await raw('a')).toMatchObject({ grade: 20, visits: 20 });
  });
});
