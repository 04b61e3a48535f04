import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DiscoveryFilter, parseKeyArn } from '../../esdk/arn.ts';
import { type KmsConnection, kmsClients } from '../../kms-client.ts';
import { CONNECTION_OPTIONS, requireConnection, requireFilter } from '../../kms-options.ts';
import { kindOf, type OptionNames, refusal, requireOptions, requireText } from '../../options.ts';
import { type CalledKey, discoveredKey, type KmsKeyRule, onlyKey } from './kms-key.ts';

interface TableOptions extends KmsConnection {
  /** The key store's DynamoDB table. */
  readonly table: string;
  /** Bound to every key when it was created. Default: the name of the table. */
  readonly logicalName?: string;
  readonly dynamoDbClient?: DynamoDBClient;
  /** Of DynamoDB, where no client is given; `endpoint` is that of KMS. */
  readonly dynamoDbEndpoint?: string;
  readonly grantTokens?: readonly string[];
}

/** A key store of one KMS key. */
export interface DynamoDbKeyStoreOfOneKey extends TableOptions {
  /** ARN of the KMS key that every record must name; for a multi-region key, of any replica. This one is called. */
  readonly kmsKeyArn: string;
  readonly discoveryFilter?: undefined;
  readonly mrkRegion?: undefined;
}

/** A key store that reads records under any KMS key of some accounts. It cannot create or rotate. */
export interface DynamoDbKeyStoreWithDiscovery extends TableOptions {
  readonly kmsKeyArn?: undefined;
  /** Which keys may be called: whoever can write to the table names them. */
  readonly discoveryFilter: DiscoveryFilter;
  /** Multi-region keys are called in this region. */
  readonly mrkRegion?: string;
}

/** Options of {@link dynamoDbKeyStore}. */
export type DynamoDbKeyStoreOptions = DynamoDbKeyStoreOfOneKey | DynamoDbKeyStoreWithDiscovery;

const OPTIONS: OptionNames<DynamoDbKeyStoreOptions> = {
  table: true,
  logicalName: true,
  kmsKeyArn: true,
  discoveryFilter: true,
  mrkRegion: true,
  dynamoDbClient: true,
  dynamoDbEndpoint: true,
  grantTokens: true,
  ...CONNECTION_OPTIONS,
};

/** A key store's table, and how KMS opens what it holds. */
export interface KeyTable {
  readonly table: string;
  readonly logicalName: string;
  readonly database: DynamoDBClient;
  readonly kmsKeyFor: KmsKeyRule;
  /** The one KMS key that is configured; undefined under discovery. */
  readonly ownKey: CalledKey | undefined;
  readonly grantTokens: readonly string[] | undefined;
}

/** Throws CONFIG_INVALID for options that cannot be. */
export function keyTable(options: DynamoDbKeyStoreOptions): KeyTable {
  requireOptions('dynamoDbKeyStore', options, OPTIONS);
  requireConnection('dynamoDbKeyStore', options);
  requireText('dynamoDbKeyStore: table', options.table);
  if (options.logicalName !== undefined) requireText('dynamoDbKeyStore: logicalName', options.logicalName);
  requireDatabase('dynamoDbKeyStore', options.dynamoDbClient, { dynamoDbEndpoint: options.dynamoDbEndpoint });
  const { table, logicalName = table, dynamoDbClient, dynamoDbEndpoint, grantTokens } = options;
  const { region, ownKey, kmsKeyFor } = kmsKeyOf(options);
  const database = dynamoDbClient ?? databaseOf(region, dynamoDbEndpoint);
  return { table, logicalName, database, kmsKeyFor, ownKey, grantTokens };
}

/** Throws CONFIG_INVALID for a client that is none, and for an endpoint that is none or beside a client. */
export function requireDatabase(factory: string, client: unknown, endpoints: Readonly<Record<string, unknown>>): void {
  if (client !== undefined && typeof (client as Partial<DynamoDBClient> | null)?.send !== 'function') {
    throw refusal(`${factory}: dynamoDbClient must be a DynamoDBClient of @aws-sdk/client-dynamodb; got ${kindOf(client)}`);
  }
  for (const [name, value] of Object.entries(endpoints)) {
    if (value === undefined) continue;
    requireText(`${factory}: ${name}`, value);
    if (client !== undefined) throw refusal(`${factory}: give dynamoDbClient or ${name}, not both`);
  }
}

/** A client of its own for a table. */
export function databaseOf(region: string | undefined, endpoint: string | undefined): DynamoDBClient {
  return new DynamoDBClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    customUserAgent: 'fieldseal',
  });
}

/** The region is that in which AWS's key stores look for the table. */
function kmsKeyOf(options: DynamoDbKeyStoreOptions): Pick<KeyTable, 'ownKey' | 'kmsKeyFor'> & { readonly region: string | undefined } {
  const clients = kmsClients(options);
  const { kmsKeyArn, discoveryFilter, mrkRegion } = options;
  if (discoveryFilter === undefined && mrkRegion === undefined) {
    const region = parseKeyArn(kmsKeyArn ?? '')?.region;
    if (kmsKeyArn === undefined || region === undefined) {
      throw refusal(`dynamoDbKeyStore: kmsKeyArn must be the ARN of a KMS key; got ${kindOf(kmsKeyArn)}`);
    }
    const ownKey = { keyId: kmsKeyArn, client: clients(region) };
    return { region, ownKey, kmsKeyFor: onlyKey(ownKey) };
  }
  if (kmsKeyArn !== undefined) throw refusal('dynamoDbKeyStore: give kmsKeyArn, or discoveryFilter and mrkRegion, not both');
  requireFilter('dynamoDbKeyStore', discoveryFilter);
  if (mrkRegion !== undefined) requireText('dynamoDbKeyStore: mrkRegion', mrkRegion);
  return { region: mrkRegion ?? options.region, ownKey: undefined, kmsKeyFor: discoveredKey({ discoveryFilter, mrkRegion }, clients) };
}
