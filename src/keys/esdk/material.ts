import { Buffer } from 'node:buffer';
import {
  AlgorithmSuiteIdentifier,
  EncryptedDataKey as EsdkEncryptedDataKey,
  type KeyringNode,
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
  unwrapDataKey,
} from '@aws-crypto/material-management-node';
import { copyKey } from '../../bytes/secret.ts';
import { FieldsealError } from '../../errors.ts';
import type { EncryptionContext } from '../../format/context.ts';
import type { EncryptedDataKey } from '../../format/header.ts';
import type { WrappedKey } from '../leaf.ts';

/** Any suite with 256-bit keys will do: keyrings read its key length alone, and it enters no authenticated data. */
const SUITE = new NodeAlgorithmSuite(AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY);
/** The ESDK for JavaScript serialises a whole context behind a 16-bit length. */
const MOST_CONTEXT_BYTES = 0xffff;

/** Lets a one-key ESDK keyring make and wrap a 256-bit key. `began` sees the context object that its KMS calls will carry. */
export async function generateWith(
  keyring: KeyringNode,
  context: EncryptionContext,
  began: (context: object) => void,
): Promise<WrappedKey> {
  refuseLargeContext(context);
  const material = new NodeEncryptionMaterial(SUITE, context);
  began(material.encryptionContext);
  await keyring.onEncrypt(material);
  const [edk, ...others] = material.encryptedDataKeys;
  if (edk === undefined || others.length > 0 || !material.hasUnencryptedDataKey) {
    throw new FieldsealError(
      'KEYRING_REFUSED',
      `the keyring wrapped a key ${material.encryptedDataKeys.length} times; one keyring must wrap it once`,
    );
  }
  const key = copyKey(unwrapDataKey(material.getUnencryptedDataKey()));
  material.zeroUnencryptedDataKey();
  const encryptedKey = {
    providerId: edk.providerId,
    providerInfo: edk.rawInfo ?? Buffer.from(edk.providerInfo, 'utf8'),
    ciphertext: edk.encryptedDataKey,
  };
  return { key, encryptedKey };
}

/** Lets a one-key ESDK keyring unwrap a key; undefined when it did not, for whatever reason. */
export async function unwrapWith(
  keyring: KeyringNode,
  encryptedKey: EncryptedDataKey,
  context: EncryptionContext,
  began: (context: object) => void,
): Promise<Uint8Array | undefined> {
  const { providerId, providerInfo, ciphertext } = encryptedKey;
  if (providerId === '' || providerInfo.length === 0) return undefined;
  refuseLargeContext(context);
  const material = new NodeDecryptionMaterial(SUITE, context);
  began(material.encryptionContext);
  const edk = new EsdkEncryptedDataKey({
    providerId,
    providerInfo: Buffer.from(providerInfo).toString('utf8'),
    rawInfo: Uint8Array.from(providerInfo),
    encryptedDataKey: Uint8Array.from(ciphertext),
  });
  await keyring.onDecrypt(material, [edk]);
  if (!material.hasUnencryptedDataKey) return undefined;
  const key = copyKey(unwrapDataKey(material.getUnencryptedDataKey()));
  material.zeroUnencryptedDataKey();
  return key;
}

function refuseLargeContext(context: EncryptionContext): void {
  let bytes = 2;
  for (const [key, value] of Object.entries(context)) bytes += 4 + Buffer.byteLength(key) + Buffer.byteLength(value);
  if (bytes > MOST_CONTEXT_BYTES) {
    throw new FieldsealError(
      'ATTRIBUTE_INVALID',
      `the encryption context has ${bytes} bytes; keyrings of the AWS Encryption SDK for JavaScript take ${MOST_CONTEXT_BYTES}: put fewer or shorter attributes into it`,
    );
  }
}
