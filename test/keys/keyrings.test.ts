import { generateKeyPairSync } from 'node:crypto';
import {
  KmsKeyringNode,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node';
import { inspectItem } from 'fieldseal/dynamodb';
import { parseHeader } from 'fieldseal/format';
import { kms, kmsDiscovery, mrk, multi, rawAes, rawRsa } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aesKeyring, ann, codeOf, encryptor } from '../security/support.ts';

const fake = new FakeKms();
const [first, second, third] = [fake.createKey().arn, fake.createKey().arn, fake.createKey().arn];
const kmsClient = fake.client();
// The ESDK's type asks for its own KMS class.
const clientProvider = () => kmsClient as never;
const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const esdkAes = (utf8Sorting?: boolean) =>
  new RawAesKeyringNode({
    keyNamespace: 'test',
    keyName: 'aes-1',
    unencryptedMasterKey: new Uint8Array(32).fill(1),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    ...(utf8Sorting !== undefined && { utf8Sorting }),
  });

beforeEach(() => fake.reset());
afterAll(() => fake.close());

async function roundTrip(keyring: Parameters<typeof multi>[0]['generator'] & object, reader = keyring): Promise<readonly string[]> {
  const stored = await encryptor({ keyring }).encryptAttributes(ann);
  expect(await encryptor({ keyring: reader }).decryptAttributes(stored)).toEqual(ann);
  return inspectItem(stored).encryptedDataKeys.map(edk => edk.providerId);
}

describe('keyrings of the AWS Encryption SDK for JavaScript', () => {
  it('are accepted as they are', async () => {
    expect(await roundTrip(esdkAes(true), aesKeyring(1))).toEqual(['test']);
    expect(
      await roundTrip(
        new RawRsaKeyringNode({ keyNamespace: 'test', keyName: 'rsa', rsaKey: rsa, oaepHash: 'sha256' }),
        rawRsa({ keyNamespace: 'test', keyName: 'rsa', ...rsa }),
      ),
    ).toEqual(['test']);
    expect(await roundTrip(new KmsKeyringNode({ clientProvider, generatorKeyId: first }), kms({ kmsKeyId: first, kmsClient }))).toEqual([
      'aws-kms',
    ]);
  });

  it('with several keys are unpacked: generator first, an intermediate key for each', async () => {
    const keyring = new MultiKeyringNode({
      generator: new KmsKeyringNode({ clientProvider, generatorKeyId: first, keyIds: [second] }),
      children: [new MultiKeyringNode({ children: [new KmsKeyringNode({ clientProvider, keyIds: [third] })] }), esdkAes(true)],
    });
    const stored = await encryptor({ keyring }).encryptAttributes(ann);
    expect(inspectItem(stored).encryptedDataKeys.map(edk => edk.providerInfo.split(' ')[0])).toEqual([first, second, third, 'aes-1']);
    expect(fake.calls.map(call => call.operation)).toEqual(['GenerateDataKey', 'GenerateDataKey', 'GenerateDataKey']);
    const prefixes = parseHeader(stored.aws_dbe_head?.B ?? new Uint8Array()).encryptedDataKeys.map(edk =>
      Buffer.from(edk.ciphertext.subarray(0, 48)).toString('hex'),
    );
    expect(new Set(prefixes).size).toBe(4);
    for (const kmsKeyId of [first, second, third]) {
      expect(await encryptor({ keyring: kms({ kmsKeyId, kmsClient }) }).decryptAttributes(stored)).toEqual(ann);
    }
    expect(await encryptor({ keyring: aesKeyring(1) }).decryptAttributes(stored)).toEqual(ann);
  });

  it('without utf8Sorting are refused, with the fix', () => {
    for (const keyring of [esdkAes(), esdkAes(false)]) {
      expect(() => encryptor({ keyring })).toThrow(
        expect.objectContaining({ code: 'KEYRING_REFUSED', message: expect.stringContaining('utf8Sorting: true') }),
      );
    }
  });

  it('of another copy of the packages, and other objects, are refused with a way to find out', () => {
    const stranger = { onEncrypt: async () => undefined, onDecrypt: async () => undefined };
    expect(() => encryptor({ keyring: stranger as never })).toThrow(
      expect.objectContaining({ code: 'KEYRING_REFUSED', message: expect.stringContaining('npm ls') }),
    );
    expect(() => encryptor({ keyring: undefined as never })).toThrow(expect.objectContaining({ code: 'KEYRING_REFUSED' }));
  });
});

describe('keyrings that only read', () => {
  it.each([
    ['a multi-keyring without generator', multi({ children: [aesKeyring(1)] })],
    ['an RSA keyring without public key', rawRsa({ keyNamespace: 'test', keyName: 'rsa', privateKey: rsa.privateKey })],
    ['a KMS keyring of the ESDK without generator', new KmsKeyringNode({ clientProvider, keyIds: [first] })],
  ])('%s', async (_, keyring) => {
    expect(await codeOf(() => encryptor({ keyring }).encryptAttributes(ann))).toBe('KEYRING_REFUSED');
  });

  it('a public key alone cannot decrypt', async () => {
    const stored = await encryptor({
      keyring: rawRsa({ keyNamespace: 'test', keyName: 'rsa', publicKey: rsa.publicKey }),
    }).encryptAttributes(ann);
    expect(
      await encryptor({ keyring: rawRsa({ keyNamespace: 'test', keyName: 'rsa', privateKey: rsa.privateKey }) }).decryptAttributes(stored),
    ).toEqual(ann);
    const half = encryptor({ keyring: rawRsa({ keyNamespace: 'test', keyName: 'rsa', publicKey: rsa.publicKey }) });
    expect(await codeOf(() => half.decryptAttributes(stored))).toBe('NOT_AUTHENTIC');
  });
});

describe('raw keyrings', () => {
  it.each([16, 24, 32])('AES with %i bytes', async length => {
    await roundTrip(rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: new Uint8Array(length).fill(7) }));
  });

  it.each(['OAEP_SHA1_MGF1', 'OAEP_SHA256_MGF1', 'OAEP_SHA384_MGF1', 'OAEP_SHA512_MGF1'] as const)('RSA with %s', async paddingScheme => {
    await roundTrip(rawRsa({ keyNamespace: 'n', keyName: 'k', ...rsa, paddingScheme }));
  });

  it.each([
    ['an AES key of 31 bytes', () => rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: new Uint8Array(31) })],
    ['no AES key', () => rawAes({ keyNamespace: 'n', keyName: 'k' } as never)],
    ['no key name', () => rawAes({ keyNamespace: 'n', keyName: '', wrappingKey: new Uint8Array(32) })],
    ['no RSA key', () => rawRsa({ keyNamespace: 'n', keyName: 'k' })],
    ['an unknown padding', () => rawRsa({ keyNamespace: 'n', keyName: 'k', ...rsa, paddingScheme: 'NONE' as never })],
    ['no keyring at all', () => multi({})],
    ['no KMS key', () => kms({ kmsKeyId: '' })],
    ['a KMS key that is none', () => kms({ kmsKeyId: 'arn:aws:s3:::bucket' })],
  ])('%s is CONFIG_INVALID', async (_, make) => {
    expect(await codeOf(make)).toBe('CONFIG_INVALID');
  });

  it('a wrapping key is copied', async () => {
    const wrappingKey = new Uint8Array(32).fill(5);
    const keyring = rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey });
    wrappingKey.fill(0);
    await roundTrip(keyring, rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: new Uint8Array(32).fill(5) }));
  });

  it('print their names, and no key', () => {
    expect(JSON.stringify(multi({ generator: aesKeyring(65), children: [aesKeyring(66)] }))).toBe(
      '{"keyring":["raw AES key test/aes-65","raw AES key test/aes-66"]}',
    );
  });
});

describe('KMS keys', () => {
  it('of the European Sovereign Cloud open, as multi-region keys and under a discovery filter', async () => {
    const { arn } = fake.createKey({ region: 'eusc-de-east-1', replicaRegions: [] });
    expect(arn).toMatch(/^arn:aws-eusc:kms:eusc-de-east-1:111122223333:key\/mrk-/);
    const sovereign = fake.client({ region: 'eusc-de-east-1' });
    const discoveryFilter = { partition: 'aws-eusc', accountIDs: ['111122223333'] };
    await roundTrip(mrk({ kmsKeyId: arn, kmsClient: sovereign }));
    await roundTrip(mrk({ kmsKeyId: arn, kmsClient: sovereign }), kmsDiscovery({ discoveryFilter, kmsClient: sovereign }));
    const stored = await encryptor({ keyring: mrk({ kmsKeyId: arn, kmsClient: sovereign }) }).encryptAttributes(ann);
    const elsewhere = kmsDiscovery({ discoveryFilter: { ...discoveryFilter, partition: 'aws' }, kmsClient: sovereign });
    expect(await codeOf(() => encryptor({ keyring: elsewhere }).decryptAttributes(stored))).toBe('KEY_NOT_FOUND');
  });

  it('by alias or bare id encrypt, and say that they open nothing', async () => {
    const { arn, keyId } = fake.createKey({ alias: 'alias/app' });
    for (const factory of [kms, mrk]) {
      for (const kmsKeyId of ['alias/app', keyId, 'arn:aws:kms:us-east-1:111122223333:alias/app']) {
        const keyring = factory({ kmsKeyId, kmsClient });
        const stored = await encryptor({ keyring }).encryptAttributes(ann);
        const message = `KMS key ${kmsKeyId} cannot be told to be that of the item's data key; give the key's ARN: an alias or key id only encrypts`;
        const failure = { code: 'KEY_NOT_FOUND', message };
        await expect(encryptor({ keyring }).decryptAttributes(stored)).rejects.toMatchObject(failure);
        expect(
          await encryptor({ keyring: multi({ children: [keyring, kms({ kmsKeyId: arn, kmsClient })] }) }).decryptAttributes(stored),
        ).toEqual(ann);
      }
    }
  });

  it('by alias hide no failure of another key', async () => {
    fake.createKey({ alias: 'alias/other' });
    const stored = await encryptor({ keyring: kms({ kmsKeyId: first, kmsClient }) }).encryptAttributes(ann);
    const keyring = multi({ children: [kms({ kmsKeyId: 'alias/other', kmsClient }), kms({ kmsKeyId: first, kmsClient })] });
    expect(await codeOf(() => encryptor({ keyring }).decryptAttributes({ ...stored, id: { S: 'bob' } }))).toBe('NOT_AUTHENTIC');
  });
});

describe('where AWS is not configured', () => {
  beforeEach(() => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  });
  afterEach(() => vi.unstubAllEnvs());

  it.each(['alias/app', '5f6b3dcc-f168-42dc-be3e-3a56b1e9e821'])('%s without a region is told what to give', async kmsKeyId => {
    for (const factory of [kms, mrk])
      await expect(encryptor({ keyring: factory({ kmsKeyId }) }).encryptAttributes(ann)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        retryable: false,
        message: "KMS cannot be called without a valid region: give the key's ARN, or region",
      });
  });

  it('missing credentials are told', async () => {
    await expect(encryptor({ keyring: kms({ kmsKeyId: first }) }).encryptAttributes(ann)).rejects.toMatchObject({
      code: 'KEY_ACCESS_DENIED',
      message: `KMS key ${first} was not called: no AWS credentials were found; check the environment, the profile or the role`,
    });
  });
});
