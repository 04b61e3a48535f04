import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, type DynamoDBClient, paginateScan, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { isFieldsealError } from 'fieldseal';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import type { TestDatabase } from '../../../support/database.ts';

/** A DynamoDB to run a suite on, and what it can do. */
export interface Server {
  readonly name: string;
  readonly connect: () => Promise<TestDatabase>;
  readonly transactions: boolean;
  /** False: the library runs over the plain client, which shows that what a suite expects is the library's own behaviour. */
  readonly wrapped: boolean;
}

/** A table with keys `pk`, `sk` and one index of all attributes, and keys to encrypt with. */
export interface MapperDatabase extends AsyncDisposable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly keyring: ReturnType<typeof kms>;
  /** All that is stored, as one text: bytes as Latin-1 and as base64. In lower case. */
  storedText(): Promise<string>;
}

/** Opens a server and makes the table there. The index is named `gsi1`, its keys `gsi1pk` and `gsi1sk`. */
export async function mapperDatabase(connect: Server['connect']): Promise<MapperDatabase> {
  const database = await connect();
  const { client } = database;
  const TableName = `fieldseal-orms-${randomUUID()}`;
  const fake = new FakeKms();
  const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keySchema('pk', 'sk'),
      GlobalSecondaryIndexes: [{ IndexName: 'gsi1', KeySchema: keySchema('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' } }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  return {
    client,
    tableName: TableName,
    keyring,
    async storedText() {
      const texts: string[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName })) texts.push(textOf(Items));
      return texts.join('\n').toLowerCase();
    },
    async [Symbol.asyncDispose]() {
      await client.send(new DeleteTableCommand({ TableName }));
      await fake.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

function keySchema(partition: string, sort: string): { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('latin1')} ${Buffer.from(value).toString('base64')}`;
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${textOf(inner)}`)
      .join(' ');
  return String(value);
}

/** The code of the FieldsealError that something fails with, however deep a library has wrapped it. */
export async function codeOf(work: () => PromiseLike<unknown> | unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return codeIn(error);
  }
  return 'no failure';
}

function codeIn(error: unknown): string {
  if (isFieldsealError(error)) return error.code;
  if (!(error instanceof Error)) return 'no error';
  const inner = [
    error.cause,
    'context' in error && typeof error.context === 'object' && error.context !== null && 'err' in error.context && error.context.err,
  ];
  return inner.filter(each => each instanceof Error).map(codeIn)[0] ?? `${error.name}: ${error.message}`;
}
