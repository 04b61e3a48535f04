import * as client from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table } from 'fieldseal';
import { encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';
import { describe, expect, it } from 'vitest';

const users = table('users', { id: key.partition<string>(), ssn: encrypted<string>() });
const keyring = rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: new Uint8Array(32).fill(1) });
/** Nothing listens there: what gets through fails with a network error instead of a code. */
const base = new client.DynamoDBClient({
  region: 'us-east-1',
  endpoint: 'http://127.0.0.1:9',
  maxAttempts: 1,
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});
const db = encryptedClient(base, { tables: [users.at('users-prod')], keyring });

/** The least input with which each data-plane command names a table. */
const INPUTS: Readonly<Record<string, (TableName: string) => object>> = {
  UpdateItemCommand: TableName => ({ TableName, Key: { id: { S: 'x' } } }),
  QueryCommand: TableName => ({ TableName }),
  ScanCommand: TableName => ({ TableName }),
  BatchGetItemCommand: TableName => ({ RequestItems: { other: { Keys: [] }, [TableName]: { Keys: [] } } }),
  BatchWriteItemCommand: TableName => ({ RequestItems: { [TableName]: [{ PutRequest: { Item: { id: { S: 'x' } } } }] } }),
  TransactGetItemsCommand: TableName => ({ TransactItems: [{ Get: { TableName, Key: { id: { S: 'x' } } } }] }),
  TransactWriteItemsCommand: TableName => ({
    TransactItems: [{ Put: { TableName: 'other', Item: {} } }, { Update: { TableName, Key: {} } }],
  }),
  SearchVectorsCommand: TableName => ({ TableName }),
  StartBulkPutItemsCommand: TableName => ({ TableName }),
};
const ALWAYS = ['ExecuteStatementCommand', 'BatchExecuteStatementCommand', 'ExecuteTransactionCommand'];
const WORKING = ['PutItemCommand', 'GetItemCommand', 'DeleteItemCommand'];

const commands = Object.entries(client).filter(([name]) => name.endsWith('Command') && !name.startsWith('$'));

async function outcome(name: string, input: object): Promise<string> {
  const Command = commands.find(([known]) => known === name)?.[1] as new (input: object) => never;
  return db.send(new Command(input)).then(
    () => 'answered',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}

describe('commands', () => {
  it.each(Object.entries(INPUTS))('%s is refused on an encrypted table and passes on others', async (name, input) => {
    expect(await outcome(name, input('users-prod'))).toBe('OPERATION_REFUSED');
    expect(await outcome(name, input('arn:aws:dynamodb:us-east-1:111122223333:table/users-prod'))).toBe('OPERATION_REFUSED');
    expect(await outcome(name, input('another'))).not.toBe('OPERATION_REFUSED');
  });

  it.each(ALWAYS)('%s is refused always', async name => {
    expect(await outcome(name, { Statement: 'SELECT * FROM "another"', Statements: [], TransactStatements: [] })).toBe('OPERATION_REFUSED');
  });

  it('every command of the SDK was looked at', async () => {
    const others = commands.map(([name]) => name).filter(name => !(name in INPUTS) && !ALWAYS.includes(name) && !WORKING.includes(name));
    expect(others.length).toBeGreaterThan(40);
    for (const name of others) {
      const passed = await outcome(name, { TableName: 'users-prod', TableArn: 'x', ResourceArn: 'x', BackupArn: 'x' });
      expect(passed, `${name} carries no items and passes`).not.toBe('OPERATION_REFUSED');
    }
  });

  it('a command of a later SDK is refused, whatever its table', async () => {
    class LaterCommand extends client.GetItemCommand {}
    const later = new LaterCommand({ TableName: 'another', Key: { id: { S: 'x' } } });
    const resolve = later.resolveMiddlewareWithContext.bind(later);
    later.resolveMiddlewareWithContext = (stack, configuration, options, context) =>
      resolve(stack, configuration, options, { ...context, commandName: 'LaterCommand' });
    await expect(db.send(later)).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
  });
});

describe('parameters', () => {
  const documents = encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [users.at('users-prod')], keyring });
  const TableName = 'users-prod';

  it.each([
    ['AttributesToGet', new GetCommand({ TableName, Key: { id: 'x' }, AttributesToGet: ['ssn'] })],
    ['ProjectionExpression', new GetCommand({ TableName, Key: { id: 'x' }, ProjectionExpression: 'ssn' })],
    ['Expected', new PutCommand({ TableName, Item: { id: 'x', ssn: 'x' }, Expected: { ssn: { Value: 'x' } } })],
    ['ConditionalOperator', new PutCommand({ TableName, Item: { id: 'x', ssn: 'x' }, ConditionalOperator: 'AND' })],
  ])('%s is refused by name', async (parameter, command) => {
    const refusal = await documents.send(command as GetCommand).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'OPERATION_REFUSED', message: expect.stringContaining(parameter) });
  });
});

describe('definitions', () => {
  it.each([
    ['no tables', { tables: [], keyring }],
    ['a table twice', { tables: [users.at('a'), users.at('a')], keyring }],
    ['an unknown suite', { tables: [users.at('a')], keyring, algorithmSuiteId: 'X' }],
    ['too many data keys', { tables: [users.at('a')], keyring, maxEncryptedDataKeys: 256 }],
    ['no suite at all', { tables: [users.at('a')], keyring, acceptSuites: [] }],
  ])('%s is CONFIG_INVALID', (_, options) => {
    expect(() => encryptedClient(base, options as never)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('cacheMiddleware is refused', () => {
    const cached = new client.DynamoDBClient({ region: 'us-east-1', cacheMiddleware: true });
    expect(() => encryptedClient(cached, { tables: [users.at('a')], keyring })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
