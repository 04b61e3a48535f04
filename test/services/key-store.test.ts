import { randomUUID } from 'node:crypto';
import { BranchKeyStoreNode } from '@aws-crypto/client-node';
import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { dynamoDbKeyStore, hierarchical } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, S, tenantUsers } from '../security/support.ts';
import { databaseAt } from '../support/database.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const databaseUrl = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;
const item = { id: S('1'), tenantId: S('t'), ssn: S('x') };

// ministack has no ReEncrypt, with which the AWS Encryption SDK makes the second record of a branch key.
describe.skipIf(databaseUrl === undefined).each([
  ['the test kit’s KMS', undefined],
  ['moto', process.env.FIELDSEAL_MOTO_URL],
])('a key store that the AWS Encryption SDK made, on DynamoDB Local and %s (skipped: npm run test:services)', (name, kmsUrl) => {
  const table = `keys-${randomUUID()}`;
  const fake = new FakeKms();
  let dynamoDbClient: DynamoDBClient;
  let kmsClient: KMSClient;
  let kmsKeyArn: string;
  let theirs: BranchKeyStoreNode;

  beforeAll(async () => {
    const database = await databaseAt(databaseUrl ?? '');
    await database.createTable(table, 'branch-key-id', 'type');
    dynamoDbClient = database.client;
    const endpoint = name.startsWith('the test kit') ? (await fake.listen()).url : (kmsUrl ?? '');
    kmsClient = new KMSClient({ endpoint, region: 'us-east-1', credentials });
    kmsKeyArn = (await kmsClient.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    theirs = new BranchKeyStoreNode({
      logicalKeyStoreName: 'logical',
      storage: { ddbTableName: table, ddbClient: dynamoDbClient },
      keyManagement: { kmsClient },
      kmsConfiguration: { identifier: kmsKeyArn },
    });
  });
  afterAll(async () => {
    dynamoDbClient.destroy();
    kmsClient.destroy();
    await fake.close();
  });

  const ours = (options: object = {}) =>
    dynamoDbKeyStore({ table, logicalName: 'logical', kmsKeyArn, kmsClient, dynamoDbClient, ...options });
  const encryptorOver = (branchKey: string, options: object = {}) =>
    itemEncryptor({ table: tenantUsers, keyring: hierarchical({ keyStore: ours(options), branchKey, ttlSeconds: 60 }) });

  it('gives the same keys, before and after a rotation', async () => {
    const { branchKeyIdentifier } = await theirs.createKey({
      branchKeyIdentifier: randomUUID(),
      encryptionContext: { department: 'admin' },
    });
    const first = await encryptorOver(branchKeyIdentifier).encryptAttributes(item);
    await theirs.versionKey({ branchKeyIdentifier });
    const second = await encryptorOver(branchKeyIdentifier).encryptAttributes(item);
    for (const stored of [first, second]) expect(await encryptorOver(branchKeyIdentifier).decryptAttributes(stored)).toEqual(item);
    const active = await ours().getActiveBranchKey(branchKeyIdentifier);
    const expected = await theirs.getActiveBranchKey(branchKeyIdentifier);
    expect(Buffer.from(active.key)).toEqual(Buffer.from(expected.branchKey()));
    expect(active.version).toBe(expected.branchKeyVersion.toString('utf8'));
  });

  it('an unknown branch key, another KMS key and a missing table have codes', async () => {
    const { branchKeyIdentifier } = await theirs.createKey();
    expect(await codeOf(() => ours().getActiveBranchKey('nobody'))).toBe('KEY_NOT_FOUND');
    expect(await codeOf(() => ours().getBranchKeyVersion(branchKeyIdentifier, randomUUID()))).toBe('KEY_NOT_FOUND');
    expect(await codeOf(() => ours({ table: 'no-such-table' }).getActiveBranchKey(branchKeyIdentifier))).toBe('KEY_NOT_FOUND');
    const otherKey = kmsKeyArn.replace(/key\/.*/, `key/${randomUUID()}`);
    expect(await codeOf(() => ours({ kmsKeyArn: otherKey }).getActiveBranchKey(branchKeyIdentifier))).toBe('KEY_ACCESS_DENIED');
    expect(await codeOf(() => dynamoDbKeyStore({ table, kmsKeyArn: 'alias/x' }))).toBe('CONFIG_INVALID');
  });

  it('another logical name does not open, and a record that was changed is malformed', async () => {
    const { branchKeyIdentifier } = await theirs.createKey();
    expect(await codeOf(() => ours({ logicalName: 'another' }).getActiveBranchKey(branchKeyIdentifier))).toBe('MALFORMED');
    const Key = { 'branch-key-id': S(branchKeyIdentifier), type: S('branch:ACTIVE') };
    const { Item = {} } = await dynamoDbClient.send(new GetItemCommand({ TableName: table, Key }));
    const records = {
      'an attribute added': { ...Item, more: S('x') },
      'a type changed': { ...Item, 'create-time': { N: '1' } },
      'no ciphertext': { ...Item, enc: S('x') },
      'no version': Object.fromEntries(Object.entries(Item).filter(([attribute]) => attribute !== 'version')),
      'no creation time': Object.fromEntries(Object.entries(Item).filter(([attribute]) => attribute !== 'create-time')),
    };
    for (const [change, record] of Object.entries(records)) {
      await dynamoDbClient.send(new PutItemCommand({ TableName: table, Item: record }));
      expect(await codeOf(() => ours().getActiveBranchKey(branchKeyIdentifier)), change).toBe('MALFORMED');
    }
    await dynamoDbClient.send(new DeleteItemCommand({ TableName: table, Key }));
    expect(await codeOf(() => ours().getActiveBranchKey(branchKeyIdentifier))).toBe('KEY_NOT_FOUND');
  });
});
