import { KmsKeyringNode, MultiKeyringNode } from '@aws-crypto/client-node';
import { kms, mrk, multi } from 'fieldseal/kms';
import { FakeKms, type KmsFaultKind } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aesKeyring, ann, encryptor } from './support.ts';

const fake = new FakeKms();
const { arn } = fake.createKey();
const other = fake.createKey().arn;
const multiRegion = fake.createKey({ replicaRegions: [] }).arn;
const kmsClient = fake.client({ maxAttempts: 1 });
// The ESDK's type asks for its own KMS class.
const clientProvider = () => kmsClient as never;

const KEYRINGS = {
  kms: kms({ kmsKeyId: arn, kmsClient }),
  mrk: mrk({ kmsKeyId: multiRegion, kmsClient }),
  'KmsKeyringNode of the AWS Encryption SDK': new KmsKeyringNode({ clientProvider, generatorKeyId: arn, keyIds: [other] }),
  'MultiKeyringNode of the AWS Encryption SDK': new MultiKeyringNode({
    generator: new KmsKeyringNode({ clientProvider, generatorKeyId: arn }),
    children: [new KmsKeyringNode({ clientProvider, keyIds: [other] })],
  }),
  'multi, after an AES key that does not fit': multi({ generator: aesKeyring(9), children: [kms({ kmsKeyId: arn, kmsClient })] }),
};
const OUTCOMES: ReadonlyArray<readonly [KmsFaultKind, { code: string; retryable: boolean; cause?: object }]> = [
  ['throttle', { code: 'KEY_UNAVAILABLE', retryable: true, cause: { name: 'ThrottlingException', status: 400 } }],
  ['internal', { code: 'KEY_UNAVAILABLE', retryable: true, cause: { name: 'KMSInternalException', status: 500 } }],
  ['timeout', { code: 'KEY_UNAVAILABLE', retryable: true }],
  ['access-denied', { code: 'KEY_ACCESS_DENIED', retryable: false, cause: { name: 'AccessDeniedException' } }],
  ['disabled', { code: 'KEY_ACCESS_DENIED', retryable: false, cause: { name: 'DisabledException' } }],
  ['wrong-region', { code: 'KEY_NOT_FOUND', retryable: false }],
];

beforeEach(() => fake.reset());
afterAll(() => fake.close());

describe.each(Object.entries(KEYRINGS))('requirement 11: a failure of KMS is told from a damaged item: %s', (_, keyring) => {
  it.each(OUTCOMES)('%s', async (error, expected) => {
    const stored = await encryptor({ keyring }).encryptAttributes(ann);
    const damaged = keyring === KEYRINGS['multi, after an AES key that does not fit'];
    const reader = encryptor({
      keyring: damaged ? multi({ generator: aesKeyring(8, 'aes-9'), children: [kms({ kmsKeyId: arn, kmsClient })] }) : keyring,
    });
    fake.fail({ operation: 'Decrypt', error });
    await expect(reader.decryptAttributes(stored)).rejects.toMatchObject(expected);
    fake.reset();
    fake.fail({ operation: 'GenerateDataKey', error });
    await expect(encryptor({ keyring }).encryptAttributes(ann)).rejects.toMatchObject(expected);
  });

  it('a second key opens what the first cannot reach', async () => {
    const both = multi({ generator: keyring, children: [aesKeyring(3)] });
    const stored = await encryptor({ keyring: both }).encryptAttributes(ann);
    fake.fail({ operation: 'Decrypt', error: 'throttle' });
    expect(await encryptor({ keyring: both }).decryptAttributes(stored)).toEqual(ann);
  });
});

describe('requirement 11: concurrent calls', () => {
  it('keep their failures apart', async () => {
    const keyring = kms({ kmsKeyId: arn, kmsClient });
    const stored = await Promise.all(Array.from({ length: 20 }, () => encryptor({ keyring }).encryptAttributes(ann)));
    const reader = encryptor({ keyring });
    fake.fail({ operation: 'Decrypt', error: 'throttle', times: 10 });
    const outcomes = await Promise.allSettled(stored.map(item => reader.decryptAttributes(item)));
    expect(outcomes.filter(outcome => outcome.status === 'fulfilled')).toHaveLength(10);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
  });
});
