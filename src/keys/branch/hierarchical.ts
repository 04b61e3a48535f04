import { Buffer } from 'node:buffer';
import { createHmac, randomBytes } from 'node:crypto';
import { randomKey, zero } from '../../bytes/secret.ts';
import { utf8 } from '../../bytes/utf8.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import type { EncryptionContext } from '../../format/context.ts';
import type { EncryptedDataKey } from '../../format/header.ts';
import { notAuthentic } from '../../format/not-authentic.ts';
import { IV_LENGTH, openKey, SEALED_KEY_LENGTH, sealKey } from '../aes-gcm.ts';
import { keyFailure, meaningOf } from '../failures.ts';
import { Keyring, type Leaf, type WrappedKey } from '../leaf.ts';
import { isText, kindOf, type OptionNames, refusal, requireOptions } from '../options.ts';
import { refuseZeroKey } from '../wrapping.ts';
import { BranchKeyCache, type Clocks, type Lease } from './cache.ts';
import type { BranchKeyMaterial, BranchKeyStore } from './store.ts';
import { type BranchKeySupplier, contextAttributes } from './supplier.ts';

const PROVIDER_ID = 'aws-kms-hierarchy';
const PROVIDER_BYTES = Buffer.from(PROVIDER_ID);
const SALT_LENGTH = 16;
const VERSION_LENGTH = 16;
const KEY_LENGTH = 32;
const CIPHERTEXT_LENGTH = SALT_LENGTH + IV_LENGTH + VERSION_LENGTH + SEALED_KEY_LENGTH;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Options of {@link hierarchical}. */
export interface HierarchicalOptions {
  readonly keyStore: BranchKeyStore;
  /** The branch key of all items, or a function that names the one of an item. */
  readonly branchKey: string | BranchKeySupplier;
  /** Seconds after which a branch key must not be used without asking the key store again: the longest use after a revocation. */
  readonly ttlSeconds: number;
  /** Branch key versions kept at most. Default 1,000. */
  readonly maxEntries?: number;
  /** For tests of expiry. */
  readonly clocks?: Clocks;
}

const OPTIONS: OptionNames<HierarchicalOptions> = { keyStore: true, branchKey: true, ttlSeconds: true, maxEntries: true, clocks: true };

/**
 * AWS's hierarchical keyring (aws-kms-hierarchical-keyring.md), byte-compatible: one key store read and one KMS call for each branch key
 * version and time to live. Throws CONFIG_INVALID for unusable options; in use also MISSING_CONTEXT, KEY_NOT_FOUND and KEY_INVALID.
 */
export function hierarchical(options: HierarchicalOptions): Keyring {
  requireOptions('hierarchical', options, OPTIONS);
  const { keyStore, branchKey, ttlSeconds, maxEntries = 1000, clocks } = options;
  if (typeof keyStore?.getActiveBranchKey !== 'function' || typeof keyStore.getBranchKeyVersion !== 'function') {
    throw refusal(`hierarchical: keyStore must be a key store, such as dynamoDbKeyStore(); got ${kindOf(keyStore)}`);
  }
  if (typeof branchKey !== 'function' && !isText(branchKey)) {
    throw refusal(`hierarchical: branchKey must be a branch key id or a function that returns one; got ${kindOf(branchKey)}`);
  }
  requireNumber('ttlSeconds must be a positive number', ttlSeconds, ttlSeconds > 0 && Number.isFinite(ttlSeconds));
  requireNumber('maxEntries must be a positive integer', maxEntries, Number.isInteger(maxEntries) && maxEntries > 0);
  const cache = new BranchKeyCache({ ttlMs: ttlSeconds * 1000, maxEntries, ...(clocks && { clocks }) });
  return new Keyring([new HierarchicalLeaf(keyStore, branchKey, cache)], true);
}

function requireNumber(rule: string, value: unknown, holds: boolean): void {
  if (typeof value === 'number' && holds) return;
  throw refusal(`hierarchical: ${rule}; got ${typeof value === 'number' ? value : kindOf(value)}`);
}

class HierarchicalLeaf implements Leaf {
  readonly name: string;
  readonly service = 'key store';
  readonly #store: BranchKeyStore;
  readonly #branchKey: string | BranchKeySupplier;
  readonly #cache: BranchKeyCache;

  constructor(store: BranchKeyStore, branchKey: string | BranchKeySupplier, cache: BranchKeyCache) {
    this.name = `hierarchical keyring over key store "${store.logicalName}"`;
    this.#store = store;
    this.#branchKey = branchKey;
    this.#cache = cache;
  }

  async generate(context: EncryptionContext, aad: Uint8Array): Promise<WrappedKey> {
    const branchKeyId = await this.#branchKeyIdFor(context);
    const lease = await this.#cache.lease(`active ${branchKeyId}`, () =>
      this.#read(branchKeyId, () => this.#store.getActiveBranchKey(branchKeyId)),
    );
    try {
      if (lease.branchKeyId !== branchKeyId) throw wrongRecord(branchKeyId);
      const key = randomKey(KEY_LENGTH);
      const ciphertext = wrap(key, lease, aad);
      return { key, encryptedKey: { providerId: PROVIDER_ID, providerInfo: utf8(branchKeyId), ciphertext } };
    } finally {
      lease.end();
    }
  }

  async unwrap(
    { providerId, providerInfo, ciphertext }: EncryptedDataKey,
    context: EncryptionContext,
    aad: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    if (providerId !== PROVIDER_ID) return undefined;
    const branchKeyId = await this.#branchKeyIdFor(context);
    if (!utf8(branchKeyId).equals(providerInfo) || ciphertext.length !== CIPHERTEXT_LENGTH) throw notAuthentic('data-key');
    const version = uuidOf(ciphertext.subarray(SALT_LENGTH + IV_LENGTH, SALT_LENGTH + IV_LENGTH + VERSION_LENGTH));
    const lease = await this.#cache.lease(`version ${version} ${branchKeyId}`, () =>
      this.#read(branchKeyId, () => this.#store.getBranchKeyVersion(branchKeyId, version)),
    );
    try {
      if (lease.version !== version || lease.branchKeyId !== branchKeyId) throw wrongRecord(branchKeyId);
      return unwrap(ciphertext, lease, aad);
    } finally {
      lease.end();
    }
  }

  /** Makes whatever a store of the caller's own throws or answers a coded outcome. */
  async #read(branchKeyId: string, read: () => Promise<BranchKeyMaterial>): Promise<BranchKeyMaterial> {
    let material: BranchKeyMaterial | undefined;
    try {
      material = await read();
    } catch (error) {
      if (isFieldsealError(error)) throw error;
      throw keyFailure(meaningOf(error) ?? 'KEY_UNAVAILABLE', `key store "${this.#store.logicalName}"`, error);
    }
    if (typeof material?.branchKeyId === 'string' && typeof material.version === 'string') return material;
    throw new FieldsealError('KEY_INVALID', `the key store gave no key, id and version for branch key "${branchKeyId}"`);
  }

  async #branchKeyIdFor(context: EncryptionContext): Promise<string> {
    if (typeof this.#branchKey === 'string') return this.#branchKey;
    let id: unknown;
    try {
      id = await this.#branchKey({ context: contextAttributes(context) });
    } catch (error) {
      if (isFieldsealError(error)) throw error;
      throw new FieldsealError('MISSING_CONTEXT', 'the branch key supplier threw; it must return a branch key id for every item', {
        cause: error,
      });
    }
    if (typeof id === 'string' && id !== '') return id;
    throw new FieldsealError('MISSING_CONTEXT', 'the branch key supplier returned no branch key id; it must return one for every item');
  }
}

function wrap(key: Uint8Array, lease: Lease, context: Uint8Array): Uint8Array {
  const salt = randomBytes(SALT_LENGTH);
  const iv = randomBytes(IV_LENGTH);
  const wrappingKey = deriveWrappingKey(lease, salt);
  try {
    const sealed = sealKey(key, { wrappingKey, iv, aad: wrappingAad(lease, context) });
    return Buffer.concat([salt, iv, versionBytes(lease), sealed]);
  } finally {
    zero(wrappingKey);
  }
}

function unwrap(ciphertext: Uint8Array, lease: Lease, context: Uint8Array): Uint8Array {
  const wrappingKey = deriveWrappingKey(lease, ciphertext.subarray(0, SALT_LENGTH));
  const iv = ciphertext.subarray(SALT_LENGTH, SALT_LENGTH + IV_LENGTH);
  try {
    return openKey(ciphertext.subarray(CIPHERTEXT_LENGTH - SEALED_KEY_LENGTH), { wrappingKey, iv, aad: wrappingAad(lease, context) });
  } finally {
    zero(wrappingKey);
  }
}

/** SP 800-108 in counter mode with HMAC-SHA256; 32 bytes are its first block: HMAC(key, 1 || label || 0 || salt || 256 bits). */
function deriveWrappingKey(lease: Lease, salt: Uint8Array): Uint8Array {
  refuseZeroKey(lease.key, `branch key "${lease.branchKeyId}"`);
  const input = Buffer.concat([Buffer.of(0, 0, 0, 1), PROVIDER_BYTES, Buffer.of(0), salt, Buffer.of(0, 0, 1, 0)]);
  return createHmac('sha256', lease.key).update(input).digest();
}

function wrappingAad(lease: Lease, context: Uint8Array): Uint8Array {
  return Buffer.concat([PROVIDER_BYTES, utf8(lease.branchKeyId), versionBytes(lease), context]);
}

function versionBytes({ version, branchKeyId }: Lease): Uint8Array {
  if (!UUID.test(version)) throw new FieldsealError('MALFORMED', `the version of branch key "${branchKeyId}" is not a lower-case UUID`);
  return Buffer.from(version.replaceAll('-', ''), 'hex');
}

function uuidOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function wrongRecord(branchKeyId: string): FieldsealError {
  return new FieldsealError('MALFORMED', `the key store answered for another branch key or version than "${branchKeyId}"`);
}
