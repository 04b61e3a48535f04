import * as client from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
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
  SearchVectorsCommand: TableName => ({ TableName }),
  StartBulkPutItemsCommand: TableName => ({ TableName }),
};
const ALWAYS = ['ExecuteStatementCommand', 'BatchExecuteStatementCommand', 'ExecuteTransactionCommand'];
const WORKING = [
  ...['PutItemCommand', 'GetItemCommand', 'DeleteItemCommand', 'UpdateItemCommand', 'BatchWriteItemCommand', 'TransactWriteItemsCommand'],
  ...['QueryCommand', 'ScanCommand', 'BatchGetItemCommand', 'TransactGetItemsCommand'],
];

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
    ['Expected', new PutCommand({ TableName, Item: { id: 'x', ssn: 'x' }, Expected: { ssn: { Value: 'x' } } })],
    ['ConditionalOperator', new PutCommand({ TableName, Item: { id: 'x', ssn: 'x' }, ConditionalOperator: 'AND' })],
  ])('%s is refused by name', async (parameter, command) => {
    const refusal = await documents.send(command as GetCommand).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'OPERATION_REFUSED', message: expect.stringContaining(parameter) });
  });
});

describe('reads', () => {
  const TableName = 'users-prod';
  const Key = { id: 'x' };
  const tables = [users.at(TableName), users.at('other-prod')];
  const documents = encryptedDocumentClient(DynamoDBDocument.from(base), { tables, keyring });
  const query = (more: object = {}) => documents.query({ TableName, KeyConditionExpression: 'id = :v', ...more, ...values(more) });
  const values = (more: object) => ({ ExpressionAttributeValues: { ':v': 'S' }, ...more });
  const failureOf = (sent: Promise<unknown>) =>
    sent.then(
      () => 'answered',
      (error: { code?: string; name: string }) => error,
    );

  it.each<[string, () => Promise<unknown>]>([
    ['AttributesToGet', () => documents.scan({ TableName, AttributesToGet: ['ssn'] })],
    ['ScanFilter', () => documents.scan({ TableName, ScanFilter: { ssn: { ComparisonOperator: 'NULL' } } })],
    ['QueryFilter', () => documents.query({ TableName, QueryFilter: { ssn: { ComparisonOperator: 'NULL' } } })],
    ['KeyConditions', () => documents.query({ TableName, KeyConditions: { id: { ComparisonOperator: 'NULL' } } })],
    ['ConditionalOperator', () => documents.query({ TableName, ConditionalOperator: 'OR' })],
    [
      'AttributesToGet',
      () => documents.batchGet({ RequestItems: { plain: { Keys: [Key] }, [TableName]: { Keys: [Key], AttributesToGet: ['ssn'] } } }),
    ],
    ['Key', () => documents.batchGet({ RequestItems: { plain: { Keys: [Key] }, 'other-prod': { Keys: [{ id: 'x', ssn: 'x' }] } } })],
    [
      'Key',
      () => documents.transactGet({ TransactItems: [{ Get: { TableName: 'plain', Key } }, { Get: { TableName, Key: { ssn: 'x' } } }] }),
    ],
    ['ProjectionExpression', () => documents.get({ TableName, Key, ProjectionExpression: 'aws_dbe_head' })],
    [
      'ProjectionExpression',
      () => documents.batchGet({ RequestItems: { [TableName]: { Keys: [Key], ProjectionExpression: 'id, aws_dbe_x' } } }),
    ],
    [
      'ProjectionExpression',
      () => documents.transactGet({ TransactItems: [{ Get: { TableName, Key, ProjectionExpression: 'aws_dbe_foot' } }] }),
    ],
    ['ProjectionExpression', () => query({ ProjectionExpression: ['ssn'] })],
    ['KeyConditionExpression', () => query({ KeyConditionExpression: 'id = :v AND ssn = :v' })],
    ['KeyConditionExpression', () => query({ KeyConditionExpression: '#s = :v', ExpressionAttributeNames: { '#s': 'ssn' } })],
    ['KeyConditionExpression', () => query({ KeyConditionExpression: 'begins_with(ssn, :v) AND id = :v' })],
    ['KeyConditionExpression', () => query({ KeyConditionExpression: 'aws_dbe_head = :v' })],
  ])('%s is refused by name', async (parameter, work) => {
    expect(await failureOf(work())).toMatchObject({ code: 'OPERATION_REFUSED', message: expect.stringContaining(parameter) });
  });

  const FILTERS = ['ssn = :v', 'id <> :v AND NOT contains(ssn, :v)', 'size(ssn) < :n', 'attribute_type(ssn, :v)', ':v IN (id, ssn)'];
  it.each([...FILTERS, 'attribute_exists(ssn.part[0])', 'attribute_not_exists(aws_dbe_foot)', 'ssn BETWEEN :v AND :v'])(
    'a filter may not compare what is encrypted: %s',
    async FilterExpression => {
      const ExpressionAttributeValues = FilterExpression.includes(':n')
        ? { ':n': 1 }
        : FilterExpression.includes(':v')
          ? { ':v': 'S' }
          : undefined;
      const failure = await failureOf(
        documents.scan({ TableName, FilterExpression, ...(ExpressionAttributeValues && { ExpressionAttributeValues }) }),
      );
      expect(failure).toMatchObject({
        code: 'OPERATION_REFUSED',
        message: expect.stringMatching(/FilterExpression .*"(ssn|aws_dbe_foot)"/),
      });
    },
  );

  it.each([
    'name = :v',
    'id = :v ; DROP',
    '#undefined = :v',
    'id = :undefined',
    'attribute_exists(id',
    'begins_with(id)',
    'attribute_type(id, :n)',
    'id BETWEEN :v',
  ])('what cannot be read is refused as DynamoDB does it: %s', async expression => {
    const more = { ExpressionAttributeValues: { ':v': 'S' } };
    const sent = [
      documents.scan({ TableName, FilterExpression: expression, ...more }),
      documents.query({ TableName, KeyConditionExpression: expression, ...more }),
      documents.put({ TableName, Item: { id: 'x', ssn: 'x' }, ConditionExpression: expression, ...more }),
      documents.delete({ TableName, Key, ConditionExpression: expression, ...more }),
      db.send(
        new client.DeleteItemCommand({
          TableName,
          Key: { id: { S: 'x' } },
          ConditionExpression: expression,
          ExpressionAttributeValues: { ':v': { S: 'S' } },
        }),
      ),
    ];
    for (const outcome of await Promise.all(sent.map(failureOf))) expect(outcome).toMatchObject({ name: 'ValidationException' });
  });

  it.each<[string, unknown]>([
    ['no values', null],
    ['a value with an undefined member', { ':v': { S: 'x', N: undefined } }],
    ['a value with a foreign member', { ':v': { S: 'x', foo: 1 } }],
    ['a value of no type', { ':v': 'x' }],
  ])('a condition is read whatever its values are: %s', async (_, ExpressionAttributeValues) => {
    const ConditionExpression = ExpressionAttributeValues === null ? 'ssn = id' : 'ssn = :v';
    const input = { ConditionExpression, ExpressionAttributeValues: ExpressionAttributeValues as never };
    const raw = db.send(new client.DeleteItemCommand({ TableName, Key: { id: { S: 'x' } }, ...input }));
    expect(await failureOf(raw)).toMatchObject({ code: 'OPERATION_REFUSED' });
    expect(await failureOf(documents.delete({ TableName, Key, ...input }))).toMatchObject({ code: 'OPERATION_REFUSED' });
    const { ConditionExpression: FilterExpression, ...values } = input;
    const scan = db.send(new client.ScanCommand({ TableName, FilterExpression, ...values }));
    expect(await failureOf(scan)).toMatchObject({ code: expect.stringMatching(/OPERATION_REFUSED|ATTRIBUTE_INVALID/) });
  });

  it('placeholders that no expression uses are refused as DynamoDB does it', async () => {
    const names = { ExpressionAttributeNames: { '#x': 'x' } };
    const sent = [
      query(names),
      query({ ExpressionAttributeValues: { ':v': 'S', ':w': 'S' } }),
      documents.get({ TableName, Key, ...names }),
      documents.put({ TableName, Item: { id: 'x', ssn: 'x' }, ConditionExpression: 'attribute_exists(id)', ...names }),
    ];
    for (const outcome of await Promise.all(sent.map(failureOf))) expect(outcome).toMatchObject({ name: 'ValidationException' });
  });
});

describe('modes', () => {
  const TableName = 'users-prod';
  const Key = { id: 'x' };
  const Item = { id: 'x', ssn: 'x' };
  const of = (mode: 'encrypt' | 'decrypt') =>
    encryptedDocumentClient(DynamoDBDocument.from(base), { tables: [users.at(TableName)], keyring, mode });
  const outcomeOf = (sent: Promise<unknown>) =>
    sent.then(
      () => 'answered',
      (error: { code?: string; name: string }) => error.code ?? error.name,
    );
  const failing = { ConditionExpression: 'attribute_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

  it('encrypt refuses what opens items', async () => {
    const db = of('encrypt');
    const sent = [
      db.get({ TableName, Key }),
      db.get({ TableName, Key, ProjectionExpression: 'id' }),
      db.get({ TableName, Key, Select: 'COUNT' } as never),
      db.query({ TableName, KeyConditionExpression: 'id = :v', ExpressionAttributeValues: { ':v': 'x' } }),
      db.scan({ TableName, Select: 'ALL_ATTRIBUTES' }),
      db.batchGet({ RequestItems: { plain: { Keys: [Key] }, [TableName]: { Keys: [Key] } } }),
      db.transactGet({ TransactItems: [{ Get: { TableName, Key } }] }),
      db.put({ TableName, Item, ReturnValues: 'ALL_OLD' }),
      db.delete({ TableName, Key, ReturnValues: 'ALL_OLD' }),
      db.put({ TableName, Item, ...failing }),
      db.transactWrite({ TransactItems: [{ Put: { TableName, Item, ...failing } }] }),
      db.transactWrite({ TransactItems: [{ Put: { TableName, Item } }, { ConditionCheck: { TableName, Key, ...failing } }] }),
    ];
    for (const outcome of await Promise.all(sent.map(outcomeOf))) expect(outcome).toBe('OPERATION_REFUSED');
  });

  it('encrypt lets writes and counts pass', async () => {
    const db = of('encrypt');
    const sent = [
      db.put({ TableName, Item }),
      db.put({ TableName, Item, ReturnValues: 'NONE' }),
      db.delete({ TableName, Key }),
      db.scan({ TableName, Select: 'COUNT' }),
      db.transactWrite({ TransactItems: [{ Put: { TableName, Item } }, { Put: { TableName: 'plain', Item, ...failing } }] }),
    ];
    for (const outcome of await Promise.all(sent.map(outcomeOf))) expect(outcome).toBe('ECONNREFUSED');
  });

  it('decrypt refuses every write, and reads', async () => {
    const db = of('decrypt');
    const sent = [
      db.put({ TableName, Item }),
      db.delete({ TableName, Key }),
      db.update({ TableName, Key }),
      db.batchWrite({ RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } }),
      db.transactWrite({ TransactItems: [{ ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(id)' } }] }),
    ];
    for (const outcome of await Promise.all(sent.map(outcomeOf))) expect(outcome).toBe('OPERATION_REFUSED');
    expect(await outcomeOf(db.get({ TableName, Key }))).toBe('ECONNREFUSED');
    expect(await outcomeOf(db.put({ TableName: 'plain', Item }))).toBe('ECONNREFUSED');
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
