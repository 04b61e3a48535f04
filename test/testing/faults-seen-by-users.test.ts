import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, type FieldsealErrorCode, key, table } from 'fieldseal';
import { encryptedDocumentClient, itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, kms } from 'fieldseal/kms';
import { FakeKms, type KmsFaultKind } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { testKeyStore } from '../support/key-stores.ts';
import { withTransactions } from '../support/transactions.ts';

const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();
const users = table('users', { id: key.partition(), email: encrypted<string>() });
const ann = { id: 'u-1', email: 'ann@example.com' };

beforeEach(() => fakeKms.reset());
afterAll(() => fakeKms.close());

function encryptor(maxAttempts = 1) {
  return itemEncryptor({ table: users, keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client({ maxAttempts }) }) });
}

interface Seen {
  readonly code: FieldsealErrorCode;
  readonly retryable: boolean;
}
const unavailable: Seen = { code: 'KEY_UNAVAILABLE', retryable: true };
const denied: Seen = { code: 'KEY_ACCESS_DENIED', retryable: false };
const notAuthentic: Seen = { code: 'NOT_AUTHENTIC', retryable: false };

describe('what a fault of KMS is to those who use the package', () => {
  it.each<[KmsFaultKind, Seen]>([
    ['throttle', unavailable],
    ['timeout', unavailable],
    ['outage', unavailable],
    ['internal', unavailable],
    ['access-denied', denied],
    ['disabled', denied],
    ['pending-deletion', denied],
    ['wrong-region', { code: 'KEY_NOT_FOUND', retryable: false }],
  ])('%s, of writing and of reading', async (error, seen) => {
    const { encryptItem, decryptItem } = encryptor();
    const stored = await encryptItem(ann);
    const fault = fakeKms.fail({ error });
    await expect(encryptItem(ann)).rejects.toMatchObject(seen);
    await expect(decryptItem(stored)).rejects.toMatchObject(seen);
    expect(fault.hits).toBe(2);
    fault.remove();
    expect(await decryptItem(stored)).toEqual(ann);
  });

  it.each<KmsFaultKind>(['wrong-key', 'wrong-plaintext'])('%s, of reading: no garbage comes out', async error => {
    const { encryptItem, decryptItem } = encryptor();
    using fault = fakeKms.fail({ error });
    const stored = await encryptItem(ann);
    expect(fault.hits).toBe(0);
    await expect(decryptItem(stored)).rejects.toMatchObject(notAuthentic);
    expect(fault.hits).toBe(1);
    fault.remove();
    expect(await decryptItem(stored)).toEqual(ann);
  });

  it('latency, of a read that is late', async () => {
    const { encryptItem, decryptItem } = encryptor();
    const stored = await encryptItem(ann);
    fakeKms.fail({ operation: 'Decrypt', latencyMs: 60 });
    const start = performance.now();
    expect(await decryptItem(stored)).toEqual(ann);
    expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  });

  it.each<KmsFaultKind>(['throttle', 'timeout', 'outage', 'internal'])('%s that ends, which the SDK sits out', async error => {
    const { encryptItem, decryptItem } = encryptor(3);
    const fault = fakeKms.fail({ error, times: 2 });
    expect(await decryptItem(await encryptItem(ann))).toEqual(ann);
    expect(fault.hits).toBe(2);
  });

  it('an outage writes nothing, and lasts until it is removed', async () => {
    await using database = await testDatabase();
    await database.createTable('users-test', 'id');
    const plain = DynamoDBDocumentClient.from(database.client);
    const keyring = kms({ kmsKeyId: arn, kmsClient: fakeKms.client({ maxAttempts: 1 }) });
    const db = encryptedDocumentClient(plain, { tables: [users.at('users-test')], keyring });
    const put = new PutCommand({ TableName: 'users-test', Item: ann });
    const get = new GetCommand({ TableName: 'users-test', Key: { id: ann.id } });

    const outage = fakeKms.fail({ error: 'outage' });
    for (const _ of [1, 2, 3]) await expect(db.send(put)).rejects.toMatchObject(unavailable);
    expect((await plain.send(get)).Item).toBeUndefined();
    outage.remove();
    await db.send(put);
    expect((await db.send(get)).Item).toEqual(ann);
  });
});

describe('what a fault of KMS is to those who use branch keys', () => {
  it.each<[KmsFaultKind, Seen]>([
    ['outage', unavailable],
    ['access-denied', denied],
    ['wrong-key', { code: 'MALFORMED', retryable: false }], // of the record in the key store
    ['wrong-plaintext', notAuthentic],
  ])('%s, of reading the branch key', async (error, seen) => {
    await using database = await testDatabase();
    const client = withTransactions(database.client);
    const store = (await testKeyStore(client, fakeKms.client({ maxAttempts: 1 }), arn)).ours();
    const { branchKeyId } = await store.createKey();
    // A keyring of its own for each, so that no branch key is cached.
    const encryptorOf = () =>
      itemEncryptor({ table: users, keyring: hierarchical({ keyStore: store, branchKey: branchKeyId, ttlSeconds: 60 }) });
    const stored = await encryptorOf().encryptItem(ann);
    {
      using fault = fakeKms.fail({ operation: 'Decrypt', error });
      await expect(encryptorOf().decryptItem(stored)).rejects.toMatchObject(seen);
      expect(fault.hits).toBeGreaterThan(0);
    }
    expect(await encryptorOf().decryptItem(stored)).toEqual(ann);
  });
});
