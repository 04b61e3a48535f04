import { DynamoDBDocumentClient, GetCommand, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from 'fieldseal';
import { type EncryptedClientOptions, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { aesKeyring, SYMMETRIC } from '../security/support.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

type Options = Partial<EncryptedClientOptions>;

/** A table on dynalite for the tests of a file, in which the item of one key is put, looked at and read. */
export interface OneItemTable {
  readonly database: () => TestDatabase;
  readonly plain: () => DynamoDBDocumentClient;
  readonly client: (options?: Options) => DynamoDBDocumentClient;
  /** As it is stored. */
  readonly stored: () => Promise<Record<string, unknown>>;
  /** Puts it through an encrypting client. Gives what is stored. */
  readonly put: (options?: Options, item?: PutCommandInput['Item']) => Promise<object>;
  readonly read: (options?: Options) => Promise<unknown>;
}

export function oneItemTable(TableName: string, schema: Table, { id, ...rest }: { readonly id: string }): OneItemTable {
  const Key = { id };
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await database.createTable(TableName, 'id');
  });
  afterAll(async () => database[Symbol.asyncDispose]());

  const plain = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(database.client);
  const client = (options: Options = {}): DynamoDBDocumentClient =>
    encryptedDocumentClient(plain(), { tables: [schema.at(TableName)], keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC, ...options });
  const stored = async (): Promise<Record<string, unknown>> => {
    const { Item } = await plain().send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item ?? {};
  };
  return {
    database: () => database,
    plain,
    client,
    stored,
    put: async (options, Item = { ...Key, ...rest }) => {
      await client(options).send(new PutCommand({ TableName, Item }));
      return stored();
    },
    read: async options => (await client(options).send(new GetCommand({ TableName, Key }))).Item,
  };
}
