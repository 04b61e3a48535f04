import { AwsKmsMrkAwareSymmetricKeyringNode, buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const kms = new FakeKms();
// The ESDK's types do not fit the SDK's own clients under exactOptionalPropertyTypes.
const clientOf = (region: string) => kms.client({ region }) as never;
const plaintext = Buffer.from('a message');
const context = { tenant: 'a' };

beforeEach(() => kms.reset());
afterAll(() => kms.close());

describe('the keyrings of the AWS Encryption SDK', () => {
  it('KmsKeyringNode takes client objects from its client provider', async () => {
    const { arn } = kms.createKey();
    const keyring = new KmsKeyringNode({ clientProvider: clientOf, generatorKeyId: arn });
    const { result } = await encrypt(keyring, plaintext, { encryptionContext: context });
    const opened = await decrypt(keyring, result);
    expect(opened.plaintext).toEqual(plaintext);
    expect(kms.calls.map(({ operation, region, outcome }) => ({ operation, region, outcome }))).toEqual([
      { operation: 'GenerateDataKey', region: 'us-east-1', outcome: 'ok' },
      { operation: 'Decrypt', region: 'us-east-1', outcome: 'ok' },
    ]);
    expect(kms.calls[0]?.encryptionContext).toMatchObject(context);
  });

  it('AwsKmsMrkAwareSymmetricKeyringNode opens in the region of a replica', async () => {
    const { arn, replicaArns } = kms.createKey({ replicaRegions: ['eu-west-1'] });
    const home = new AwsKmsMrkAwareSymmetricKeyringNode({ client: clientOf('us-east-1'), keyId: arn });
    const away = new AwsKmsMrkAwareSymmetricKeyringNode({ client: clientOf('eu-west-1'), keyId: String(replicaArns[0]) });
    const { result } = await encrypt(home, plaintext, { encryptionContext: context });
    expect((await decrypt(away, result)).plaintext).toEqual(plaintext);
  });

  it('a key that is disabled no longer opens', async () => {
    const { arn } = kms.createKey();
    const keyring = new KmsKeyringNode({ clientProvider: clientOf, generatorKeyId: arn });
    const { result } = await encrypt(keyring, plaintext);
    await kms.client().disableKey({ KeyId: arn });
    await expect(decrypt(keyring, result)).rejects.toThrow('is disabled');
  });
});
