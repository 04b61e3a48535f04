import { KmsKeyringNode } from '@aws-crypto/client-node';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { kms, kmsDiscovery, multi } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aesKeyring, ann, codeOf, encryptor, S, SIGNED, SYMMETRIC, tenantUsers } from './support.ts';

const fake = new FakeKms();
const foreign = new FakeKms({ account: '999988887777' });
const kmsClient = fake.client({ maxAttempts: 1 });
const { arn } = fake.createKey();
const discoveryFilter = { partition: 'aws', accountIDs: ['111122223333'] };

beforeEach(() => {
  fake.reset();
  foreign.reset();
});
afterAll(async () => {
  await fake.close();
  await foreign.close();
});

describe('requirement 9: what a reader refuses before any key is used', () => {
  it('an item with more encrypted data keys than maxEncryptedDataKeys', async () => {
    const keys = Array.from({ length: 254 }, (_, i) => aesKeyring(i + 1));
    const keyring = multi({ generator: kms({ kmsKeyId: arn, kmsClient }), children: keys });
    const stored = await encryptor({ keyring, maxEncryptedDataKeys: 255 }).encryptAttributes(ann);
    fake.reset();
    expect(await codeOf(() => encryptor({ keyring: kms({ kmsKeyId: arn, kmsClient }) }).decryptAttributes(stored))).toBe(
      'TOO_MANY_DATA_KEYS',
    );
    expect(fake.count()).toBe(0);
    expect(await encryptor({ keyring, maxEncryptedDataKeys: 255 }).decryptAttributes(stored)).toEqual(ann);
  });

  it('a keyring with more keys than its own reader would accept', async () => {
    const keyring = multi({ generator: aesKeyring(1), children: Array.from({ length: 10 }, (_, i) => aesKeyring(i + 2)) });
    expect(await codeOf(() => encryptor({ keyring }))).toBe('CONFIG_INVALID');
  });

  it('the data key of a foreign account, under discovery', async () => {
    const foreignKeyring = kms({ kmsKeyId: foreign.createKey().arn, kmsClient: foreign.client() });
    const stored = await encryptor({ keyring: foreignKeyring }).encryptAttributes(ann);
    const reader = encryptor({ keyring: kmsDiscovery({ discoveryFilter, kmsClient }) });
    expect(await codeOf(() => reader.decryptAttributes(stored))).toBe('KEY_NOT_FOUND');
    expect(fake.count()).toBe(0);
    const own = await encryptor({ keyring: kms({ kmsKeyId: arn, kmsClient }) }).encryptAttributes(ann);
    expect(await reader.decryptAttributes(own)).toEqual(ann);
  });

  it('discovery without a filter, of this library and of the AWS Encryption SDK', async () => {
    expect(await codeOf(() => kmsDiscovery({ kmsClient } as never))).toBe('CONFIG_INVALID');
    expect(await codeOf(() => encryptor({ keyring: new KmsKeyringNode({ discovery: true }) }))).toBe('KEYRING_REFUSED');
  });

  it('discovery cannot encrypt', async () => {
    expect(await codeOf(() => encryptor({ keyring: kmsDiscovery({ discoveryFilter, kmsClient }) }).encryptAttributes(ann))).toBe(
      'KEYRING_REFUSED',
    );
    expect(fake.count()).toBe(0);
  });

  it.each([
    ['of another value', { tenantId: 'b' }],
    ['that is absent', { region: 'eu' }],
    ['named in full', { 'aws-crypto-table-name': 'others' }],
  ])('a required context entry %s', async (_, requiredEncryptionContext) => {
    const keyring = kms({ kmsKeyId: arn, kmsClient });
    const stored = await itemEncryptor({ table: tenantUsers, keyring }).encryptAttributes({ id: S('1'), tenantId: S('a'), ssn: S('x') });
    fake.reset();
    const reader = itemEncryptor({ table: tenantUsers, keyring, requiredEncryptionContext });
    expect(await codeOf(() => reader.decryptAttributes(stored))).toBe('CONTEXT_MISMATCH');
    expect(fake.count()).toBe(0);
    const right = itemEncryptor({
      table: tenantUsers,
      keyring,
      requiredEncryptionContext: { tenantId: 'a', 'aws-crypto-table-name': 'tenant-users' },
    });
    expect(await right.decryptAttributes(stored)).toMatchObject({ ssn: S('x') });
  });

  it('a suite that acceptSuites does not name; both are accepted by default', async () => {
    const symmetric = await encryptor({ algorithmSuiteId: SYMMETRIC }).encryptAttributes(ann);
    const signed = await encryptor({ algorithmSuiteId: SIGNED }).encryptAttributes(ann);
    expect(await codeOf(() => encryptor({ acceptSuites: [SIGNED] }).decryptAttributes(symmetric))).toBe('SUITE_NOT_ACCEPTED');
    expect(await codeOf(() => encryptor({ acceptSuites: [SYMMETRIC] }).decryptAttributes(signed))).toBe('SUITE_NOT_ACCEPTED');
    expect(await encryptor({ algorithmSuiteId: SIGNED }).decryptAttributes(symmetric)).toEqual(ann);
    expect(await encryptor({ algorithmSuiteId: SYMMETRIC }).decryptAttributes(signed)).toEqual(ann);
  });
});
