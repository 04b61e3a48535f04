import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { AttributeMap } from 'fieldseal/dynamodb';
import { type EncryptedDataKey, freezeContext, parseHeader, serializeContext, writeHeaderBody } from 'fieldseal/format';
import { multi } from 'fieldseal/kms';
import { describe, expect, it } from 'vitest';
import { aesKeyring, ann, codeOf, encryptor, flipped, SIGNED, withBytes } from './support.ts';

const NO_SALT = new Uint8Array(0);

/** Wraps a data key of the attacker's choice under the intermediate key scheme, for a raw AES key that the attacker shares. */
function wrapUnder(wrappingKey: Uint8Array, keyName: string, dataKey: Uint8Array, aad: Uint8Array): EncryptedDataKey {
  const gcm = (key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  };
  const intermediate = randomBytes(32);
  const iv = randomBytes(12);
  const keyEncryptionKey = new Uint8Array(hkdfSync('sha512', intermediate, NO_SALT, 'AWS_MPL_INTERMEDIATE_KEYWRAP_ENC', 32));
  return {
    providerId: 'test',
    providerInfo: Buffer.concat([Buffer.from(keyName), Buffer.from('000000800000000c', 'hex'), iv]),
    ciphertext: Buffer.concat([gcm(keyEncryptionKey, Buffer.alloc(12), dataKey), gcm(wrappingKey, iv, intermediate)]),
  };
}

describe('requirement 16: a header commits to one data key', () => {
  it('two recipients cannot be given two data keys under one header', async () => {
    const both = multi({ generator: aesKeyring(1), children: [aesKeyring(2)] });
    const genuine = await encryptor({ keyring: both }).encryptAttributes(ann);
    const header = parseHeader(genuine.aws_dbe_head?.B ?? new Uint8Array());
    const context = serializeContext(
      freezeContext([
        ['aws-crypto-table-name', 'users'],
        ['aws-crypto-partition-name', 'id'],
        ['aws-crypto-attr.id', Buffer.from('\0\x01ann', 'latin1').toString('base64')],
      ]),
    );
    const forged = wrapUnder(new Uint8Array(32).fill(2), 'aes-2', randomBytes(32), context);
    const [first, second] = header.encryptedDataKeys;
    if (first === undefined || second === undefined) throw new TypeError('two data keys were written');
    const body = writeHeaderBody({ ...header, encryptedDataKeys: [first, forged] });
    const bytes = Buffer.concat([body, header.commitment]);
    const footer = randomBytes(96);
    const item: AttributeMap = { ...genuine, aws_dbe_head: { B: bytes }, aws_dbe_foot: { B: footer } };
    const recipient = encryptor({ keyring: aesKeyring(2) });
    expect(await recipient.decryptAttributes(genuine)).toEqual(ann);
    expect(await recipient.explain(item)).toMatchObject({ code: 'NOT_AUTHENTIC', stage: 'commitment' });
    expect(await encryptor({ keyring: aesKeyring(1) }).explain(item)).toMatchObject({ code: 'NOT_AUTHENTIC', stage: 'commitment' });
  });
});

describe('requirement 16: suite and signature cannot be changed', () => {
  it('an edited flavor byte is malformed: the public key and the suite disagree', async () => {
    const signed = await encryptor({ algorithmSuiteId: SIGNED }).encryptAttributes(ann);
    const symmetric = await encryptor().encryptAttributes(ann);
    for (const item of [signed, symmetric]) {
      expect(await codeOf(() => encryptor().decryptAttributes(withBytes(item, 'aws_dbe_head', bytes => flipped(bytes, 1))))).toBe(
        'MALFORMED',
      );
    }
  });

  it('a downgrade that also takes the public key out of the header is not authentic', async () => {
    const signed = await encryptor({ algorithmSuiteId: SIGNED }).encryptAttributes(ann);
    const header = parseHeader(signed.aws_dbe_head?.B ?? new Uint8Array());
    const symmetric = parseHeader((await encryptor().encryptAttributes(ann)).aws_dbe_head?.B ?? new Uint8Array());
    const body = writeHeaderBody({ ...header, suite: symmetric.suite, context: symmetric.context });
    const item = withBytes(
      withBytes(signed, 'aws_dbe_head', () => Buffer.concat([body, header.commitment])),
      'aws_dbe_foot',
      bytes => bytes.subarray(0, 48),
    );
    expect(await codeOf(() => encryptor().decryptAttributes(item))).toBe('NOT_AUTHENTIC');
  });

  it('a stripped or foreign signature is not authentic', async () => {
    const signed = await encryptor({ algorithmSuiteId: SIGNED }).encryptAttributes(ann);
    const other = await encryptor({ algorithmSuiteId: SIGNED }).encryptAttributes(ann);
    const stripped = withBytes(signed, 'aws_dbe_foot', bytes => bytes.subarray(0, 48));
    const foreign = withBytes(signed, 'aws_dbe_foot', bytes =>
      Buffer.concat([bytes.subarray(0, 48), (other.aws_dbe_foot?.B ?? bytes).subarray(48)]),
    );
    expect(await codeOf(() => encryptor().decryptAttributes(stripped))).toBe('NOT_AUTHENTIC');
    expect(await encryptor().explain(foreign)).toMatchObject({ code: 'NOT_AUTHENTIC', stage: 'signature' });
  });

  it('a genuine item without signature opens, unless acceptSuites asks for one', async () => {
    const symmetric = await encryptor().encryptAttributes(ann);
    expect(await encryptor({ algorithmSuiteId: SIGNED }).decryptAttributes(symmetric)).toEqual(ann);
    expect(await codeOf(() => encryptor({ acceptSuites: [SIGNED] }).decryptAttributes(symmetric))).toBe('SUITE_NOT_ACCEPTED');
  });
});
