// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of the library, not of JavaScript
/** Ways in which reads and helpers once went wrong, found by attack. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, singleTable, type Table, table, unsigned } from 'fieldseal';
import {
  batchWriteAll,
  encryptedDocumentClient,
  estimateOverhead,
  ifUnchanged,
  itemEncryptor,
  onetable,
  toolbox,
} from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { listening } from '../support/listening.ts';
import { aesKeyring, SYMMETRIC } from './support.ts';

const TableName = 'hostile-reads';
const keyring = aesKeyring();
let database: TestDatabase;
const documents = (schema: Table, client = database.client): DynamoDBDocumentClient =>
  encryptedDocumentClient(DynamoDBDocumentClient.from(client), { tables: [schema.at(TableName)], keyring, algorithmSuiteId: SYMMETRIC });

beforeAll(async () => {
  database = await testDatabase();
  await database.createTable(TableName, 'id');
});
afterAll(async () => database[Symbol.asyncDispose]());

const users = table('users', {
  id: key.partition<string>(),
  email: encrypted<string>(),
  team: signed<string>().optional(),
  seen: unsigned<number>().optional(),
});

describe('a lock of ifUnchanged', () => {
  it('is not lost in a batch, where there are no conditions', async () => {
    const db = documents(users);
    await db.send(new PutCommand({ TableName, Item: { id: 'locked', email: 'a' } }));
    const { Item: read = {} } = await db.send(new GetCommand({ TableName, Key: { id: 'locked' } }));
    await db.send(new PutCommand({ TableName, Item: { id: 'locked', email: 'newer' } }));
    const put = { PutRequest: ifUnchanged(read, { TableName, Item: { id: 'locked', email: 'stale' } }) };
    const remove = { DeleteRequest: ifUnchanged(read, { TableName, Key: { id: 'locked' } }) };
    for (const request of [put, remove]) {
      await expect(db.send(new BatchWriteCommand({ RequestItems: { [TableName]: [request] } }))).rejects.toMatchObject({
        code: 'OPERATION_REFUSED',
      });
      for (const client of [db, DynamoDBDocumentClient.from(database.client)])
        await expect(batchWriteAll(client, { RequestItems: { [TableName]: [request] } })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    }
    expect((await db.send(new GetCommand({ TableName, Key: { id: 'locked' } }))).Item).toMatchObject({ email: 'newer' });
  });
});

describe('an item encryptor', () => {
  it('drops unsigned attributes that another entity declares', async () => {
    const shared = { id: key.partition<string>(), kind: signed<string>() };
    const app = singleTable({
      discriminator: 'kind',
      entities: {
        user: table('app', { ...shared, email: encrypted<string>() }),
        session: table('app', { ...shared, role: unsigned<string>().optional() }),
      },
    });
    const { encryptItem, decryptItem } = itemEncryptor({ table: app, keyring, algorithmSuiteId: SYMMETRIC });
    const stored = await encryptItem({ id: 'u', kind: 'user', email: 'a' });
    expect(await decryptItem({ ...stored, role: 'admin' })).toEqual({ id: 'u', kind: 'user', email: 'a' });
  });

  it('leaves out what nobody asked for, and names of the format, of plaintext items too', async () => {
    const migrating = itemEncryptor({ table: users, keyring, plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' });
    expect(await migrating.decryptItem({ id: 'p', email: 'a', team: 't', aws_dbe_b_x: 'y' }, { only: [] })).toEqual({ id: 'p', team: 't' });
  });
});

describe('definitions of mappers', () => {
  const toolboxEntity = {
    entityName: 'User',
    table: { partitionKey: { name: 'pk', type: 'string' }, indexes: {}, entityAttributeSavedAs: '_et' },
    attributes: {},
    schema: { attributes: { email: { type: 'string', props: { savedAs: 'pk', key: true } } } },
  } as const;

  it('are refused when an attribute is declared by a name that is not stored', () => {
    expect(() => toolbox('app', toolboxEntity, { email: encrypted<string>() })).toThrow(
      expect.objectContaining({ code: 'SCHEMA_INVALID' }),
    );
    const models = { User: { email: { type: String, map: 'pk' } } };
    const oneTable = { indexes: { primary: { hash: 'pk' } }, models };
    expect(() => onetable('app', oneTable, { email: encrypted<string>() })).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
  });

  it('are refused when an encrypted field is the scope of a unique one', () => {
    const models = {
      User: {
        pk: { type: String, value: 'u#${id}' },
        id: { type: String },
        ssn: { type: String },
        name: { type: String, unique: true, scope: '${ssn}' },
      },
    };
    const declared = { id: signed<string>(), ssn: encrypted<string>(), name: signed<string>() };
    const make = (): unknown => onetable('app', { indexes: { primary: { hash: 'pk' } }, models }, declared);
    expect(make).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID', message: expect.stringContaining('scope') }));
  });
});

it('the SDK’s logger hears no value of an item on an error', async () => {
  const { logger, heard } = listening();
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    logger,
  });
  client.middlewareStack.add(
    next => async args => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') Object.assign(error, { Item: stored }); // dynalite tells none
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high' },
  );
  const db = documents(users, client);
  await db.send(new PutCommand({ TableName, Item: { id: 'logged', email: 'MARKER', team: 'MARKED' } }));
  const { Item } = await database.client.send(
    new (await import('@aws-sdk/client-dynamodb')).GetItemCommand({ TableName, Key: { id: { S: 'logged' } } }),
  );
  const stored = Item;
  const put = new PutCommand({
    TableName,
    Item: { id: 'logged', email: 'x' },
    ConditionExpression: 'attribute_not_exists(id)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await expect(db.send(put)).rejects.toMatchObject({ Item: { email: { S: 'MARKER' }, team: { S: 'MARKED' } } });
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.join()).not.toMatch(/MARKE[RD]/);
  client.destroy();
});

it('a start key with an encrypted attribute, and a projection into a key, are refused before they are sent', async () => {
  const db = documents(users);
  await expect(db.send(new ScanCommand({ TableName, ExclusiveStartKey: { id: 'a', email: 'MARKER' } }))).rejects.toMatchObject({
    code: 'OPERATION_REFUSED',
  });
  await expect(db.send(new GetCommand({ TableName, Key: { id: 'a' }, ProjectionExpression: 'id.x' }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(db.send(new UpdateCommand({ TableName, Key: { id: 'a', email: 'MARKER' } }))).rejects.toMatchObject({
    code: 'OPERATION_REFUSED',
  });
});

it.each([
  [{ kind: 'raw-aes' }],
  [{ kind: 'kms', kmsKeyId: 5 }],
  [{ kind: 'raw-rsa', keyNamespace: 'a', keyName: 'b', modulusBits: -1 }],
  [{ kind: 'kms', ciphertextBytes: Number.NaN }],
])('an estimate for %o is refused with a code', async keys => {
  const estimate = async (): Promise<unknown> => estimateOverhead(users, { item: { id: 'a', email: 'b' } }, { keys: keys as never }); // what no type allows
  await expect(estimate()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});
