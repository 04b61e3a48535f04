import { randomUUID } from 'node:crypto';
import { createKeyStoreTable, type DynamoDbKeyStoreOptions, dynamoDbKeyStore } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { alterationsOf, type TestKeyStore, testKeyStore } from '../support/key-stores.ts';
import { withTransactions } from '../support/transactions.ts';
import { codeOf, S } from './support.ts';

const ACCOUNT = '111122223333';
const discoveryFilter = { partition: 'aws', accountIDs: [ACCOUNT] };
const encryptionContext = { department: 'admin' };
const SECRET = 'MARKER-41c7';

describe('requirement 6: what a key store opens, and what it calls', () => {
  const fake = new FakeKms({ account: ACCOUNT });
  const { arn } = fake.createKey();
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

  const readsOf = (branchKeyId: string, version: string, options: object = {}) => ({
    'branch:ACTIVE': () => keys.ours(options).getActiveBranchKey(branchKeyId),
    [`branch:version:${version}`]: () => keys.ours(options).getBranchKeyVersion(branchKeyId, version),
    'beacon:ACTIVE': () => keys.ours(options).getBeaconKey(branchKeyId),
  });
  const discovering = (options: object = {}): object => ({ kmsKeyArn: undefined, discoveryFilter, ...options });

  it('discovery needs accounts and a partition', async () => {
    const make = (options: object) => codeOf(() => dynamoDbKeyStore({ table: 't', ...options } as DynamoDbKeyStoreOptions));
    expect(await make({})).toBe('CONFIG_INVALID');
    expect(await make({ mrkRegion: 'eu-west-1' })).toBe('CONFIG_INVALID');
    expect(await make({ discoveryFilter: null })).toBe('CONFIG_INVALID');
    expect(await make({ discoveryFilter: {} })).toBe('CONFIG_INVALID');
    expect(await make({ discoveryFilter: { partition: 'aws', accountIDs: [] } })).toBe('CONFIG_INVALID');
    expect(await make({ discoveryFilter, mrkRegion: '' })).toBe('CONFIG_INVALID');
    expect(await make({ discoveryFilter, kmsKeyArn: arn })).toBe('CONFIG_INVALID');
    expect(await make({ mrkRegion: 'eu-west-1', kmsKeyArn: arn })).toBe('CONFIG_INVALID');
    expect(await make({ discoveryFilter, region: 'us-east-1' })).toBe('none');
    // @ts-expect-error: one or the other
    expect(() => dynamoDbKeyStore({ table: 't', kmsKeyArn: arn, discoveryFilter })).toThrow('not both');
  });

  it('discovery reads records of these accounts, calls no other key, and makes none', async () => {
    const { branchKeyId, version } = await keys.ours().createKey({ encryptionContext });
    for (const [type, read] of Object.entries(readsOf(branchKeyId, version, discovering()))) expect(await codeOf(read), type).toBe('none');
    const outside = {
      'another account': { discoveryFilter: { partition: 'aws', accountIDs: ['999999999999'] } },
      'another partition': { discoveryFilter: { partition: 'aws-cn', accountIDs: [ACCOUNT] } },
    };
    fake.reset();
    for (const [change, options] of Object.entries(outside)) {
      for (const read of Object.values(readsOf(branchKeyId, version, discovering(options))))
        expect(await codeOf(read), change).toBe('KEY_ACCESS_DENIED');
    }
    for (const kmsArn of [
      'alias/x',
      `arn:aws:kms:evil.example.com#-1:${ACCOUNT}:key/x`,
      arn.replace('key/', 'alias/'),
      arn.replace('us-east-1', 'cn-north-1'),
    ]) {
      await keys.put({ ...(await keys.record(branchKeyId)), 'kms-arn': S(kmsArn) });
      expect(await codeOf(() => keys.ours(discovering()).getActiveBranchKey(branchKeyId)), kmsArn).toBe('KEY_ACCESS_DENIED');
    }
    expect(await codeOf(() => keys.ours(discovering()).createKey())).toBe('CONFIG_INVALID');
    expect(await codeOf(() => keys.ours(discovering()).rotate(branchKeyId))).toBe('CONFIG_INVALID');
    expect(fake.calls).toEqual([]);
  });

  it('a record with another KMS key, another logical name, or any change fails; the KMS key named by the record is not called', async () => {
    const { branchKeyId, version } = await keys.ours().createKey({ encryptionContext });
    const { arn: otherArn } = fake.createKey();
    for (const [type, read] of Object.entries(readsOf(branchKeyId, version))) {
      const whole = await keys.record(branchKeyId, type);
      await keys.put({ ...whole, 'kms-arn': S(otherArn) });
      fake.reset();
      expect(await codeOf(read), type).toBe('KEY_ACCESS_DENIED');
      expect(fake.calls).toEqual([]);
      for (const [change, record] of Object.entries(alterationsOf(whole))) {
        await keys.put(record);
        expect(await codeOf(read), `${type}: ${change}`).toBe('MALFORMED');
      }
      await keys.put(whole);
      expect(await codeOf(read), type).toBe('none');
    }
    for (const read of Object.values(readsOf(branchKeyId, version, { logicalName: 'another' })))
      expect(await codeOf(read)).toBe('MALFORMED');
  });

  it('a record put in the place of another fails', async () => {
    const { branchKeyId, version } = await keys.ours().createKey({ encryptionContext });
    const { branchKeyId: other } = await keys.ours().createKey({ encryptionContext });
    for (const [type, read] of Object.entries(readsOf(branchKeyId, version))) {
      const whole = await keys.record(branchKeyId, type);
      const theirs = await keys.record(other);
      await keys.put({ ...theirs, 'branch-key-id': S(branchKeyId), type: S(type) });
      expect(await codeOf(read), type).toBe('MALFORMED');
      await keys.put({ ...whole, enc: theirs.enc ?? S('') });
      expect(await codeOf(read), type).toBe('MALFORMED');
    }
  });

  it('an id of your own needs a context, which must be texts; nothing is called', async () => {
    fake.reset();
    const store = keys.ours();
    const branchKeyId = `${SECRET}-id`;
    const refused = [
      { branchKeyId },
      { branchKeyId, encryptionContext: {} },
      { branchKeyId: '', encryptionContext },
      { encryptionContext: { [SECRET]: '' } },
      { encryptionContext: { '': SECRET } },
      { encryptionContext: { a: 7 } },
      { encryptionContext: SECRET },
      { id: SECRET },
      SECRET,
      7,
    ];
    for (const key of refused)
      await expect(store.createKey(key as never), JSON.stringify(key)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(fake.calls).toEqual([]);
    const { branchKeyId: made } = await store.createKey();
    expect(made).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('failures of KMS and of the table have codes, and none of their words', async () => {
    const { branchKeyId } = await keys.ours().createKey({ encryptionContext });
    const codes = [
      ['access-denied', 'KEY_ACCESS_DENIED', false],
      ['disabled', 'KEY_ACCESS_DENIED', false],
      ['pending-deletion', 'KEY_ACCESS_DENIED', false],
      ['wrong-region', 'KEY_NOT_FOUND', false],
      ['throttle', 'KEY_UNAVAILABLE', true],
      ['timeout', 'KEY_UNAVAILABLE', true],
    ] as const;
    const store = keys.ours({ kmsClient: fake.client({ maxAttempts: 1 }) });
    for (const [error, code, retryable] of codes) {
      using _ = fake.fail({ error });
      const calls = [
        () => store.getActiveBranchKey(branchKeyId),
        () => store.getBeaconKey(branchKeyId),
        () => store.createKey(),
        () => store.rotate(branchKeyId),
      ];
      for (const call of calls) await expect(call(), error).rejects.toMatchObject({ code, retryable });
    }
    const failing = (name: string) => ({
      send: async () => Promise.reject(Object.assign(new Error(SECRET), { name, $metadata: { httpStatusCode: 400 } })),
    });
    const tables = [
      ['AccessDeniedException', 'KEY_ACCESS_DENIED'],
      ['ResourceNotFoundException', 'KEY_NOT_FOUND'],
      ['ValidationException', 'CONFIG_INVALID'],
      ['TransactionInProgressException', 'KEY_UNAVAILABLE'],
      ['ProvisionedThroughputExceededException', 'KEY_UNAVAILABLE'],
    ] as const;
    for (const [name, code] of tables) {
      const broken = keys.ours({ dynamoDbClient: failing(name) });
      const calls = [
        () => broken.getActiveBranchKey('b'),
        () => broken.getBeaconKey('b'),
        () => broken.createKey(),
        () => broken.rotate('b'),
        () => broken.remove('b'),
      ];
      for (const call of calls) {
        const error: unknown = await call().catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code, retryable: code === 'KEY_UNAVAILABLE' });
        expect(JSON.stringify(error)).not.toContain(SECRET);
      }
    }
  });

  it('a table that is no key store is refused', async () => {
    const table = `t-${randomUUID()}`;
    await database.createTable(table, 'type', 'branch-key-id');
    expect(await codeOf(() => createKeyStoreTable({ table, dynamoDbClient: database.client }))).toBe('CONFIG_INVALID');
    expect(await codeOf(() => createKeyStoreTable({ table: '' }))).toBe('CONFIG_INVALID');
    expect(await codeOf(() => createKeyStoreTable({ table, dynamoDbClient: database.client, endpoint: 'http://x' }))).toBe(
      'CONFIG_INVALID',
    );
    const { created } = await createKeyStoreTable({ table: keys.table, dynamoDbClient: database.client });
    expect(created).toBe(false);
  });
});
