import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { createKeyStoreTable, dynamoDbKeyStore, hierarchical, type ManagedBranchKeyStore } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installServices, servicesNamed, startServices } from '../../scripts/services/index.mjs';
import { S, tenantUsers } from '../security/support.ts';
import { fromDynamoJson, toDynamoJson } from '../vectors/from-config.mjs';
import { Peer } from './peer.mjs';

const hasJava = (process.env.FIELDSEAL_LIVE_PEERS ?? '').split(',').includes('java');
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const encryptionContext = { department: 'admin', naïve: 'ünïcode' };
const item = { id: S('1'), tenantId: S('t'), ssn: S('x') };
const STRUCTURE = {
  logicalTableName: 'tenant-users',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: {
    id: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
    tenantId: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
    ssn: 'ENCRYPT_AND_SIGN',
  },
};

/** What a keyring of both sides is made of. */
interface Sides {
  readonly ours: ManagedBranchKeyStore;
  readonly theirs: Record<string, string>;
}

describe.skipIf(!hasJava)('a key store table that is shared with the Java library (skipped: npm run test:interop)', () => {
  const fake = new FakeKms();
  const single = fake.createKey();
  const multi = fake.createKey({ replicaRegions: ['eu-west-1'] });
  const table = `keys-${randomUUID()}`;
  let database: DynamoDBClient;
  let endpoint: string;
  let kmsEndpoint: string;
  let stop: () => Promise<unknown> = async () => undefined;
  let java: Peer;

  beforeAll(async () => {
    endpoint = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL ?? (await startDatabase());
    kmsEndpoint = (await fake.listen()).url;
    database = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
    await createKeyStoreTable({ table, dynamoDbClient: database });
    java = await Peer.start('java');
  }, 1_800_000);
  afterAll(async () => {
    java?.close();
    database?.destroy();
    await fake.close();
    await stop();
  });

  async function startDatabase(): Promise<string> {
    const chosen = servicesNamed('dynamodb-local');
    await installServices(chosen);
    const started = await startServices(chosen);
    stop = started.stop;
    return started.variables.FIELDSEAL_DYNAMODB_LOCAL_URL ?? '';
  }

  const sides = (kmsKeyArn: string, region = 'us-east-1'): Sides => ({
    ours: dynamoDbKeyStore({ table, logicalName: 'shared', kmsKeyArn, kmsClient: fake.client({ region }), dynamoDbClient: database }),
    theirs: { table, logicalName: 'shared', kmsKeyArn, endpoint, kmsEndpoint },
  });

  /** Both sides give the same bytes for these versions, the last of which is active, and the same beacon key. */
  async function expectSameKeys({ ours, theirs }: Sides, branchKeyId: string, versions: readonly string[]): Promise<void> {
    const hex = ({ key }: { readonly key: Uint8Array }): string => Buffer.from(key).toString('hex');
    const active = await ours.getActiveBranchKey(branchKeyId);
    expect(active.version).toBe(versions.at(-1));
    expect(await java.keyStore('getActive', theirs, { branchKeyId })).toMatchObject({ version: active.version, key: hex(active) });
    for (const version of versions) {
      const key = hex(await ours.getBranchKeyVersion(branchKeyId, version));
      expect(await java.keyStore('getVersion', theirs, { branchKeyId, version })).toMatchObject({ branchKeyId, version, key });
    }
    expect((await java.keyStore('getBeacon', theirs, { branchKeyId })).key).toBe(hex(await ours.getBeaconKey(branchKeyId)));
  }

  /** An item that either side encrypts opens on the other. */
  async function expectItemsToOpen({ ours, theirs }: Sides, branchKeyId: string): Promise<void> {
    const here = itemEncryptor({ table: tenantUsers, keyring: hierarchical({ keyStore: ours, branchKey: branchKeyId, ttlSeconds: 60 }) });
    // The peer keeps an encryptor for each configuration, and with it the cache of branch keys: another lifetime is another encryptor.
    const ttlSeconds = 60 + Math.floor(Math.random() * 1_000_000);
    const there = { ...STRUCTURE, keyring: { type: 'hierarchical', branchKeyId, ttlSeconds, keyStore: theirs } };
    const written = toDynamoJson(await here.encryptAttributes(item));
    expect(await java.decrypt(there, written)).toEqual(toDynamoJson(item));
    const read = await here.decryptAttributes(fromDynamoJson(await java.encrypt(there, toDynamoJson(item))));
    expect(read).toEqual(item);
  }

  it.each([
    ['a KMS key', () => sides(single.arn)],
    ['a multi-region key', () => sides(multi.arn)],
  ])('created by Java, rotated by both, under %s', async (_, open) => {
    const { ours, theirs } = open();
    const { branchKeyId = '' } = await java.keyStore('createKey', theirs, { branchKeyId: randomUUID(), encryptionContext });
    const versions = [(await ours.getActiveBranchKey(branchKeyId)).version];
    await expectItemsToOpen({ ours, theirs }, branchKeyId);
    versions.push((await ours.rotate(branchKeyId)).version);
    await expectSameKeys({ ours, theirs }, branchKeyId, versions);
    await java.keyStore('versionKey', theirs, { branchKeyId });
    versions.push((await ours.getActiveBranchKey(branchKeyId)).version);
    await expectSameKeys({ ours, theirs }, branchKeyId, versions);
    await expectItemsToOpen({ ours, theirs }, branchKeyId);
  });

  it.each([
    ['a KMS key', () => sides(single.arn)],
    ['a multi-region key', () => sides(multi.arn)],
  ])('created here, rotated by both, under %s', async (_, open) => {
    const { ours, theirs } = open();
    const { branchKeyId, version } = await ours.createKey({ branchKeyId: randomUUID(), encryptionContext });
    await expectSameKeys({ ours, theirs }, branchKeyId, [version]);
    await java.keyStore('versionKey', theirs, { branchKeyId });
    const versions = [version, (await ours.getActiveBranchKey(branchKeyId)).version];
    versions.push((await ours.rotate(branchKeyId)).version);
    expect(new Set(versions).size).toBe(3);
    await expectSameKeys({ ours, theirs }, branchKeyId, versions);
    await expectItemsToOpen({ ours, theirs }, branchKeyId);
  });

  it('a multi-region key: Java in one region, fieldseal in another', async () => {
    const [replica = ''] = multi.replicaArns;
    const { theirs } = sides(multi.arn);
    const { ours } = sides(replica, 'eu-west-1');
    const { branchKeyId = '' } = await java.keyStore('createKey', theirs);
    await expectItemsToOpen({ ours, theirs }, branchKeyId);
    await ours.rotate(branchKeyId);
    await expectItemsToOpen({ ours, theirs }, branchKeyId);
  });

  it('Java makes times that can be compared with ours', async () => {
    const { ours, theirs } = sides(single.arn);
    const { branchKeyId = '' } = await java.keyStore('createKey', theirs);
    const timeOf = async (): Promise<string> => (await ours.getActiveBranchKey(branchKeyId)).createTime ?? 'none';
    const times = [await timeOf()];
    await ours.rotate(branchKeyId);
    times.push(await timeOf());
    await java.keyStore('versionKey', theirs, { branchKeyId });
    times.push(await timeOf());
    expect(times).toEqual(times.map(() => expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)));
    expect([...times].sort()).toEqual(times);
  });

  it('what was shredded here is not there for Java, and its other keys are', async () => {
    const { ours, theirs } = sides(single.arn);
    const { branchKeyId } = await ours.createKey();
    const { branchKeyId: other, version } = await ours.createKey();
    await ours.remove(branchKeyId);
    for (const call of ['getActive', 'getBeacon', 'versionKey'] as const)
      await expect(java.keyStore(call, theirs, { branchKeyId })).rejects.toThrow();
    await expectSameKeys({ ours, theirs }, other, [version]);
  });
});
