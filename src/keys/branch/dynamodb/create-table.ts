import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { quoted } from '../../../bytes/quoted.ts';
import { type OptionNames, refusal, requireOptions, requireText } from '../../options.ts';
import { PARTITION, TYPE } from '../records.ts';
import { tableFailure } from './failures.ts';
import { databaseOf, requireDatabase } from './options.ts';

/** Options of {@link createKeyStoreTable}. */
export interface CreateKeyStoreTableOptions {
  readonly table: string;
  readonly dynamoDbClient?: DynamoDBClient;
  /** Of DynamoDB, where no client is given. */
  readonly region?: string;
  readonly endpoint?: string;
  /** Whether to return only when the table can be used. Default true. */
  readonly wait?: boolean;
}

/** The table of a key store. */
export interface KeyStoreTable {
  readonly tableArn: string;
  /** False when it was there before. */
  readonly created: boolean;
}

const OPTIONS: OptionNames<CreateKeyStoreTableOptions> = { table: true, dynamoDbClient: true, region: true, endpoint: true, wait: true };
const LONGEST_WAIT_SECONDS = 300;
const KEYS = [
  [PARTITION, 'HASH'],
  [TYPE, 'RANGE'],
] as const;

/**
 * Creates the table of a key store as AWS's libraries do, billed per request, or checks the keys of the one that is there. Point-in-time
 * recovery stays off: with it, a shredded branch key could be brought back for 35 days. Losing the table is losing every key in it, so
 * choose: switch it on, or keep copies of your own. Throws CONFIG_INVALID for a table with other keys, KEY_ACCESS_DENIED, KEY_UNAVAILABLE.
 */
export async function createKeyStoreTable(options: CreateKeyStoreTableOptions): Promise<KeyStoreTable> {
  requireOptions('createKeyStoreTable', options, OPTIONS);
  const { table, dynamoDbClient, region, endpoint, wait = true } = options;
  requireText('createKeyStoreTable: table', table);
  requireDatabase('createKeyStoreTable', dynamoDbClient, { region, endpoint });
  const database = dynamoDbClient ?? databaseOf(region, endpoint);
  try {
    const { description, created } = await findOrCreate(database, table);
    requireKeys(table, description);
    if (wait) await waitUntilTableExists({ client: database, maxWaitTime: LONGEST_WAIT_SECONDS, minDelay: 1 }, { TableName: table });
    return { tableArn: description.TableArn ?? '', created };
  } catch (error) {
    throw tableFailure(table, 'CreateTable and dynamodb:DescribeTable', error);
  } finally {
    if (dynamoDbClient === undefined) database.destroy();
  }
}

async function findOrCreate(
  database: DynamoDBClient,
  table: string,
): Promise<{ readonly description: TableDescription; readonly created: boolean }> {
  const known = await describe(database, table);
  if (known !== undefined) return { description: known, created: false };
  try {
    return { description: await create(database, table), created: true };
  } catch (error) {
    const theirs = error instanceof ResourceInUseException ? await describe(database, table) : undefined;
    if (theirs === undefined) throw error;
    return { description: theirs, created: false };
  }
}

async function describe(database: DynamoDBClient, table: string): Promise<TableDescription | undefined> {
  try {
    return (await database.send(new DescribeTableCommand({ TableName: table }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(database: DynamoDBClient, table: string): Promise<TableDescription> {
  const request = new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: KEYS.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: KEYS.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
  });
  return (await database.send(request)).TableDescription ?? {};
}

function requireKeys(table: string, { KeySchema = [], AttributeDefinitions = [] }: TableDescription): void {
  const found = KeySchema.map(({ AttributeName, KeyType }) => {
    const type = AttributeDefinitions.find(definition => definition.AttributeName === AttributeName)?.AttributeType;
    return `${AttributeName} ${KeyType} ${type}`;
  });
  if (found.join() === KEYS.map(([name, kind]) => `${name} ${kind} S`).join()) return;
  throw refusal(
    `table ${quoted(table)} is no key store: its keys must be ${PARTITION} and ${TYPE}, both texts; choose another name, or delete that table`,
  );
}
