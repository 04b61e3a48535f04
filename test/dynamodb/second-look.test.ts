/** What other middleware, or the caller, changes after a request was first looked at. */
import * as raw from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { aesKeyring, SYMMETRIC } from '../security/support.ts';
import { capturing } from '../support/capturing.ts';

const TableName = 'users-prod';
const SECRET = 'SECRET-078-05-1120';
const users = table('users', { id: key.partition<string>(), ssn: encrypted<string>().optional(), visits: unsigned<number>().optional() });
const options: EncryptedClientOptions = { tables: [users.at(TableName)], keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC };

type Input = Readonly<Record<string, unknown>>;
type Change = (input: Input) => Input;
/** Members that are put into an input, or take the place of what it had. */
const having = (more: Input): Change => {
  return input => ({ ...input, ...more });
};

/** Where the middleware of others stands between the two looks. */
const STEPS = [
  { step: 'initialize', priority: 'low' },
  { step: 'serialize', priority: 'high' },
] as const;
type Step = (typeof STEPS)[number];

/** A wrapped client between whose two looks `change` is made, and the bodies of what it would have sent. */
function meddled(change: Change, at: Step, more: Partial<EncryptedClientOptions> = {}) {
  const { client, sent } = capturing();
  const meddler = (next: (args: object) => unknown) => (args: { readonly input: Input }) => next({ ...args, input: change(args.input) });
  client.middlewareStack.add(meddler as never, { ...(at as { readonly step: 'initialize' }), name: 'meddler' }); // the SDK's types know one step at a time
  const db = encryptedClient(client, { ...options, ...more });
  const documents = encryptedDocumentClient(DynamoDBDocumentClient.from(client), { ...options, ...more });
  return { db: db as Sender, documents: documents as unknown as Sender, sent };
}
/** Clients whose types do not keep commands of both kinds apart. */
interface Sender {
  send(command: never): Promise<unknown>;
}

async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}

const Key = { id: { S: 'x' } };
const Item = { ...Key, ssn: { S: 'x' } };
const FOREIGN = { Key: { ...Key, ssn: { S: SECRET } } };
const COMPARING = { ConditionExpression: 'ssn = :ssn', ExpressionAttributeValues: { ':ssn': { S: SECRET } } };
const LEGACY = { ssn: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: SECRET }] } };
const EXPECTED = { Expected: { ssn: { Value: { S: SECRET } } } };
const KEYED = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: 'x' } } };
const VISITED = { UpdateExpression: 'SET visits = :n', ExpressionAttributeValues: { ':n': { N: '1' } } };
const written = (request: Input): Input => ({ RequestItems: { plain: [{ PutRequest: { Item } }], [TableName]: [request] } });
const transacted = (action: Input): Input => ({ TransactItems: [action] });

/** A command that passes as it is, and what it may not become. */
const CHANGED: readonly [string, () => object, Input][] = [
  ['Put: a condition on an encrypted attribute', () => new raw.PutItemCommand({ TableName, Item }), COMPARING],
  ['Put: a legacy condition', () => new raw.PutItemCommand({ TableName, Item }), EXPECTED],
  ['Delete: a condition on an encrypted attribute', () => new raw.DeleteItemCommand({ TableName, Key }), COMPARING],
  ['Delete: a key with another attribute', () => new raw.DeleteItemCommand({ TableName, Key }), FOREIGN],
  ['Delete: a legacy condition', () => new raw.DeleteItemCommand({ TableName, Key }), EXPECTED],
  ['Update: a key with another attribute', () => new raw.UpdateItemCommand({ TableName, Key, ...VISITED }), FOREIGN],
  [
    'Update: a legacy update',
    () => new raw.UpdateItemCommand({ TableName, Key, ...VISITED }),
    { AttributeUpdates: { ssn: { Action: 'PUT', Value: { S: SECRET } } } },
  ],
  ['Get: a key with another attribute', () => new raw.GetItemCommand({ TableName, Key }), FOREIGN],
  ['Get: a legacy projection', () => new raw.GetItemCommand({ TableName, Key }), { AttributesToGet: ['ssn'] }],
  [
    'Query: a filter on an encrypted attribute',
    () => new raw.QueryCommand({ TableName, ...KEYED }),
    { FilterExpression: 'ssn = :ssn', ExpressionAttributeValues: { ...KEYED.ExpressionAttributeValues, ':ssn': { S: SECRET } } },
  ],
  ['Query: a legacy filter', () => new raw.QueryCommand({ TableName, ...KEYED }), { QueryFilter: LEGACY }],
  [
    'Query: a start key with an encrypted attribute',
    () => new raw.QueryCommand({ TableName, ...KEYED }),
    { ExclusiveStartKey: FOREIGN.Key },
  ],
  ['Scan: a legacy filter', () => new raw.ScanCommand({ TableName }), { ScanFilter: LEGACY }],
  ['Scan: a start key with an encrypted attribute', () => new raw.ScanCommand({ TableName }), { ExclusiveStartKey: FOREIGN.Key }],
  [
    'BatchWrite: a key with another attribute',
    () => new raw.BatchWriteItemCommand(written({ DeleteRequest: { Key } }) as never),
    written({ DeleteRequest: FOREIGN }),
  ],
  [
    'BatchWrite: a condition, which batches cannot have',
    () => new raw.BatchWriteItemCommand(written({ PutRequest: { Item } }) as never),
    written({ PutRequest: { Item, ConditionExpression: 'attribute_exists(id)' } }),
  ],
  [
    'BatchWrite: a legacy condition',
    () => new raw.BatchWriteItemCommand(written({ PutRequest: { Item } }) as never),
    written({ PutRequest: { Item, ...EXPECTED } }),
  ],
  [
    'BatchGet: a key with another attribute',
    () => new raw.BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } }),
    { RequestItems: { [TableName]: { Keys: [FOREIGN.Key] } } },
  ],
  [
    'BatchGet: a legacy projection',
    () => new raw.BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } }),
    { RequestItems: { [TableName]: { Keys: [Key], AttributesToGet: ['ssn'] } } },
  ],
  [
    'TransactWrite: a condition on an encrypted attribute',
    () => new raw.TransactWriteItemsCommand(transacted({ Delete: { TableName, Key } }) as never),
    transacted({ Delete: { TableName, Key, ...COMPARING } }),
  ],
  [
    'TransactWrite: a key with another attribute',
    () => new raw.TransactWriteItemsCommand(transacted({ Delete: { TableName, Key } }) as never),
    transacted({ Delete: { TableName, ...FOREIGN } }),
  ],
  [
    'TransactGet: a key with another attribute',
    () => new raw.TransactGetItemsCommand(transacted({ Get: { TableName, Key } }) as never),
    transacted({ Get: { TableName, ...FOREIGN } }),
  ],
];

describe.each(STEPS)('what middleware in step $step makes of a request is looked at again', at => {
  it.each(CHANGED)('%s', async (_, command, more) => {
    const { db, sent } = meddled(having(more), at);
    expect(await outcome(db.send(command() as never))).toBe('OPERATION_REFUSED');
    expect(sent).toEqual([]);
  });

  it('and passes where nothing is wrong with it', async () => {
    const commands = CHANGED.map(([, command]) => command);
    for (const command of commands) {
      const { db, sent } = meddled(having({ ReturnConsumedCapacity: 'TOTAL' }), at);
      expect(await outcome(db.send(command() as never))).toBe('no network here');
      expect(sent).toEqual([expect.stringContaining('"ReturnConsumedCapacity":"TOTAL"')]);
    }
  });
});

describe('the same of JavaScript values', () => {
  const [first] = STEPS;

  it.each<[string, object, Input]>([
    [
      'a condition',
      new PutCommand({ TableName, Item: { id: 'x', ssn: 'x' } }),
      { ...COMPARING, ExpressionAttributeValues: { ':ssn': SECRET } },
    ],
    ['a legacy condition', new PutCommand({ TableName, Item: { id: 'x' } }), { Expected: { ssn: { Value: SECRET } } }],
    ['a key', new GetCommand({ TableName, Key: { id: 'x' } }), { Key: { id: 'x', ssn: SECRET } }],
  ])('%s', async (_, command, more) => {
    const { documents, sent } = meddled(having(more), first);
    expect(await outcome(documents.send(command as never))).toBe('OPERATION_REFUSED');
    expect(sent).toEqual([]);
  });
});

describe.each(STEPS)('a mode holds for what middleware in step $step makes of a request', at => {
  const RETURNING = { ReturnValues: 'ALL_OLD' };
  const FAILING = { ConditionExpression: 'attribute_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

  it.each<[string, () => object, Input]>([
    ['a put that returns an item', () => new raw.PutItemCommand({ TableName, Item }), RETURNING],
    ['a put that returns an item when it fails', () => new raw.PutItemCommand({ TableName, Item }), FAILING],
    ['a deletion that returns an item', () => new raw.DeleteItemCommand({ TableName, Key }), RETURNING],
    ['an update that returns an item', () => new raw.UpdateItemCommand({ TableName, Key, ...VISITED }), { ReturnValues: 'ALL_NEW' }],
    [
      'a transaction that returns an item when it fails',
      () => new raw.TransactWriteItemsCommand(transacted({ Delete: { TableName, Key } }) as never),
      transacted({ Delete: { TableName, Key, ...FAILING } }),
    ],
    [
      'a query that does not only count',
      () => new raw.QueryCommand({ TableName, ...KEYED, Select: 'COUNT' }),
      { Select: 'ALL_ATTRIBUTES' },
    ],
    ['a scan that does not only count', () => new raw.ScanCommand({ TableName, Select: 'COUNT' }), { Select: undefined }],
  ])('encrypt: %s', async (_, command, more) => {
    const { db, sent } = meddled(having(more), at, { mode: 'encrypt' });
    expect(await outcome(db.send(command() as never))).toBe('OPERATION_REFUSED');
    expect(sent).toEqual([]);
    const asItIs = meddled(having({}), at, { mode: 'encrypt' });
    expect(await outcome(asItIs.db.send(command() as never))).toBe('no network here');
    expect(asItIs.sent).toHaveLength(1);
  });
});

describe('the first look', () => {
  it.each<[string, Partial<EncryptedClientOptions>, Input]>([
    ['a mode forbids', { mode: 'decrypt' }, {}],
    ['a condition forbids', {}, { ConditionExpression: 'ssn = :ssn', ExpressionAttributeValues: { ':ssn': SECRET } }],
  ])('refuses what %s before validators run', async (_, more, input) => {
    const validator = vi.fn(() => true);
    const checked = table('users', { id: key.partition<string>(), ssn: encrypted(z.string().refine(validator)) });
    const { client, sent } = capturing();
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), { ...options, ...more, tables: [checked.at(TableName)] });
    expect(await outcome(db.send(new PutCommand({ TableName, Item: { id: 'x', ssn: 'x' }, ...input })))).toBe('OPERATION_REFUSED');
    expect(validator).not.toHaveBeenCalled();
    expect(sent).toEqual([]);
  });
});

describe('cached handlers', () => {
  it.each<[string, (client: raw.DynamoDBClient) => Sender]>([
    ['a client', client => encryptedClient(client, options) as Sender],
    ['a document client', client => encryptedDocumentClient(DynamoDBDocumentClient.from(client), options) as unknown as Sender],
  ])('are refused when they are switched on after %s was wrapped', async (_, wrap) => {
    const { client, sent } = capturing();
    const db = wrap(client);
    const put = new raw.PutItemCommand({ TableName, Item });
    expect(await outcome(db.send(put as never))).toBe('no network here');
    Object.assign(client.config, { cacheMiddleware: true });
    expect(await outcome(db.send(put as never))).toBe('CONFIG_INVALID');
    expect(await outcome(db.send(new raw.PutItemCommand({ TableName: 'plain', Item }) as never))).toBe('CONFIG_INVALID');
    expect(sent).toHaveLength(1);
    Object.assign(client.config, { cacheMiddleware: false });
    expect(await outcome(db.send(put as never))).toBe('no network here');
  });
});
