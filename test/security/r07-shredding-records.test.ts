import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOf } from '../support/all-of.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type TestKeyStore, TOMBSTONE, testKeyStore } from '../support/key-stores.ts';
import { withTransactions } from '../support/transactions.ts';
import { codeOf, S, tenantUsers } from './support.ts';

const encryptionContext = { department: 'admin' };
const item = { id: S('1'), tenantId: S('t'), ssn: S('x') };

describe('requirement 7: the records that shredding takes away, and the tombstone that it leaves', () => {
  const fake = new FakeKms();
  const { arn } = fake.createKey();
  let database: TestDatabase;
  let client: DynamoDBClient;
  let keys: TestKeyStore;

  beforeAll(async () => {
    database = await testDatabase();
    client = withTransactions(database.client);
    keys = await testKeyStore(client, fake.client(), arn);
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await fake.close();
  });

  const encryptorOver = (branchKey: string) =>
    itemEncryptor({ table: tenantUsers, keyring: hierarchical({ keyStore: keys.ours(), branchKey, ttlSeconds: 60 }) });
  const shreddedRecord = (branchKeyId: string) => ({
    'branch-key-id': S(branchKeyId),
    type: S(TOMBSTONE),
    'shred-time': S('2026-01-01T00:00:00.000Z'),
  });

  it('removes every record but the tombstone, and what was under the key does not open', async () => {
    const { branchKeyId, version } = await keys.ours().createKey({ branchKeyId: randomUUID(), encryptionContext });
    const { version: second } = await keys.ours().rotate(branchKeyId);
    const stored = await encryptorOver(branchKeyId).encryptAttributes(item);
    expect(await encryptorOver(branchKeyId).decryptAttributes(stored)).toEqual(item);
    const removed = await keys.ours().remove(branchKeyId);
    expect(new Set(removed.versions)).toEqual(new Set([version, second]));
    expect(await keys.records(branchKeyId)).toEqual(new Map([[TOMBSTONE, await keys.record(branchKeyId, TOMBSTONE)]]));
    expect(await codeOf(() => encryptorOver(branchKeyId).decryptAttributes(stored))).toBe('KEY_SHREDDED');
    expect(await codeOf(() => encryptorOver(branchKeyId).encryptAttributes(item))).toBe('KEY_SHREDDED');
  });

  it('a dry run changes nothing', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const before = await keys.records(branchKeyId);
    expect(await keys.ours().remove(branchKeyId, { dryRun: true })).toMatchObject({ beaconKey: true, alreadyShredded: false });
    expect(await keys.records(branchKeyId)).toEqual(before);
  });

  it('no id is made again here after its tombstone', async () => {
    const branchKeyId = randomUUID();
    await keys.put(shreddedRecord(branchKeyId));
    for (const call of ['getActiveBranchKey', 'getBeaconKey', 'rotate'] as const)
      expect(await codeOf(() => keys.ours()[call](branchKeyId)), call).toBe('KEY_SHREDDED');
    expect(await codeOf(() => keys.ours().getBranchKeyVersion(branchKeyId, randomUUID()))).toBe('KEY_SHREDDED');
    expect(await codeOf(() => keys.ours().createKey({ branchKeyId, encryptionContext }))).toBe('KEY_SHREDDED');
    expect((await keys.records(branchKeyId)).size).toBe(1);
  });

  it('a read asks for the tombstone only when the record is not there', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const asked: string[] = [];
    const send = (command: never) => {
      asked.push(typeAskedFor(command));
      return client.send(command);
    };
    const store = keys.ours({ dynamoDbClient: { send } });
    await store.getActiveBranchKey(branchKeyId);
    expect(asked).toEqual(['branch:ACTIVE']);
    expect(await codeOf(() => store.getActiveBranchKey('nobody'))).toBe('KEY_NOT_FOUND');
    expect(asked).toEqual(['branch:ACTIVE', 'branch:ACTIVE', TOMBSTONE]);
  });

  it('a removal that was interrupted is finished by the next, which keeps the time of the first', async () => {
    const { branchKeyId, version } = await keys.ours().createKey();
    const versionRecord = await keys.record(branchKeyId, `branch:version:${version}`);
    await keys.ours().remove(branchKeyId);
    await keys.put(shreddedRecord(branchKeyId));
    await keys.put(versionRecord);
    expect(await keys.ours().remove(branchKeyId)).toEqual({ branchKeyId, versions: [version], beaconKey: false, alreadyShredded: true });
    expect(await keys.records(branchKeyId)).toEqual(new Map([[TOMBSTONE, shreddedRecord(branchKeyId)]]));
  });

  it('a record that came back from a backup is used again, and listed as active: shredding is final only when no copy remains', async () => {
    const { branchKeyId } = await keys.ours().createKey();
    const backup = await keys.records(branchKeyId);
    const stored = await encryptorOver(branchKeyId).encryptAttributes(item);
    await keys.ours().remove(branchKeyId);
    const summaryOf = async () => (await allOf(keys.ours().list())).find(summary => summary.branchKeyId === branchKeyId);
    expect(await summaryOf()).toMatchObject({ state: 'shredded', versions: 0 });
    for (const record of backup.values()) await keys.put(record);
    expect(await encryptorOver(branchKeyId).decryptAttributes(stored)).toEqual(item);
    expect(await summaryOf()).toMatchObject({ state: 'active', versions: 1 });
    await keys.ours().remove(branchKeyId);
    expect(await codeOf(() => encryptorOver(branchKeyId).decryptAttributes(stored))).toBe('KEY_SHREDDED');
  });
});

function typeAskedFor(command: { readonly input: { readonly Key?: { readonly type?: { readonly S?: string } } } }): string {
  return command.input.Key?.type?.S ?? '';
}
