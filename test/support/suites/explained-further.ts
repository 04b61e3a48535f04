import {
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand as RawQuery,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Explained, email, item, Key, Other, seen, team } from './explained-commands.ts';

/** Others: their forms, what passes, what is refused. */
export const FURTHER: readonly Explained[] = [
  { name: 'a raw put', path: 'encrypted', raw: true, command: TableName => new PutItemCommand({ TableName, Item: marshall(item) }) },
  {
    name: 'a raw get',
    path: 'decrypted',
    opened: 1,
    raw: true,
    command: TableName => new GetItemCommand({ TableName, Key: marshall(Key) }),
  },
  {
    name: 'a raw query of a partial index',
    path: 'decrypted',
    opened: 3,
    raw: true,
    command: TableName => new RawQuery({ TableName, IndexName: 'teamSome', ...team, ExpressionAttributeValues: { ':t': { S: 'red' } } }),
  },
  {
    name: 'a query of an index that has it all',
    path: 'decrypted',
    opened: 3,
    command: TableName => new QueryCommand({ TableName, IndexName: 'teamAll', ...team }),
  },
  {
    name: 'an update of both kinds',
    path: 'rewritten',
    opened: 1,
    command: TableName =>
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET email = :e ADD seenAt :v',
        ExpressionAttributeValues: { ':e': 'x', ':v': 1 },
        ReturnValues: 'ALL_NEW',
      }),
  },
  {
    name: 'an update under a condition on an encrypted attribute',
    path: 'rewritten',
    opened: 1,
    command: TableName =>
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'ADD seenAt :v',
        ConditionExpression: 'email = :e',
        ExpressionAttributeValues: { ':v': 1, ':e': 'm1@example.com' },
      }),
  },
  {
    name: 'a direct update that returns the item',
    path: 'direct',
    opened: 1,
    command: TableName => new UpdateCommand({ TableName, Key, ...seen, ReturnValues: 'ALL_NEW' }),
  },
  {
    name: 'an update while plaintext is written',
    path: 'direct',
    command: TableName => new UpdateCommand({ TableName, Key: { tenant: 't1', id: 'new' }, ...email }),
    options: { plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' },
  },
  {
    name: 'a put while plaintext is written',
    path: 'passed',
    command: TableName => new PutCommand({ TableName, Item: item }),
    options: { plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' },
  },
  {
    name: 'deletions in a batch',
    path: 'passed',
    command: TableName => new BatchWriteCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } }),
  },
  {
    name: 'a transaction of four kinds',
    path: 'rewritten',
    opened: 1,
    transaction: true,
    command: TableName =>
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { ...item, id: 'm4' } } },
          { Update: { TableName, Key, ...email } },
          { Update: { TableName, Key: Other, ...seen } },
          { ConditionCheck: { TableName, Key: { tenant: 't1', id: 'm3' }, ConditionExpression: 'attribute_exists(id)' } },
        ],
      }),
  },
  {
    name: 'two rewriting updates and a put',
    path: 'rewritten',
    opened: 2,
    transaction: true,
    command: TableName =>
      new TransactWriteCommand({
        TransactItems: [
          { Update: { TableName, Key, ...email } },
          { Update: { TableName, Key: Other, ...email } },
          { Put: { TableName, Item: { ...item, id: 'm5' } } },
        ],
      }),
  },
  {
    name: 'a direct update in a transaction',
    path: 'direct',
    transaction: true,
    command: TableName => new TransactWriteCommand({ TransactItems: [{ Update: { TableName, Key, ...seen } }] }),
  },
  { name: 'management of the table', path: 'passed', raw: true, command: TableName => new DescribeTableCommand({ TableName }) },
  {
    name: 'a put into another table',
    path: 'passed',
    command: () => new PutCommand({ TableName: 'not-encrypted', Item: { id: 'x' } }),
    failure: 'ResourceNotFoundException',
  },
];

/** Nothing of these is sent. */
export const REFUSED: readonly Explained[] = [
  {
    name: 'PartiQL',
    path: 'refused',
    raw: true,
    command: TableName => new ExecuteStatementCommand({ Statement: `SELECT * FROM "${TableName}"` }),
  },
  {
    name: 'a filter on ciphertext',
    path: 'refused',
    command: TableName =>
      new ScanCommand({ TableName, FilterExpression: 'email = :e', ExpressionAttributeValues: { ':e': 'm1@example.com' } }),
  },
  {
    name: 'a condition on ciphertext',
    path: 'refused',
    command: TableName =>
      new PutCommand({ TableName, Item: item, ConditionExpression: 'email = :e', ExpressionAttributeValues: { ':e': 'x' } }),
  },
  {
    name: 'an item that does not validate',
    path: 'refused',
    command: TableName => new PutCommand({ TableName, Item: { ...item, email: 7 } }),
  },
  { name: 'an unknown attribute', path: 'refused', command: TableName => new PutCommand({ TableName, Item: { ...item, nickname: 'x' } }) },
  {
    name: 'an item that is too large',
    path: 'refused',
    command: TableName => new PutCommand({ TableName, Item: { ...item, email: 'x'.repeat(410_000) } }),
  },
  {
    name: 'a value that cannot be translated',
    path: 'refused',
    command: TableName => new PutCommand({ TableName, Item: { ...item, seenAt: Number.MAX_SAFE_INTEGER * 8 } }),
  },
  {
    name: 'a write of a reader',
    path: 'refused',
    command: TableName => new PutCommand({ TableName, Item: item }),
    options: { mode: 'decrypt' },
  },
  { name: 'a read of a writer', path: 'refused', command: TableName => new GetCommand({ TableName, Key }), options: { mode: 'encrypt' } },
  {
    name: 'a rewriting update where they are off',
    path: 'refused',
    command: TableName => new UpdateCommand({ TableName, Key, ...email }),
    options: { updates: 'refuse' },
  },
  {
    name: 'a flow into what is not encrypted',
    path: 'refused',
    command: TableName => new UpdateCommand({ TableName, Key, UpdateExpression: 'SET seenAt = email' }),
  },
  {
    name: 'an expression that DynamoDB refuses',
    path: 'refused',
    command: TableName => new UpdateCommand({ TableName, Key, UpdateExpression: 'SET email = email =' }),
  },
  {
    name: 'a partial index that must not be read again',
    path: 'refused',
    command: TableName => new QueryCommand({ TableName, IndexName: 'teamKeys', ...team }),
    options: { onPartialIndex: 'error' },
  },
];
