import { Buffer } from 'node:buffer';
import { zero } from '../bytes/secret.ts';
import { FieldsealError, isFieldsealError } from '../errors.ts';
import type { EncryptionContext } from '../format/context.ts';
import { deriveIntermediateKeys } from '../format/derivation.ts';
import type { EncryptedDataKey } from '../format/header.ts';
import { notAuthentic } from '../format/not-authentic.ts';
import { openKey, SEALED_KEY_LENGTH, sealKey } from './aes-gcm.ts';
import { worstOf } from './failures.ts';
import type { Keyring, Leaf, WrappedKey } from './leaf.ts';
import { refuseZeroKey } from './zero-key.ts';

/** What precedes the keyring's own ciphertext: the wrapped data key and its tag (algorithm-suites.md, "Intermediate Key Wrapping"). */
const PREFIX_LENGTH = SEALED_KEY_LENGTH;
/** Safe because each intermediate key wraps exactly one data key. */
const ZERO_IV = Buffer.alloc(12);

/** A data key under every leaf of a keyring. `signingKeys` are in the order of `encryptedDataKeys`; the receiver zeroes them. */
export interface WrappedDataKey {
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
  readonly signingKeys: readonly Uint8Array[];
}

/** An unwrapped data key and the symmetric signing key of the encrypted data key that gave it; the receiver zeroes both. */
export interface UnwrappedDataKey {
  readonly dataKey: Uint8Array;
  readonly signingKey: Uint8Array;
}

/**
 * Wraps a data key once for each leaf, each under an intermediate key of its own; `aad` is the serialised context. Throws KEYRING_REFUSED
 * when the keyring only reads.
 */
export async function wrapDataKey(
  dataKey: Uint8Array,
  keyring: Keyring,
  context: EncryptionContext,
  aad: Uint8Array,
): Promise<WrappedDataKey> {
  refuseZeroKey(dataKey, 'data key');
  const wrapped = await generateAll(keyring, context, aad);
  const encryptedDataKeys: EncryptedDataKey[] = [];
  const signingKeys: Uint8Array[] = [];
  try {
    for (const { key, encryptedKey } of wrapped) {
      refuseZeroKey(key, 'intermediate key');
      const { keyEncryptionKey, symmetricSigningKey } = deriveIntermediateKeys(key);
      signingKeys.push(symmetricSigningKey);
      const { providerId, providerInfo, ciphertext } = encryptedKey;
      encryptedDataKeys.push({
        providerId,
        providerInfo,
        ciphertext: Buffer.concat([sealDataKey(dataKey, keyEncryptionKey, aad), ciphertext]),
      });
    }
    return { encryptedDataKeys, signingKeys };
  } catch (error) {
    zero(...signingKeys);
    throw error;
  } finally {
    zero(...wrapped.map(({ key }) => key));
  }
}

/**
 * Tries each leaf on each encrypted data key, in order; the first that authenticates wins. `aad` is the serialised context. When none fits,
 * throws what explains it best: KEY_UNAVAILABLE (retryable) before KEY_ACCESS_DENIED, KEY_NOT_FOUND and NOT_AUTHENTIC.
 */
export async function unwrapDataKey(
  encryptedDataKeys: readonly EncryptedDataKey[],
  keyring: Keyring,
  context: EncryptionContext,
  aad: Uint8Array,
): Promise<UnwrappedDataKey> {
  const failures: FieldsealError[] = [];
  for (const leaf of keyring.leaves) {
    for (const edk of encryptedDataKeys) {
      const opened = await tryLeaf(leaf, edk, context, aad, failures);
      if (opened !== undefined) return opened;
    }
  }
  throw worstOf(failures) ?? noLeafFits(keyring, encryptedDataKeys);
}

async function generateAll(keyring: Keyring, context: EncryptionContext, aad: Uint8Array): Promise<readonly WrappedKey[]> {
  if (!keyring.canEncrypt)
    throw new FieldsealError('KEYRING_REFUSED', 'the keyring has no generator, so it can only decrypt; give it a generator');
  const outcomes = await Promise.allSettled(keyring.leaves.map(leaf => generateOne(leaf, context, aad)));
  const wrapped = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find(outcome => outcome.status === 'rejected');
  if (failed === undefined) return wrapped;
  zero(...wrapped.map(({ key }) => key));
  throw failed.reason;
}

async function generateOne(leaf: Leaf, context: EncryptionContext, aad: Uint8Array): Promise<WrappedKey> {
  if (leaf.generate === undefined)
    throw new FieldsealError('KEYRING_REFUSED', `${leaf.name} can only decrypt; use it in a keyring that only reads`);
  return leaf.generate(context, aad);
}

async function tryLeaf(
  leaf: Leaf,
  edk: EncryptedDataKey,
  context: EncryptionContext,
  aad: Uint8Array,
  failures: FieldsealError[],
): Promise<UnwrappedDataKey | undefined> {
  if (edk.ciphertext.length <= PREFIX_LENGTH) {
    failures.push(notAuthentic('data-key'));
    return undefined;
  }
  let intermediateKey: Uint8Array | undefined;
  try {
    intermediateKey = await leaf.unwrap({ ...edk, ciphertext: edk.ciphertext.subarray(PREFIX_LENGTH) }, context, aad);
    if (intermediateKey === undefined) return undefined;
    refuseZeroKey(intermediateKey, 'intermediate key');
    return openDataKey(edk.ciphertext.subarray(0, PREFIX_LENGTH), intermediateKey, aad);
  } catch (error) {
    if (!isFieldsealError(error)) throw error;
    failures.push(error);
    return undefined;
  } finally {
    zero(intermediateKey);
  }
}

/** Zeroes the key that it wraps under. */
function sealDataKey(dataKey: Uint8Array, keyEncryptionKey: Uint8Array, aad: Uint8Array): Uint8Array {
  try {
    return sealKey(dataKey, { wrappingKey: keyEncryptionKey, iv: ZERO_IV, aad });
  } finally {
    zero(keyEncryptionKey);
  }
}

function openDataKey(sealed: Uint8Array, intermediateKey: Uint8Array, aad: Uint8Array): UnwrappedDataKey {
  const { keyEncryptionKey, symmetricSigningKey } = deriveIntermediateKeys(intermediateKey);
  try {
    return { dataKey: openKey(sealed, { wrappingKey: keyEncryptionKey, iv: ZERO_IV, aad }), signingKey: symmetricSigningKey };
  } catch (error) {
    zero(symmetricSigningKey);
    throw error;
  } finally {
    zero(keyEncryptionKey);
  }
}

function noLeafFits(keyring: Keyring, edks: readonly EncryptedDataKey[]): FieldsealError {
  const providers = [...new Set(edks.map(edk => printable(edk.providerId)))].join(', ');
  const leaves = keyring.leaves.map(leaf => leaf.name).join(', ');
  return new FieldsealError('KEY_NOT_FOUND', `the item's data keys (provider ${providers}) are for no key of this keyring (${leaves})`);
}

/** A header is not authentic yet when this runs: show identifiers only. */
function printable(providerId: string): string {
  return /^[\w.:/-]{1,64}$/.test(providerId) ? providerId : 'of another form';
}
