import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient, type Projection, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';
import type { TestDatabase } from '../database.ts';
import { type Exchange, tapped } from '../tapped.ts';

export interface Features {
  /** dynalite has no transactions. */
  readonly transactions: boolean;
  /** ministack and moto let requests pass that DynamoDB refuses. */
  readonly strict: boolean;
  /** moto projects elements of lists, and transactions, in ways of its own, and tells the capacity also when it is not asked. */
  readonly faithful: boolean;
}

/** How a suite gets a database, and what that database can do. */
export interface Server {
  readonly name: string;
  readonly connect: () => Promise<TestDatabase>;
  readonly features: Features;
}

export const members = table('members', {
  tenant: key.partition(z.string()),
  id: key.sort(z.string()),
  email: encrypted(z.string()),
  address: encrypted<Record<string, unknown>>().optional(),
  team: signed(z.string()).optional(),
  score: signed(z.number()).optional(),
  status: signed(z.string()).optional(),
  notes: signed<unknown[]>().optional(),
  seenAt: unsigned(z.number()).optional(),
});

export interface Member {
  readonly tenant: string;
  readonly id: string;
  readonly email: string;
  readonly [name: string]: unknown;
}

/** Five items of one tenant, three of them in team `red`. */
export const FIVE: readonly Member[] = [1, 2, 3, 4, 5].map(n => ({
  tenant: 't1',
  id: `m${n}`,
  email: `m${n}@example.com`,
  address: { street: `Elm Street ${n}`, geo: [n, { lat: n }] },
  team: n <= 3 ? 'red' : 'blue',
  score: n,
  status: n % 2 === 0 ? 'open' : 'closed',
  seenAt: n,
}));

const SIGNED = ['aws_dbe_head', 'aws_dbe_foot', 'email', 'address', 'status', 'notes'] as const;

export const INDEXES = {
  teamAll: { partition: 'team', sort: 'score', project: 'ALL' },
  teamKeys: { partition: 'team', sort: 'score', project: 'KEYS_ONLY' },
  teamSome: { partition: 'team', sort: 'score', project: ['aws_dbe_head', 'aws_dbe_foot', 'email'] },
  teamSigned: { partition: 'team', sort: 'score', project: SIGNED },
  byStatus: { partition: 'tenant', sort: 'status', project: 'KEYS_ONLY', type: 'local' },
} as const;

/** A database with a table of members, and clients of it. */
export interface Reading {
  readonly TableName: string;
  readonly database: TestDatabase;
  readonly keyring: EncryptedClientOptions['keyring'];
  /** Sees what is stored. */
  readonly plain: DynamoDBDocument;
  documents(options?: Partial<EncryptedClientOptions>, base?: DynamoDBClient): DynamoDBDocument;
  raw(options?: Partial<EncryptedClientOptions>, base?: DynamoDBClient): DynamoDBClient;
  /** A client whose answers pass through `watch`. */
  tap(watch: (exchange: Exchange) => unknown): DynamoDBClient;
  put(...items: readonly Member[]): Promise<void>;
  /** What is stored under a key. */
  stored(id: string): Promise<Record<string, unknown>>;
  /** Changes what is stored, past the encryption. */
  forge(id: string, change: (item: Record<string, unknown>) => Record<string, unknown>): Promise<void>;
}

/** Makes a table before the tests of a suite, and gives it to them. */
export function reading({ connect }: Server, topic: string): () => Reading {
  let current: Reading | undefined;
  const fake = new FakeKms();
  beforeAll(async () => {
    const database = await connect();
    const TableName = `reads-${topic}-${randomUUID()}`;
    await createTable(database.client, TableName);
    current = readingOf(database, TableName, kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() }));
  });
  afterAll(async () => {
    await fake.close();
    await current?.database[Symbol.asyncDispose]();
  });
  return () => {
    if (current === undefined) throw new TypeError('asked for before the tests began');
    return current;
  };
}

function readingOf(database: TestDatabase, TableName: string, keyring: EncryptedClientOptions['keyring']): Reading {
  const plain = DynamoDBDocument.from(database.client);
  const tables = [members.at(TableName, { indexes: INDEXES })];
  const documents: Reading['documents'] = (options = {}, base = database.client) =>
    encryptedDocumentClient(DynamoDBDocument.from(base), { tables, keyring, ...options });
  const stored: Reading['stored'] = async id =>
    (await plain.send(new GetCommand({ TableName, Key: { tenant: 't1', id }, ConsistentRead: true }))).Item ?? {};
  return {
    TableName,
    database,
    keyring,
    plain,
    documents,
    raw: (options = {}, base = database.client) => encryptedClient(base, { tables, keyring, ...options }),
    tap: watch => tapped(database, watch),
    async put(...items) {
      const db = documents();
      for (const Item of items) await db.send(new PutCommand({ TableName, Item }));
    },
    stored,
    async forge(id, change) {
      await plain.send(new PutCommand({ TableName, Item: change(await stored(id)) }));
    },
  };
}

async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const { byStatus, ...globals } = INDEXES;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: Object.entries({ tenant: 'S', id: 'S', team: 'S', score: 'N', status: 'S' } as const).map(
        ([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }),
      ),
      KeySchema: keySchema('tenant', 'id'),
      GlobalSecondaryIndexes: Object.entries(globals).map(([IndexName, { partition, sort, project }]) => ({
        IndexName,
        KeySchema: keySchema(partition, sort),
        Projection: projection(project),
      })),
      LocalSecondaryIndexes: [
        { IndexName: 'byStatus', KeySchema: keySchema(byStatus.partition, byStatus.sort), Projection: projection(byStatus.project) },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
}

function keySchema(partition: string, sort: string): { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

function projection(project: 'ALL' | 'KEYS_ONLY' | readonly string[]): Projection {
  return typeof project === 'string' ? { ProjectionType: project } : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...project] };
}
