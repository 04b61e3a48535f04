import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { isAllZero, ownBytes, zero } from '../bytes/secret.ts';
import { FieldsealError, isFieldsealError } from '../errors.ts';
import { type EncryptionContext, serializeContext } from '../format/context.ts';
import { deriveKeyEncryptionKey, deriveSymmetricSigningKey } from '../format/derivation.ts';
import type { EncryptedDataKey } from '../format/header.ts';
import { notAuthentic } from '../format/not-authentic.ts';
import { worstOf } from './failures.ts';
import type { Keyring, Leaf, WrappedKey } from './leaf.ts';

const KEY_LENGTH = 32;
const TAG_LENGTH = 16;
/** What precedes the keyring's own ciphertext: the wrapped data key and its tag (algorithm-suites.md, "Intermediate Key Wrapping"). */
const PREFIX_LENGTH = KEY_LENGTH + TAG_LENGTH;
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

/** Wraps a data key once for each leaf, each under an intermediate key of its own. Throws KEYRING_REFUSED when the keyring only reads. */
export async function wrapDataKey(dataKey: Uint8Array, keyring: Keyring, context: EncryptionContext): Promise<WrappedDataKey> {
  refuseZeroKey(dataKey, 'data key');
  const aad = serializeContext(context);
  const wrapped = await generateAll(keyring, context);
  const encryptedDataKeys: EncryptedDataKey[] = [];
  const signingKeys: Uint8Array[] = [];
  try {
    for (const { key, encryptedKey } of wrapped) {
      refuseZeroKey(key, 'intermediate key');
      const ciphertext = Buffer.concat([sealDataKey(dataKey, key, aad), encryptedKey.ciphertext]);
      encryptedDataKeys.push({ ...encryptedKey, ciphertext });
      signingKeys.push(deriveSymmetricSigningKey(key));
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
 * Tries each leaf on each encrypted data key, in order; the first that authenticates wins. When none does, throws what explains it best:
 * KEY_UNAVAILABLE (retryable) before KEY_ACCESS_DENIED, KEY_NOT_FOUND and NOT_AUTHENTIC.
 */
export async function unwrapDataKey(
  encryptedDataKeys: readonly EncryptedDataKey[],
  keyring: Keyring,
  context: EncryptionContext,
): Promise<UnwrappedDataKey> {
  const aad = serializeContext(context);
  const failures: FieldsealError[] = [];
  for (const leaf of keyring.leaves) {
    for (const edk of encryptedDataKeys) {
      const opened = await tryLeaf(leaf, edk, context, aad, failures);
      if (opened !== undefined) return opened;
    }
  }
  throw worstOf(failures) ?? noLeafFits(keyring, encryptedDataKeys);
}

/** Refuses a key that was never set, or was zeroed while in use. Throws KEY_INVALID. */
export function refuseZeroKey(key: Uint8Array, what: string): void {
  if (key.length !== KEY_LENGTH) throw new FieldsealError('KEY_INVALID', `the ${what} has ${key.length} bytes instead of ${KEY_LENGTH}`);
  if (isAllZero(key)) throw new FieldsealError('KEY_INVALID', `the ${what} is all zeros: it was zeroed while in use, and wraps nothing`);
}

async function generateAll(keyring: Keyring, context: EncryptionContext): Promise<readonly WrappedKey[]> {
  if (!keyring.canEncrypt)
    throw new FieldsealError('KEYRING_REFUSED', 'the keyring has no generator, so it can only decrypt; give it a generator');
  const outcomes = await Promise.allSettled(keyring.leaves.map(leaf => generateOne(leaf, context)));
  const wrapped = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find(outcome => outcome.status === 'rejected');
  if (failed === undefined) return wrapped;
  zero(...wrapped.map(({ key }) => key));
  throw failed.reason;
}

async function generateOne(leaf: Leaf, context: EncryptionContext): Promise<WrappedKey> {
  if (leaf.generate === undefined)
    throw new FieldsealError('KEYRING_REFUSED', `${leaf.name} can only decrypt; use it in a keyring that only reads`);
  return leaf.generate(context);
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
    intermediateKey = await leaf.unwrap({ ...edk, ciphertext: edk.ciphertext.subarray(PREFIX_LENGTH) }, context);
    if (intermediateKey === undefined) return undefined;
    refuseZeroKey(intermediateKey, 'intermediate key');
    const dataKey = openDataKey(edk.ciphertext.subarray(0, PREFIX_LENGTH), intermediateKey, aad);
    return { dataKey, signingKey: deriveSymmetricSigningKey(intermediateKey) };
  } catch (error) {
    if (!isFieldsealError(error)) throw error;
    failures.push(error);
    return undefined;
  } finally {
    zero(intermediateKey);
  }
}

function sealDataKey(dataKey: Uint8Array, intermediateKey: Uint8Array, aad: Uint8Array): Uint8Array {
  const key = deriveKeyEncryptionKey(intermediateKey);
  try {
    const cipher = createCipheriv('aes-256-gcm', key, ZERO_IV);
    cipher.setAAD(aad);
    return Buffer.concat([cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
  } finally {
    zero(key);
  }
}

function openDataKey(sealed: Uint8Array, intermediateKey: Uint8Array, aad: Uint8Array): Uint8Array {
  const key = deriveKeyEncryptionKey(intermediateKey);
  const decipher = createDecipheriv('aes-256-gcm', key, ZERO_IV, { authTagLength: TAG_LENGTH });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(KEY_LENGTH));
  const opened = decipher.update(sealed.subarray(0, KEY_LENGTH));
  const dataKey = ownBytes(KEY_LENGTH);
  try {
    decipher.final();
    dataKey.set(opened);
    return dataKey;
  } catch {
    throw notAuthentic('data-key');
  } finally {
    zero(key, opened);
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
