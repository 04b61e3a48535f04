import { randomUUID } from 'node:crypto';
import { DynamoDBClient, type TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../security/support.ts';
import { allOf } from '../support/all-of.ts';
import { databaseAt } from '../support/database.ts';
import { type KeyStoreItem, type TestKeyStore, TOMBSTONE, testKeyStore } from '../support/key-stores.ts';

const databaseUrl = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;
const encryptionContext = { department: 'admin' };

describe.skipIf(databaseUrl === undefined)('removal from a key store on DynamoDB Local (skipped: npm run test:services)', () => {
  const fake = new FakeKms();
  const { arn } = fake.createKey();
  let dynamoDbClient: DynamoDBClient;
  let keys: TestKeyStore;

  beforeAll(async () => {
    dynamoDbClient = (await databaseAt(databaseUrl ?? '')).client;
    keys = await testKeyStore(dynamoDbClient, fake.client(), arn);
  });
  afterAll(async () => {
    dynamoDbClient.destroy();
    await fake.close();
  });

  /** A client that does something before each transaction. */
  const interfering = (before: (transaction: number) => Promise<unknown>): DynamoDBClient => {
    let transactions = 0;
    const send = async (command: TransactWriteItemsCommand) => {
      if ('TransactItems' in command.input) await before(++transactions);
      return dynamoDbClient.send(command);
    };
    return Object.create(DynamoDBClient.prototype, { send: { value: send } });
  };

  /** Copies of a version record, as if the key had been rotated so often: they are never opened. */
  async function addVersions(branchKeyId: string, count: number): Promise<void> {
    const [record] = [...(await keys.records(branchKeyId)).values()].filter(({ type }) => type?.S?.startsWith('branch:version:'));
    for (let i = 0; i < count; i++) {
      const copy: KeyStoreItem = { ...record, type: { S: `branch:version:${randomUUID()}` } };
      await keys.put(copy);
    }
  }

  it('a dry run tells what would be removed, and removes nothing', async () => {
    const { branchKeyId, version } = await keys.ours().createKey();
    const { version: second } = await keys.ours().rotate(branchKeyId);
    const before = await keys.records(branchKeyId);
    const told = await keys.ours().remove(branchKeyId, { dryRun: true });
    expect({ ...told, versions: new Set(told.versions) }).toEqual({
      branchKeyId,
      versions: new Set([version, second]),
      beaconKey: true,
      alreadyShredded: false,
    });
    expect(await keys.records(branchKeyId)).toEqual(before);
    expect(await codeOf(() => keys.ours().remove('nobody', { dryRun: true }))).toBe('KEY_NOT_FOUND');
  });

  it('leaves a tombstone alone, which stands for the key here, and which the AWS Encryption SDK does not see', async () => {
    const { branchKeyId, version } = await keys.ours().createKey({ branchKeyId: randomUUID(), encryptionContext });
    const { branchKeyId: other } = await keys.ours().createKey();
    const heard: unknown[] = [];
    const store = keys.ours();
    store.subscribe?.(change => heard.push(change));
    expect(await store.remove(branchKeyId)).toEqual({ branchKeyId, versions: [version], beaconKey: true, alreadyShredded: false });
    const tombstone = await keys.record(branchKeyId, TOMBSTONE);
    expect(await keys.records(branchKeyId)).toEqual(new Map([[TOMBSTONE, tombstone]]));
    expect(Object.keys(tombstone).sort()).toEqual(['branch-key-id', 'shred-time', 'type']);
    const calls = {
      active: () => store.getActiveBranchKey(branchKeyId),
      version: () => store.getBranchKeyVersion(branchKeyId, version),
      beacon: () => store.getBeaconKey(branchKeyId),
      create: () => store.createKey({ branchKeyId, encryptionContext }),
      rotate: () => store.rotate(branchKeyId),
    };
    for (const [call, work] of Object.entries(calls)) expect(await codeOf(work), call).toBe('KEY_SHREDDED');
    expect(await keys.records(branchKeyId)).toEqual(new Map([[TOMBSTONE, tombstone]]));
    expect(await store.remove(branchKeyId)).toEqual({ branchKeyId, versions: [], beaconKey: false, alreadyShredded: true });
    expect(await keys.record(branchKeyId, TOMBSTONE)).toEqual(tombstone);
    expect(heard).toEqual(Array.from({ length: 2 }, () => ({ change: 'shredded', branchKeyId })));

    await expect(keys.theirs.getActiveBranchKey(branchKeyId)).rejects.toThrow('was not found');
    await expect(keys.theirs.getActiveBranchKey(other)).resolves.toBeDefined();
    const summary = { branchKeyId, state: 'shredded', versions: 0, time: tombstone['shred-time']?.S };
    expect(await allOf(store.list())).toContainEqual(expect.objectContaining(summary));

    await keys.theirs.createKey({ branchKeyIdentifier: branchKeyId, encryptionContext });
    expect((await store.getActiveBranchKey(branchKeyId)).version).not.toBe(version);
  });

  it('takes more transactions than one for a key of many versions, and goes on where it was interrupted', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    await addVersions(branchKeyId, 230);
    let sizes: number[] = [];
    const interrupted = interfering(async transaction => {
      const { size } = await keys.records(branchKeyId);
      sizes.push(size);
      if (transaction === 2) throw new Error('the process ends here');
    });
    expect(await codeOf(() => keys.ours({ dynamoDbClient: interrupted }).remove(branchKeyId))).toBe('KEY_UNAVAILABLE');
    expect(sizes).toEqual([233, 135]);
    const left = await keys.records(branchKeyId);
    expect([left.has(TOMBSTONE), left.has('branch:ACTIVE'), left.has('beacon:ACTIVE'), left.size]).toEqual([true, false, false, 135]);
    expect(await codeOf(() => keys.ours().rotate(branchKeyId))).toBe('KEY_SHREDDED');
    await expect(keys.theirs.versionKey({ branchKeyIdentifier: branchKeyId })).rejects.toThrow('was not found');
    sizes = [];
    const removed = await keys.ours().remove(branchKeyId);
    expect([removed.versions.length, removed.beaconKey, removed.alreadyShredded]).toEqual([134, false, true]);
    expect([...(await keys.records(branchKeyId)).keys()]).toEqual([TOMBSTONE]);
  });

  it('a rotation meanwhile is noticed, and its version removed as well', async () => {
    const { branchKeyId, version } = await keys.ours().createKey();
    const made: string[] = [version];
    const rotatedOnce = interfering(async transaction => {
      if (transaction === 1) made.push((await keys.ours().rotate(branchKeyId)).version);
    });
    const removed = await keys.ours({ dynamoDbClient: rotatedOnce }).remove(branchKeyId);
    expect([...removed.versions].sort()).toEqual([...made].sort());
    expect([...(await keys.records(branchKeyId)).keys()]).toEqual([TOMBSTONE]);
  });

  it('gives up when others never stop rotating, and has removed nothing', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const always = interfering(() => keys.ours().rotate(branchKeyId));
    const removal = keys.ours({ dynamoDbClient: always }).remove(branchKeyId);
    await expect(removal).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
    const records = await keys.records(branchKeyId);
    expect([records.has(TOMBSTONE), records.size]).toEqual([false, 3 + 3]);
  });

  it('a rotation that is under way when the key is removed writes nothing', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const removedFirst = interfering(() => keys.ours().remove(branchKeyId));
    expect(await codeOf(() => keys.ours({ dynamoDbClient: removedFirst }).rotate(branchKeyId))).toBe('KEY_SHREDDED');
    expect([...(await keys.records(branchKeyId)).keys()]).toEqual([TOMBSTONE]);
  });

  it('a creation that is under way when the id is shredded writes nothing', async () => {
    const branchKeyId = randomUUID();
    const shreddedFirst = interfering(() => keys.put({ 'branch-key-id': { S: branchKeyId }, type: { S: TOMBSTONE } }));
    const store = keys.ours({ dynamoDbClient: shreddedFirst });
    expect(await codeOf(() => store.createKey({ branchKeyId, encryptionContext }))).toBe('KEY_SHREDDED');
    expect([...(await keys.records(branchKeyId)).keys()]).toEqual([TOMBSTONE]);
  });

  it('records of no known form are removed too', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    await keys.put({ 'branch-key-id': { S: branchKeyId }, type: { S: 'of another form' } });
    await keys.put({ ...(await keys.record(branchKeyId)), enc: { S: 'text' } });
    await keys.ours().remove(branchKeyId);
    expect([...(await keys.records(branchKeyId)).keys()]).toEqual([TOMBSTONE]);
  });
});
