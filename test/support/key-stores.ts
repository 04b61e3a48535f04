import { randomUUID } from 'node:crypto';
import { BranchKeyStoreNode } from '@aws-crypto/client-node';
import { type AttributeValue, type DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import { createKeyStoreTable, dynamoDbKeyStore, type ManagedBranchKeyStore } from 'fieldseal/kms';

export type KeyStoreItem = Record<string, AttributeValue>;

/** One key store table, as fieldseal and as the AWS Encryption SDK see it. */
export interface TestKeyStore {
  readonly table: string;
  readonly theirs: BranchKeyStoreNode;
  ours(options?: object): ManagedBranchKeyStore;
  /** Every record of a branch key, by type. */
  records(branchKeyId: string): Promise<ReadonlyMap<string, KeyStoreItem>>;
  record(branchKeyId: string, type?: string): Promise<KeyStoreItem>;
  put(item: KeyStoreItem): Promise<void>;
}

export const LOGICAL_NAME = 'logical';
export const TOMBSTONE = 'fieldseal:shredded';

/** Makes a table of its own. */
export async function testKeyStore(dynamoDbClient: DynamoDBClient, kmsClient: KMSClient, kmsKeyArn: string): Promise<TestKeyStore> {
  const table = `keys-${randomUUID()}`;
  await createKeyStoreTable({ table, dynamoDbClient });
  const theirs = new BranchKeyStoreNode({
    logicalKeyStoreName: LOGICAL_NAME,
    storage: { ddbTableName: table, ddbClient: dynamoDbClient },
    keyManagement: { kmsClient },
    kmsConfiguration: { identifier: kmsKeyArn },
  });
  const options = { table, logicalName: LOGICAL_NAME, kmsKeyArn, kmsClient, dynamoDbClient };
  return {
    table,
    theirs,
    ours: (changed = {}) => dynamoDbKeyStore({ ...options, ...changed }),
    async records(branchKeyId) {
      const request = new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#id = :id',
        ExpressionAttributeNames: { '#id': 'branch-key-id' },
        ExpressionAttributeValues: { ':id': { S: branchKeyId } },
        ConsistentRead: true,
      });
      const { Items = [] } = await dynamoDbClient.send(request);
      return new Map(Items.map(item => [item.type?.S ?? '', item]));
    },
    async record(branchKeyId, type = 'branch:ACTIVE') {
      const Key = { 'branch-key-id': { S: branchKeyId }, type: { S: type } };
      const { Item } = await dynamoDbClient.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      if (Item === undefined) throw new Error(`no record ${type} of ${branchKeyId}`);
      return Item;
    },
    put: async Item => void (await dynamoDbClient.send(new PutItemCommand({ TableName: table, Item }))),
  };
}

/** Ways to change a record so that it is not what a key store wrote. */
export function alterationsOf(item: KeyStoreItem): Readonly<Record<string, KeyStoreItem>> {
  const without = (name: string): KeyStoreItem => Object.fromEntries(Object.entries(item).filter(([attribute]) => attribute !== name));
  const flipped = Uint8Array.from(item.enc?.B ?? [], (byte, i) => (i === 40 ? byte ^ 1 : byte));
  return {
    'an attribute added': { ...item, more: { S: 'x' } },
    'a context attribute added': { ...item, 'aws-crypto-ec:more': { S: 'x' } },
    'a context attribute changed': { ...item, 'aws-crypto-ec:department': { S: 'x' } },
    'a context attribute taken away': without('aws-crypto-ec:department'),
    'a type changed': { ...item, 'create-time': { N: '1' } },
    'another creation time': { ...item, 'create-time': { S: new Date().toISOString() } },
    'no creation time': without('create-time'),
    'a table name added': { ...item, tablename: { S: LOGICAL_NAME } },
    'another hierarchy version': { ...item, 'hierarchy-version': { N: '2' } },
    'no hierarchy version': without('hierarchy-version'),
    'a hierarchy version that is text': { ...item, 'hierarchy-version': { S: '1' } },
    'no KMS key': without('kms-arn'),
    'ciphertext that is text': { ...item, enc: { S: 'x' } },
    'no ciphertext': without('enc'),
    'ciphertext changed': { ...item, enc: { B: flipped } },
    ...(item.version === undefined
      ? { 'a version added': { ...item, version: { S: `branch:version:${randomUUID()}` } } }
      : {
          'no version': without('version'),
          'another version': { ...item, version: { S: `branch:version:${randomUUID()}` } },
          'a version that names none': { ...item, version: { S: 'branch:version:' } },
          'a version of another form': { ...item, version: { S: randomUUID() } },
        }),
  };
}
