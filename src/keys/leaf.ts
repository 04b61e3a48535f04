import { publish } from '../diagnostics/publish.ts';
import type { EncryptionContext } from '../format/context.ts';
import type { EncryptedDataKey } from '../format/header.ts';
import { type KeyringStats, totalOf } from './cache/stats.ts';

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
  readonly caches?: LeafCaches;
}

/** The caches of a leaf. */
export interface LeafCaches {
  /** Lets go of the keys of one branch key, or of all. */
  purge(branchKeyId?: string): void;
  /** Lets go of all keys; what is asked of the leaf afterwards fails or is not cached. */
  dispose(): void;
  stats(): KeyringStats;
}

/** Who can open. Opaque: made by the factories of `fieldseal/kms`, or from a keyring of the AWS Encryption SDK for JavaScript. */
export class Keyring implements Disposable {
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

  /**
   * Lets go of cached keys, of one branch key or of all, so that the next use asks again who may have them. Bytes are zeroed once nobody uses them any
   * more. Told on `fieldseal:audit`.
   */
  purge(branchKeyId?: string): void {
    for (const { caches } of this.leaves) caches?.purge(branchKeyId);
    publish('fieldseal:audit', () => ({ action: 'keys-purged', time: Date.now(), ...(branchKeyId !== undefined && { branchKeyId }) }));
  }

  /** Figures of its caches, together. */
  stats(): KeyringStats {
    return totalOf(this.leaves.flatMap(({ caches }) => (caches === undefined ? [] : [caches.stats()])));
  }

  /** Zeroes cached keys for good. A hierarchical keyring refuses to be used afterwards, with KEYRING_REFUSED. */
  dispose(): void {
    for (const { caches } of this.leaves) caches?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toJSON(): { readonly keyring: readonly string[] } {
    return { keyring: this.leaves.map(leaf => leaf.name) };
  }
}
