import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { GetItemCommand, TransactionCanceledException, type TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../security/support.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { LOGICAL_NAME, type TestKeyStore, testKeyStore } from '../support/key-stores.ts';
import { withTransactions } from '../support/transactions.ts';

/** Hears one channel. */
function hearing(channel: string): { readonly heard: readonly unknown[] } & Disposable {
  const heard: unknown[] = [];
  const listener = (event: unknown): void => void heard.push(event);
  subscribe(channel, listener);
  return { heard, [Symbol.dispose]: () => void unsubscribe(channel, listener) };
}

describe('dynamoDbKeyStore', () => {
  const fake = new FakeKms({ region: 'us-east-1' });
  const { arn, replicaArns } = fake.createKey({ replicaRegions: ['eu-west-1'] });
  const [replica = ''] = replicaArns;
  const inEurope = { kmsClient: fake.client({ region: 'eu-west-1' }) };
  let database: TestDatabase;
  let keys: TestKeyStore;

  beforeAll(async () => {
    database = await testDatabase();
    keys = await testKeyStore(withTransactions(database.client), fake.client(), arn);
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await fake.close();
  });

  it('a branch key under a multi-region key opens and rotates where a replica is', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const european = keys.ours({ kmsKeyArn: replica, ...inEurope });
    const active = await keys.ours().getActiveBranchKey(branchKeyId);
    expect((await european.getActiveBranchKey(branchKeyId)).key).toEqual(active.key);
    const { version } = await european.rotate(branchKeyId);
    const rotated = await keys.ours().getActiveBranchKey(branchKeyId);
    expect([rotated.version, (await european.getBranchKeyVersion(branchKeyId, version)).key]).toEqual([version, rotated.key]);
    expect((await european.getBeaconKey(branchKeyId)).key).toEqual((await keys.ours().getBeaconKey(branchKeyId)).key);
    expect(fake.calls.filter(({ region }) => region === 'eu-west-1').length).toBeGreaterThan(3);
  });

  it('discovery calls the key that the record names, or its replica in mrkRegion', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const discoveryFilter = { partition: 'aws', accountIDs: ['111122223333'] };
    const there = keys.ours({ kmsKeyArn: undefined, discoveryFilter });
    const here = keys.ours({ kmsKeyArn: undefined, discoveryFilter, mrkRegion: 'eu-west-1', ...inEurope });
    using kms = hearing('fieldseal:kms');
    expect((await here.getActiveBranchKey(branchKeyId)).key).toEqual((await there.getActiveBranchKey(branchKeyId)).key);
    expect(kms.heard).toEqual([expect.objectContaining({ keyId: replica }), expect.objectContaining({ keyId: arn })]);
    const nowhere = keys.ours({ kmsKeyArn: undefined, discoveryFilter, mrkRegion: 'cn-north-1' });
    expect(await codeOf(() => nowhere.getActiveBranchKey(branchKeyId))).toBe('KEY_ACCESS_DENIED');
  });

  it('tells of every call to KMS, also of those that fail', async () => {
    const store = keys.ours({ kmsClient: fake.client({ maxAttempts: 1 }) });
    using kms = hearing('fieldseal:kms');
    const { branchKeyId } = await store.createKey();
    await store.rotate(branchKeyId);
    await store.getBeaconKey(branchKeyId);
    using _ = fake.fail({ error: 'access-denied' });
    await store.getActiveBranchKey(branchKeyId).catch(() => undefined);
    await store.rotate(branchKeyId).catch(() => undefined);
    const times = { startTime: expect.any(Number), durationMs: expect.any(Number) };
    const [make, again] = ['GenerateDataKeyWithoutPlaintext', 'ReEncrypt'];
    const operations = [make, again, make, again, make, again, 'Decrypt', 'Decrypt', again];
    expect(kms.heard).toEqual(
      operations.map((operation, i) => ({ ...times, operation, keyId: arn, branchKeyId, ...(i >= 7 && { error: 'KEY_ACCESS_DENIED' }) })),
    );
  });

  it('tells auditors and subscribers what was done, and nothing of what was not', async () => {
    const store = keys.ours();
    const changes: unknown[] = [];
    const leave = store.subscribe?.(change => changes.push(change));
    using audit = hearing('fieldseal:audit');
    const { branchKeyId, version } = await store.createKey();
    const { version: second } = await store.rotate(branchKeyId);
    await store.rotate('nobody').catch(() => undefined);
    await store.remove(branchKeyId, { dryRun: true });
    await store.remove(branchKeyId);
    await store.remove(branchKeyId);
    leave?.();
    await store.rotate(branchKeyId).catch(() => undefined);
    const same = { time: expect.any(Number), keyStore: LOGICAL_NAME, branchKeyId };
    expect(audit.heard).toEqual([
      { ...same, action: 'key-created', version },
      { ...same, action: 'key-rotated', version: second },
      { ...same, action: 'key-shredded' },
      { ...same, action: 'key-shredded' },
    ]);
    expect(changes).toEqual(['created', 'rotated', 'shredded', 'shredded'].map(change => ({ change, branchKeyId })));
  });

  it.each([
    ['ThrottlingError', 'KEY_UNAVAILABLE', 1],
    ['TransactionConflict', 'KEY_UNAVAILABLE', 2],
    ['ConditionalCheckFailed', 'KEY_UNAVAILABLE', 2],
    ['ValidationError', 'CONFIG_INVALID', 1],
  ])('a rotation whose transaction is cancelled for %s is %s after %i', async (Code, code, attempts) => {
    const { branchKeyId } = await keys.ours().createKey();
    let transactions = 0;
    const send = async (command: GetItemCommand | TransactWriteItemsCommand) => {
      if (command instanceof GetItemCommand) return database.client.send(command);
      transactions++;
      const CancellationReasons = [{ Code }, { Code: 'None' }, { Code: 'None' }];
      throw new TransactionCanceledException({ $metadata: { httpStatusCode: 400 }, message: '', CancellationReasons });
    };
    const retryable = code === 'KEY_UNAVAILABLE';
    await expect(keys.ours({ dynamoDbClient: { send } }).rotate(branchKeyId)).rejects.toMatchObject({ code, retryable });
    expect(transactions).toBe(attempts);
  });

  it('gives the time that KMS authenticated, to the second, and bytes of its own', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const active = await keys.ours().getActiveBranchKey(branchKeyId);
    expect(active.createTime).toBe((await keys.record(branchKeyId))['create-time']?.S?.replace(/\.\d+/, ''));
    expect(active.key.byteLength).toBe(active.key.buffer.byteLength);
    active.release?.();
    expect(active.key).toEqual(new Uint8Array(32));
  });
});
