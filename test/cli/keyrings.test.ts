import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { lines, RAW_AES, Scratch, STATIC_HIERARCHICAL, USERS, user } from './fixtures.ts';
import { fieldseal, type Run } from './program.ts';

const scratch = new Scratch();
const input = lines(user('a'), user('b'));

let configs = 0;
const configWith = (keyring: object): string => scratch.config({ ...USERS, keyring }, `${configs++}.json`);

async function encryptUnder(keyring: object): Promise<string> {
  const { code, stdout, stderr } = await fieldseal(['encrypt', '-c', configWith(keyring)], { input });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

function decryptUnder(keyring: object, stored: string): Promise<Run> {
  return fieldseal(['decrypt', '-c', configWith(keyring)], { input: stored });
}

const OPENED: Run = { code: 0, stdout: input, stderr: '' };

describe('raw keys', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const rsa = { type: 'raw-rsa', keyNamespace: 'ns', keyName: 'rsa', paddingScheme: 'OAEP_SHA512_MGF1' };

  it('RSA: the public half encrypts, the private half decrypts; both may be in files beside the configuration', async () => {
    scratch.write('public.pem', publicKey, 0o644);
    scratch.write('private.pem', privateKey);
    const stored = await encryptUnder({ ...rsa, publicKeyFile: 'public.pem' });
    expect(await decryptUnder({ ...rsa, privateKeyFile: 'private.pem' }, stored)).toEqual(OPENED);
    expect(await decryptUnder({ ...rsa, publicKey, privateKey }, stored)).toEqual(OPENED);
  });

  it('RSA: a file with a private key that others can read is warned of', async () => {
    const path = scratch.write('open.pem', privateKey, 0o644);
    const { stderr } = await decryptUnder({ ...rsa, privateKeyFile: 'open.pem' }, '');
    expect(stderr).toBe(
      `fieldseal: warning: ${path} can be read by other users and holds a secret (keyring.privateKeyFile); chmod 600 it\n`,
    );
  });

  it('several: an item is under each of them, and any one opens it', async () => {
    const other = { ...RAW_AES, keyName: 'other' };
    const stored = await encryptUnder({
      type: 'multi',
      generator: RAW_AES,
      children: [
        { type: 'multi', children: [other] },
        { ...rsa, publicKey },
      ],
    });
    for (const keyring of [RAW_AES, other, { ...rsa, privateKey }]) expect(await decryptUnder(keyring, stored)).toEqual(OPENED);
    const refused = await fieldseal(['encrypt', '-c', configWith({ type: 'multi', children: [RAW_AES] })], { input });
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^-:1: KEYRING_REFUSED: .*no generator/) });
  });
});

describe('a branch key version that its owner holds', () => {
  it('encrypts and decrypts', async () => {
    expect(await decryptUnder(STATIC_HIERARCHICAL, await encryptUnder(STATIC_HIERARCHICAL))).toEqual(OPENED);
  });

  it('opens no item of another version', async () => {
    const { branchKey, ...store } = STATIC_HIERARCHICAL.keyStore;
    const version = randomUUID();
    const other = { ...STATIC_HIERARCHICAL, keyStore: { ...store, version, branchKeyEnv: 'BRANCH_KEY' } };
    const stored = await encryptUnder(STATIC_HIERARCHICAL);
    const { code, stderr } = await fieldseal(['decrypt', '-c', configWith(other)], { input: stored, env: { BRANCH_KEY: branchKey } });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `-:1: KEY_NOT_FOUND: the item is under version ${store.version} of branch key "tenant"; the configuration holds ${version}\n`,
    );
  });
});

describe('KMS', () => {
  const kms = new FakeKms();
  let endpoint = '';
  beforeAll(async () => {
    endpoint = (await kms.listen()).url;
  });
  afterAll(() => kms[Symbol.asyncDispose]());

  it('one key: a call for each item', async () => {
    const { arn } = kms.createKey();
    const keyring = { type: 'aws-kms', kmsKeyId: arn, endpoint, grantTokens: ['token'] };
    kms.reset();
    const stored = await encryptUnder(keyring);
    expect(await decryptUnder(keyring, stored)).toEqual(OPENED);
    expect(kms.calls.map(({ operation }) => operation).sort()).toEqual(['Decrypt', 'Decrypt', 'GenerateDataKey', 'GenerateDataKey']);
    const discovery = (account: string) => ({
      type: 'aws-kms-discovery',
      discoveryFilter: { partition: 'aws', accountIDs: [account] },
      endpoint,
    });
    expect(await decryptUnder(discovery('111122223333'), stored)).toEqual(OPENED);
    const calls = kms.calls.length;
    expect(await decryptUnder(discovery('999999999999'), stored)).toMatchObject({ code: 1, stdout: '' });
    expect(kms.calls).toHaveLength(calls);
  });

  it('a multi-region key: a replica opens what the primary wrote', async () => {
    const { arn, replicaArns } = kms.createKey({ replicaRegions: ['eu-west-1'] });
    const stored = await encryptUnder({ type: 'aws-kms-mrk', kmsKeyId: arn, endpoint });
    expect(await decryptUnder({ type: 'aws-kms-mrk', kmsKeyId: replicaArns[0], endpoint }, stored)).toEqual(OPENED);
  });

  it('a key that is not there fails its lines, with the code of it', async () => {
    const keyring = { type: 'aws-kms', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/none', endpoint };
    const { code, stderr } = await fieldseal(['encrypt', '-c', configWith(keyring)], { input });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^-:1: KEY_NOT_FOUND: /);
  });

  describe('and a key store', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await testDatabase();
    });
    afterAll(() => database[Symbol.asyncDispose]());

    it('one call for all items', async () => {
      const { arn: kmsKeyArn } = kms.createKey();
      const table = `keys-${randomUUID()}`;
      await database.createTable(table, 'branch-key-id', 'type');
      await createBranchKey(table, kmsKeyArn);
      const keyring = {
        type: 'hierarchical',
        branchKeyId: 'tenant',
        ttlSeconds: 60,
        keyStore: { type: 'dynamodb', table, logicalName: 'keys', kmsKeyArn, endpoint: database.endpoint, kmsEndpoint: endpoint },
      };
      kms.reset();
      const stored = await encryptUnder(keyring);
      expect(await decryptUnder(keyring, stored)).toEqual(OPENED);
      expect(kms.count('Decrypt')).toBe(2);
      const filter = (account: string) => {
        const { kmsKeyArn: _, ...keyStore } = keyring.keyStore;
        const discoveryFilter = { partition: 'aws', accountIDs: [account] };
        return { ...keyring, keyStore: { ...keyStore, region: 'us-east-1', mrkRegion: 'us-east-1', discoveryFilter } };
      };
      expect(await decryptUnder(filter('111122223333'), stored)).toEqual(OPENED);
      expect(await decryptUnder(filter('999999999999'), stored)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^-:1: KEY_ACCESS_DENIED: .* it was not called/),
      });
      const both = { ...keyring, keyStore: { ...keyring.keyStore, ...filter('111122223333').keyStore } };
      expect(await decryptUnder(both, stored)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/CONFIG_INVALID: .*keyring\.keyStore\.kmsKeyArn and discoveryFilter are both given; give one/),
      });
      expect(await decryptUnder({ ...keyring, branchKeyId: 'other' }, lines(JSON.parse(input.split('\n')[0] ?? '')))).toMatchObject({
        code: 1,
      });
    });

    /** Both records of a new branch key, as AWS's key stores write them. */
    async function createBranchKey(table: string, kmsArn: string): Promise<void> {
      const version = `branch:version:${randomUUID()}`;
      const key = Buffer.alloc(32, 5);
      const common = {
        'branch-key-id': 'tenant',
        'kms-arn': kmsArn,
        'create-time': '2026-01-01T00:00:00.000000Z',
        'hierarchy-version': '1',
      };
      for (const record of [
        { ...common, type: version },
        { ...common, type: 'branch:ACTIVE', version },
      ]) {
        const { CiphertextBlob } = await kms
          .client()
          .encrypt({ KeyId: kmsArn, Plaintext: key, EncryptionContext: { ...record, tablename: 'keys' } });
        const texts = Object.fromEntries(Object.entries(record).map(([name, value]) => [name, { S: value }]));
        const Item = { ...texts, 'hierarchy-version': { N: '1' }, enc: { B: CiphertextBlob ?? key } };
        await database.client.send(new PutItemCommand({ TableName: table, Item }));
      }
    }
  });
});
