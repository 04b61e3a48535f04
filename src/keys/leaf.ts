import type { EncryptionContext } from '../format/context.ts';
import type { EncryptedDataKey } from '../format/header.ts';

/** A fresh 256-bit intermediate key and its wrapping. The receiver owns `key` and zeroes it. */
export interface WrappedKey {
  readonly key: Uint8Array;
  readonly encryptedKey: EncryptedDataKey;
}

/**
 * The one port between the format and the keys: wraps or unwraps one intermediate key under one wrapping key and an encryption context,
 * which leaves also get as the bytes that keyrings authenticate (`aad`).
 * Failures are FieldsealErrors: KEY_ACCESS_DENIED, KEY_UNAVAILABLE (retryable), KEY_NOT_FOUND, and NOT_AUTHENTIC when a key of this leaf
 * was tried and did not fit.
 */
export interface Leaf {
  /** What messages call it: the kind and the key's id, never key material. */
  readonly name: string;
  /** Who is called: KMS for each key, or the key store and KMS for each branch key that is not cached. Undefined: nobody. */
  readonly service?: 'KMS' | 'key store';
  /** Makes and wraps a key. Absent on leaves that only read. */
  generate?(context: EncryptionContext, aad: Uint8Array): Promise<WrappedKey>;
  /** Undefined when the wrapped key is not for this leaf, decided without any call. `ciphertext` is what the keyring itself made. */
  unwrap(encryptedKey: EncryptedDataKey, context: EncryptionContext, aad: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Who can open. Opaque: made by the factories of `fieldseal/kms`, or from a keyring of the AWS Encryption SDK for JavaScript. */
export class Keyring {
  readonly #leaves: readonly Leaf[];
  /** False when there is no generator: such a keyring only reads. */
  readonly canEncrypt: boolean;

  constructor(leaves: readonly Leaf[], canEncrypt: boolean) {
    this.#leaves = Object.freeze([...leaves]);
    this.canEncrypt = canEncrypt;
    Object.freeze(this);
  }

  /** In the order of encrypted data keys: generator first. */
  get leaves(): readonly Leaf[] {
    return this.#leaves;
  }

  toJSON(): { readonly keyring: readonly string[] } {
    return { keyring: this.leaves.map(leaf => leaf.name) };
  }
}
