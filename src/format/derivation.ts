import { Buffer } from 'node:buffer';
import { createHmac, hkdfSync } from 'node:crypto';
import { equalSecrets } from '../bytes/compare.ts';
import { zero } from '../bytes/secret.ts';

/** Labels of the keys that are derived (header.md, encrypt-path-structure.md, algorithm-suites.md). */
const LABELS = {
  commit: Buffer.from('AWS_DBE_COMMIT_KEY'),
  fieldRoot: Buffer.from('AWS_DBE_DERIVE_KEY'),
  keyEncryption: Buffer.from('AWS_MPL_INTERMEDIATE_KEYWRAP_ENC'),
  symmetricSigning: Buffer.from('AWS_MPL_INTERMEDIATE_KEYWRAP_MAC'),
} as const;

const NO_SALT = new Uint8Array(0);
const KEY_LENGTH = 32;

/** The root of an item's field keys, from its data key and message id. */
export function deriveFieldRoot(dataKey: Uint8Array, messageId: Uint8Array): Uint8Array {
  return derive(dataKey, LABELS.fieldRoot, messageId);
}

/** The key that wraps the data key, from an intermediate key. */
export function deriveKeyEncryptionKey(intermediateKey: Uint8Array): Uint8Array {
  return derive(intermediateKey, LABELS.keyEncryption);
}

/** The key of one footer tag, from the intermediate key of its encrypted data key. */
export function deriveSymmetricSigningKey(intermediateKey: Uint8Array): Uint8Array {
  return derive(intermediateKey, LABELS.symmetricSigning);
}

/**
 * The key commitment of a header: the first 32 bytes of HMAC-SHA512 over all that precedes it. (header.md says SHA-384; every DB-ESDK
 * computes SHA-512.)
 */
export function commitmentOf(dataKey: Uint8Array, messageId: Uint8Array, headerBody: Uint8Array): Uint8Array {
  const key = derive(dataKey, LABELS.commit, messageId);
  const commitment = createHmac('sha512', key).update(headerBody).digest().subarray(0, KEY_LENGTH);
  zero(key);
  return commitment;
}

/** True when the header commits to this data key. */
export function verifyCommitment(commitment: Uint8Array, dataKey: Uint8Array, messageId: Uint8Array, headerBody: Uint8Array): boolean {
  return equalSecrets(commitment, commitmentOf(dataKey, messageId, headerBody));
}

/** HKDF-SHA512 without salt, 32 bytes, in a backing store of its own. */
function derive(key: Uint8Array, label: Uint8Array, messageId?: Uint8Array): Uint8Array {
  const info = messageId === undefined ? label : Buffer.concat([label, messageId]);
  return new Uint8Array(hkdfSync('sha512', key, NO_SALT, info, KEY_LENGTH));
}
