import { Buffer } from 'node:buffer';
import { type CipherGCMTypes, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { compareBytes } from '../bytes/compare.ts';
import { isAllZero, randomKey } from '../bytes/secret.ts';
import { utf8 } from '../bytes/utf8.ts';
import { FieldsealError } from '../errors.ts';
import type { EncryptionContext } from '../format/context.ts';
import type { EncryptedDataKey } from '../format/header.ts';
import { IV_LENGTH, openKey, sealKey } from './aes-gcm.ts';
import type { Leaf, WrappedKey } from './leaf.ts';

const INTERMEDIATE_KEY_LENGTH = 32;
/** After the key name, a provider info holds the tag length in bits, the IV length in bytes and the IV (raw-aes-keyring.md). */
const INFO_SUFFIX = Buffer.from('000000800000000c', 'hex');

const ALGORITHMS: ReadonlyMap<number, CipherGCMTypes> = new Map([
  [16, 'aes-128-gcm'],
  [24, 'aes-192-gcm'],
  [32, 'aes-256-gcm'],
]);

/** What a raw AES key calls itself in an item. */
export class RawAesProvider {
  readonly keyNamespace: string;
  /** What messages call it. */
  readonly name: string;
  readonly #infoPrefix: Uint8Array;

  constructor(keyNamespace: string, keyName: string) {
    this.keyNamespace = keyNamespace;
    this.name = `raw AES key ${keyNamespace}/${keyName}`;
    this.#infoPrefix = Buffer.concat([utf8(keyName), INFO_SUFFIX]);
  }

  /** The provider info of a key that was wrapped with this IV. */
  infoWith(iv: Uint8Array): Uint8Array {
    return Buffer.concat([this.#infoPrefix, iv]);
  }

  /** The IV of a wrapped key; undefined when another key wrapped it. */
  ivOf({ providerId, providerInfo }: EncryptedDataKey): Uint8Array | undefined {
    const prefixLength = this.#infoPrefix.length;
    if (providerId !== this.keyNamespace || providerInfo.length !== prefixLength + IV_LENGTH) return undefined;
    return compareBytes(providerInfo.subarray(0, prefixLength), this.#infoPrefix) === 0 ? providerInfo.subarray(prefixLength) : undefined;
  }
}

/** An AES key that the caller holds (raw-aes-keyring.md). Its bytes are those of the AWS Encryption SDK's keyring; a test compares the two. */
export class RawAesLeaf implements Leaf {
  readonly name: string;
  readonly #provider: RawAesProvider;
  readonly #wrappingKey: KeyObject;
  readonly #algorithm: CipherGCMTypes;

  /** Copies the key. Throws CONFIG_INVALID for one that AES cannot use, or of zeros alone. */
  constructor(provider: RawAesProvider, wrappingKey: Uint8Array) {
    const algorithm = wrappingKey instanceof Uint8Array ? ALGORITHMS.get(wrappingKey.length) : undefined;
    if (algorithm === undefined) {
      throw new FieldsealError(
        'CONFIG_INVALID',
        "rawAes: wrappingKey must be 16, 24 or 32 bytes; decode a text first: Buffer.from(text, 'base64')",
      );
    }
    if (isAllZero(wrappingKey))
      throw new FieldsealError('CONFIG_INVALID', 'rawAes: wrappingKey is all zeros; was it read, or zeroed meanwhile?');
    this.name = provider.name;
    this.#provider = provider;
    this.#wrappingKey = createSecretKey(wrappingKey);
    this.#algorithm = algorithm;
    Object.freeze(this);
  }

  async generate(_: EncryptionContext, aad: Uint8Array): Promise<WrappedKey> {
    const key = randomKey(INTERMEDIATE_KEY_LENGTH);
    const iv = randomBytes(IV_LENGTH);
    const ciphertext = sealKey(key, { wrappingKey: this.#wrappingKey, iv, aad, algorithm: this.#algorithm });
    return { key, encryptedKey: { providerId: this.#provider.keyNamespace, providerInfo: this.#provider.infoWith(iv), ciphertext } };
  }

  async unwrap(encryptedKey: EncryptedDataKey, _: EncryptionContext, aad: Uint8Array): Promise<Uint8Array | undefined> {
    const iv = this.#provider.ivOf(encryptedKey);
    if (iv === undefined) return undefined;
    return openKey(encryptedKey.ciphertext, { wrappingKey: this.#wrappingKey, iv, aad, algorithm: this.#algorithm });
  }
}
