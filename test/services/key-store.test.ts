import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { createKeyStoreTable, dynamoDbKeyStore, hierarchical } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, S, tenantUsers } from '../security/support.ts';
import { allOf } from '../support/all-of.ts';
import { databaseAt } from '../support/database.ts';
import { alterationsOf, LOGICAL_NAME, type TestKeyStore, testKeyStore } from '../support/key-stores.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const databaseUrl = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;
const item = { id: S('1'), tenantId: S('t'), ssn: S('x') };
const encryptionContext = { department: 'admin', ['__proto__']: 'x' };

const motoUrl = process.env.FIELDSEAL_MOTO_URL;
// ministack has no ReEncrypt, with which the AWS Encryption SDK makes the second record of a branch key.
const KMS: [name: string, url: string | undefined][] = [
  ['the test kit’s KMS', undefined],
  ...(motoUrl === undefined ? [] : [['moto', motoUrl] as [string, string]]),
];

if (motoUrl === undefined)
  describe('key stores on DynamoDB Local and moto', () => it.skip('skipped: npm run test:services', () => undefined));

describe.skipIf(databaseUrl === undefined).each(KMS)(
  'key stores on DynamoDB Local and %s (skipped: npm run test:services)',
  (name, kmsUrl) => {
    const fake = new FakeKms();
    let dynamoDbClient: DynamoDBClient;
    let kmsClient: KMSClient;
    let kmsKeyArn: string;
    let keys: TestKeyStore;

    beforeAll(async () => {
      dynamoDbClient = (await databaseAt(databaseUrl ?? '')).client;
      const endpoint = name.startsWith('the test kit') ? (await fake.listen()).url : (kmsUrl ?? '');
      kmsClient = new KMSClient({ endpoint, region: 'us-east-1', credentials });
      kmsKeyArn = (await kmsClient.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
      keys = await testKeyStore(dynamoDbClient, kmsClient, kmsKeyArn);
    });
    afterAll(async () => {
      dynamoDbClient.destroy();
      kmsClient.destroy();
      await fake.close();
    });

    const encryptorOver = (branchKey: string, options: object = {}) =>
      itemEncryptor({ table: tenantUsers, keyring: hierarchical({ keyStore: keys.ours(options), branchKey, ttlSeconds: 60 }) });

    /** Ours and theirs give the same active version, and the same bytes for each version. */
    async function expectSameKeys(branchKeyId: string, versions: readonly string[]): Promise<void> {
      const [ours, theirs] = [await keys.ours().getActiveBranchKey(branchKeyId), await keys.theirs.getActiveBranchKey(branchKeyId)];
      expect(Buffer.from(ours.key)).toEqual(Buffer.from(theirs.branchKey()));
      expect([ours.version, theirs.branchKeyVersion.toString('utf8')]).toEqual([versions.at(-1), versions.at(-1)]);
      for (const version of versions) {
        const old = await keys.ours().getBranchKeyVersion(branchKeyId, version);
        expect(Buffer.from(old.key)).toEqual(Buffer.from((await keys.theirs.getBranchKeyVersion(branchKeyId, version)).branchKey()));
      }
    }

    it('what the AWS Encryption SDK created and rotated opens here', async () => {
      const { branchKeyIdentifier: id } = await keys.theirs.createKey({ branchKeyIdentifier: randomUUID(), encryptionContext });
      const { version: first } = await keys.ours().getActiveBranchKey(id);
      const old = await encryptorOver(id).encryptAttributes(item);
      await keys.theirs.versionKey({ branchKeyIdentifier: id });
      const { version: second, createTime = '' } = await keys.ours().getActiveBranchKey(id);
      expect(Math.abs(Date.now() - Date.parse(createTime))).toBeLessThan(60_000);
      await expectSameKeys(id, [first, second]);
      for (const stored of [old, await encryptorOver(id).encryptAttributes(item)])
        expect(await encryptorOver(id).decryptAttributes(stored)).toEqual(item);
    });

    it('what is created and rotated here opens with the AWS Encryption SDK', async () => {
      const store = keys.ours();
      const { branchKeyId, version } = await store.createKey({ branchKeyId: randomUUID(), encryptionContext });
      const versions = [version];
      const stored = [await encryptorOver(branchKeyId).encryptAttributes(item)];
      for (let round = 0; round < 3; round++) {
        versions.push((await store.rotate(branchKeyId)).version);
        stored.push(await encryptorOver(branchKeyId).encryptAttributes(item));
      }
      await expectSameKeys(branchKeyId, versions);
      await keys.theirs.versionKey({ branchKeyIdentifier: branchKeyId });
      await expectSameKeys(branchKeyId, [...versions, (await store.getActiveBranchKey(branchKeyId)).version]);
      for (const one of stored) expect(await encryptorOver(branchKeyId).decryptAttributes(one)).toEqual(item);
    });

    it('both make beacon keys, which open here', async () => {
      const { branchKeyId } = await keys.ours().createKey({ encryptionContext });
      const { branchKeyIdentifier } = await keys.theirs.createKey({ branchKeyIdentifier: randomUUID(), encryptionContext });
      for (const id of [branchKeyId, branchKeyIdentifier]) {
        const { enc, 'hierarchy-version': hierarchy, ...texts } = await keys.record(id, 'beacon:ACTIVE');
        const EncryptionContext = {
          ...Object.fromEntries(Object.entries(texts).map(([attribute, { S: text = '' }]) => [attribute, text])),
          'hierarchy-version': hierarchy?.N ?? '',
          tablename: LOGICAL_NAME,
        };
        const { Plaintext } = await kmsClient.send(new DecryptCommand({ KeyId: kmsKeyArn, CiphertextBlob: enc?.B, EncryptionContext }));
        const beacon = await keys.ours().getBeaconKey(id);
        expect([beacon.branchKeyId, Buffer.from(beacon.key)]).toEqual([id, Buffer.from(Plaintext ?? [])]);
        beacon.release?.();
        expect(beacon.key).toEqual(new Uint8Array(32));
      }
    });

    it('an id is used once, and one of your own needs a context', async () => {
      const { branchKeyId } = await keys.ours().createKey();
      expect(branchKeyId).toMatch(/^[0-9a-f-]{36}$/);
      const before = await keys.records(branchKeyId);
      expect(await codeOf(() => keys.ours().createKey({ branchKeyId, encryptionContext }))).toBe('KEY_EXISTS');
      expect(await keys.records(branchKeyId)).toEqual(before);
      expect(await codeOf(() => keys.ours().createKey({ branchKeyId: randomUUID() }))).toBe('CONFIG_INVALID');
      expect(await codeOf(() => keys.ours().rotate('nobody'))).toBe('KEY_NOT_FOUND');
    });

    it('rotations at the same time: each makes a version or is retryable', async () => {
      const { branchKeyId } = await keys.ours().createKey();
      const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => keys.ours().rotate(branchKeyId)));
      const made = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value.version : []));
      const failed = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? outcome.reason : []));
      for (const error of failed) expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
      expect(made.length).toBeGreaterThan(0);
      expect((await keys.records(branchKeyId)).size).toBe(3 + made.length);
      expect(made).toContain((await keys.ours().getActiveBranchKey(branchKeyId)).version);
    });

    it('an unknown branch key, another KMS key and a missing table have codes', async () => {
      const { branchKeyIdentifier: id } = await keys.theirs.createKey();
      expect(await codeOf(() => keys.ours().getActiveBranchKey('nobody'))).toBe('KEY_NOT_FOUND');
      expect(await codeOf(() => keys.ours().getBranchKeyVersion(id, randomUUID()))).toBe('KEY_NOT_FOUND');
      for (const call of ['getActiveBranchKey', 'rotate', 'getBeaconKey', 'remove'] as const)
        expect(await codeOf(() => keys.ours({ table: 'no-such-table' })[call](id))).toBe('KEY_NOT_FOUND');
      expect(await codeOf(() => keys.ours({ table: 'no-such-table' }).createKey())).toBe('KEY_NOT_FOUND');
      const otherKey = kmsKeyArn.replace(/key\/.*/, `key/${randomUUID()}`);
      for (const call of ['getActiveBranchKey', 'rotate', 'getBeaconKey'] as const)
        expect(await codeOf(() => keys.ours({ kmsKeyArn: otherKey })[call](id))).toBe('KEY_ACCESS_DENIED');
      expect(await codeOf(() => dynamoDbKeyStore({ table: keys.table, kmsKeyArn: 'alias/x' }))).toBe('CONFIG_INVALID');
    });

    it('another logical name does not open, and no record that was changed', async () => {
      const { branchKeyId, version } = await keys.ours().createKey({ encryptionContext });
      const foreign = keys.ours({ logicalName: 'another' });
      for (const call of ['getActiveBranchKey', 'rotate', 'getBeaconKey'] as const)
        expect(await codeOf(() => foreign[call](branchKeyId)), call).toBe('MALFORMED');
      const reads = {
        'branch:ACTIVE': () => keys.ours().getActiveBranchKey(branchKeyId),
        [`branch:version:${version}`]: () => keys.ours().getBranchKeyVersion(branchKeyId, version),
        'beacon:ACTIVE': () => keys.ours().getBeaconKey(branchKeyId),
      };
      for (const [type, read] of Object.entries(reads)) {
        const whole = await keys.record(branchKeyId, type);
        for (const [change, record] of Object.entries(alterationsOf(whole))) {
          await keys.put(record);
          expect(await codeOf(read), `${type}: ${change}`).toBe('MALFORMED');
          if (type === 'branch:ACTIVE') expect(await codeOf(() => keys.ours().rotate(branchKeyId)), `rotate: ${change}`).toBe('MALFORMED');
        }
        await keys.put(whole);
        expect(await codeOf(read), type).toBe('none');
        const Key = { 'branch-key-id': S(branchKeyId), type: S(type) };
        await dynamoDbClient.send(new DeleteItemCommand({ TableName: keys.table, Key }));
        expect(await codeOf(read), type).toBe('KEY_NOT_FOUND');
      }
    });

    it('lists every branch key once, whatever page its records are on', async () => {
      const keyStore = await testKeyStore(dynamoDbClient, kmsClient, kmsKeyArn);
      const { ours, table, records, put } = keyStore;
      const store = ours();
      const expected = new Map<string, object>();
      for (let i = 0; i < 8; i++) {
        const { branchKeyId } = await store.createKey({ encryptionContext });
        for (let round = 0; round < i; round++) await store.rotate(branchKeyId);
        const { version } = await store.getActiveBranchKey(branchKeyId);
        const time = (await keyStore.record(branchKeyId))['create-time']?.S;
        const has = { hasBeaconKey: true, encryptionContext, kmsKeyArn };
        expected.set(branchKeyId, { branchKeyId, state: 'active', activeVersion: version, versions: i + 1, time, ...has });
      }
      const [broken = ''] = expected.keys();
      for (const record of (await records(broken)).values()) if (record.version) await put({ ...record, version: S('x') });
      expected.set(broken, expect.objectContaining({ branchKeyId: broken, state: 'incomplete', activeVersion: undefined, versions: 1 }));
      await put({ 'branch-key-id': S('foreign'), type: S('of another form') });
      const nothing = {
        activeVersion: undefined,
        versions: 0,
        time: undefined,
        kmsKeyArn: undefined,
        hasBeaconKey: false,
        encryptionContext: {},
      };
      expected.set('foreign', { branchKeyId: 'foreign', state: 'incomplete', ...nothing });
      for (const Limit of [1, 5, 1000]) {
        const listed = await allOf(ours({ dynamoDbClient: pagesOf(Limit) }).list());
        expect(listed.length).toBe(expected.size);
        for (const one of listed) expect(one).toEqual(expected.get(one.branchKeyId));
      }
      expect(await codeOf(() => allOf(ours({ table: `${table}-x` }).list()))).toBe('KEY_NOT_FOUND');
    });

    const pagesOf = (Limit: number): DynamoDBClient => {
      const send = (command: unknown) =>
        dynamoDbClient.send(command instanceof ScanCommand ? new ScanCommand({ ...command.input, Limit }) : (command as ScanCommand));
      return Object.create(DynamoDBClient.prototype, { send: { value: send } });
    };

    it('the table is made, or found, or is none', async () => {
      const table = `made-${randomUUID()}`;
      const made = await createKeyStoreTable({ table, dynamoDbClient });
      expect(made).toEqual({ tableArn: expect.stringMatching(new RegExp(`^arn:.*/${table}$`)), created: true });
      expect(await createKeyStoreTable({ table, dynamoDbClient, wait: false })).toEqual({ ...made, created: false });
      await (await databaseAt(databaseUrl ?? '')).createTable(`${table}-2`, 'branch-key-id');
      expect(await codeOf(() => createKeyStoreTable({ table: `${table}-2`, dynamoDbClient }))).toBe('CONFIG_INVALID');
    });
  },
);
