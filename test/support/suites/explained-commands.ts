import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { CommandPath, EncryptedClientOptions, SdkCommand } from 'fieldseal/dynamodb';
import { FIVE } from './reading.ts';

/** A command, and what is known of it beside what is explained. */
export interface Explained {
  /** As the documentation calls it, in the rows that it has. */
  readonly name: string;
  readonly path: CommandPath;
  readonly command: (TableName: string) => SdkCommand;
  /** How many encrypted items it reads, or gets back, of the five that there are. */
  readonly opened?: number;
  readonly raw?: boolean;
  readonly transaction?: boolean;
  readonly options?: Partial<EncryptedClientOptions>;
  /** What the server says of a command that passes, or is refused by it. */
  readonly failure?: string;
}

const [first] = FIVE;
export const Key = { tenant: 't1', id: 'm1' };
export const Other = { tenant: 't1', id: 'm2' };
export const item = { ...first };
export const team = { KeyConditionExpression: 'team = :t', ExpressionAttributeValues: { ':t': 'red' } };
const tenant = { KeyConditionExpression: 'tenant = :t', ExpressionAttributeValues: { ':t': 't1' } };
const set = (UpdateExpression: string, value: unknown) => ({ UpdateExpression, ExpressionAttributeValues: { ':v': value } });
export const email = set('SET email = :v', 'new@example.com');
export const seen = set('ADD seenAt :v', 1);

/** The rows of the table in `docs/iam.md`, in their order. */
export const DOCUMENTED: readonly Explained[] = [
  { name: 'PutItem', path: 'encrypted', command: TableName => new PutCommand({ TableName, Item: item }) },
  {
    name: 'PutItem, `ReturnValues: ALL_OLD`',
    path: 'encrypted',
    opened: 1,
    command: TableName => new PutCommand({ TableName, Item: item, ReturnValues: 'ALL_OLD' }),
  },
  { name: 'GetItem', path: 'decrypted', opened: 1, command: TableName => new GetCommand({ TableName, Key }) },
  { name: 'DeleteItem', path: 'passed', command: TableName => new DeleteCommand({ TableName, Key }) },
  {
    name: 'DeleteItem, `ReturnValues: ALL_OLD`',
    path: 'decrypted',
    opened: 1,
    command: TableName => new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }),
  },
  { name: 'UpdateItem of unsigned attributes', path: 'direct', command: TableName => new UpdateCommand({ TableName, Key, ...seen }) },
  {
    name: 'UpdateItem of signed or encrypted ones',
    path: 'rewritten',
    opened: 1,
    command: TableName => new UpdateCommand({ TableName, Key, ...email }),
  },
  { name: 'Query', path: 'decrypted', opened: 5, command: TableName => new QueryCommand({ TableName, ...tenant }) },
  { name: 'Scan', path: 'decrypted', opened: 5, command: TableName => new ScanCommand({ TableName }) },
  {
    name: 'Query of an index that lacks signed attributes',
    path: 'decrypted',
    opened: 3,
    command: TableName => new QueryCommand({ TableName, IndexName: 'teamKeys', ...team }),
  },
  { name: 'Query, `Select: COUNT`', path: 'passed', command: TableName => new QueryCommand({ TableName, ...tenant, Select: 'COUNT' }) },
  {
    name: 'BatchGetItem',
    path: 'decrypted',
    opened: 2,
    command: TableName => new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key, Other] } } }),
  },
  {
    name: 'BatchWriteItem of two puts and a deletion',
    path: 'encrypted',
    command: TableName =>
      new BatchWriteCommand({
        RequestItems: {
          [TableName]: [{ PutRequest: { Item: item } }, { PutRequest: { Item: { ...item, id: 'm3' } } }, { DeleteRequest: { Key: Other } }],
        },
      }),
  },
  {
    name: 'TransactGetItems',
    path: 'decrypted',
    opened: 2,
    transaction: true,
    command: TableName => new TransactGetCommand({ TransactItems: [{ Get: { TableName, Key } }, { Get: { TableName, Key: Other } }] }),
  },
  {
    name: 'TransactWriteItems of a put and a deletion',
    path: 'encrypted',
    transaction: true,
    command: TableName =>
      new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: item } }, { Delete: { TableName, Key: Other } }] }),
  },
  {
    name: 'TransactWriteItems of a condition check',
    path: 'passed',
    transaction: true,
    command: TableName =>
      new TransactWriteCommand({
        TransactItems: [{ ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(id)' } }],
      }),
  },
  {
    name: 'TransactWriteItems of an update of an encrypted attribute',
    path: 'rewritten',
    opened: 1,
    transaction: true,
    command: TableName => new TransactWriteCommand({ TransactItems: [{ Update: { TableName, Key, ...email } }] }),
  },
];
