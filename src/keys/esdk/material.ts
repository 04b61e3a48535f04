import { Buffer } from 'node:buffer';
import {
  AlgorithmSuiteIdentifier,
  EncryptedDataKey as EsdkEncryptedDataKey,
  type KeyringNode,
  KeyringTraceFlag,
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
  unwrapDataKey,
} from '@aws-crypto/material-management-node';
import { copyKey, randomKey, zero } from '../../bytes/secret.ts';
import { FieldsealError } from '../../errors.ts';
import type { EncryptionContext } from '../../format/context.ts';
import type { EncryptedDataKey } from '../../format/header.ts';
import type { WrappedKey } from '../leaf.ts';

/** Any suite with 256-bit keys will do: keyrings read its key length alone, and it enters no authenticated data. */
const SUITE = new NodeAlgorithmSuite(AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY);
/** The ESDK for JavaScript serialises a whole context behind a 16-bit length. */
const MOST_CONTEXT_BYTES = 0xffff;

/** The names that raw keyrings of the ESDK carry. */
export interface NamedKeyring {
  readonly keyNamespace: string;
  readonly keyName: string;
}

/** What a leaf may want of an ESDK call. */
export interface MaterialOptions {
  /** Sees the context object that the keyring's KMS calls will carry. */
  readonly began?: (context: object) => void;
  /** Raw keyrings wrap a key that is there. Making it here spares their trip to the thread pool for random bytes. */
  readonly ownKeyOf?: NamedKeyring;
}

/** Lets a one-key ESDK keyring make and wrap a 256-bit key, or wrap one that is made here. */
export async function generateWith(keyring: KeyringNode, context: EncryptionContext, options: MaterialOptions): Promise<WrappedKey> {
  refuseLargeContext(context);
  const material = new NodeEncryptionMaterial(SUITE, context);
  options.began?.(material.encryptionContext);
  if (options.ownKeyOf !== undefined) {
    const { keyNamespace, keyName } = options.ownKeyOf;
    const trace = { keyNamespace, keyName, flags: KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY };
    material.setUnencryptedDataKey(randomKey(SUITE.keyLengthBytes), trace);
  }
  await keyring.onEncrypt(material);
  const [edk, ...others] = material.encryptedDataKeys;
  if (edk === undefined || others.length > 0 || !material.hasUnencryptedDataKey) {
    throw new FieldsealError(
      'KEYRING_REFUSED',
      `the keyring wrapped a key ${material.encryptedDataKeys.length} times; one keyring must wrap it once`,
    );
  }
  const key = takeKey(material);
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
  options: MaterialOptions,
): Promise<Uint8Array | undefined> {
  const { providerId, providerInfo, ciphertext } = encryptedKey;
  if (providerId === '' || providerInfo.length === 0) return undefined;
  refuseLargeContext(context);
  const material = new NodeDecryptionMaterial(SUITE, context);
  options.began?.(material.encryptionContext);
  const edk = new EsdkEncryptedDataKey({
    providerId,
    providerInfo: Buffer.from(providerInfo).toString('utf8'),
    rawInfo: Uint8Array.from(providerInfo),
    encryptedDataKey: Uint8Array.from(ciphertext),
  });
  await keyring.onDecrypt(material, [edk]);
  if (!material.hasUnencryptedDataKey) return undefined;
  return takeKey(material);
}

/** Takes the key out of a material and leaves nothing of it behind. */
function takeKey(material: NodeEncryptionMaterial | NodeDecryptionMaterial): Uint8Array {
  const exported = unwrapDataKey(material.getUnencryptedDataKey());
  const key = copyKey(exported);
  material.zeroUnencryptedDataKey();
  zero(exported);
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
