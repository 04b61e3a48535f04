import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { equalSecrets } from '../bytes/compare.ts';
import { zero } from '../bytes/secret.ts';
import { expand, extract } from './hkdf.ts';

/** Labels of the keys that are derived (header.md, encrypt-path-structure.md, algorithm-suites.md). */
const LABELS = {
  commit: Buffer.from('AWS_DBE_COMMIT_KEY'),
  fieldRoot: Buffer.from('AWS_DBE_DERIVE_KEY'),
  keyEncryption: Buffer.from('AWS_MPL_INTERMEDIATE_KEYWRAP_ENC'),
  symmetricSigning: Buffer.from('AWS_MPL_INTERMEDIATE_KEYWRAP_MAC'),
} as const;

const COMMITMENT_LENGTH = 32;

/** What an intermediate key gives, 32 bytes each in backing stores of their own; the receiver zeroes both. */
export interface IntermediateKeys {
  /** Wraps the data key. */
  readonly keyEncryptionKey: Uint8Array;
  /** Makes the footer tag of the encrypted data key. */
  readonly symmetricSigningKey: Uint8Array;
}

/** Derives the keys of one encrypted data key from its intermediate key. */
export function deriveIntermediateKeys(intermediateKey: Uint8Array): IntermediateKeys {
  const pseudorandomKey = extract(intermediateKey);
  try {
    return {
      keyEncryptionKey: expand(pseudorandomKey, LABELS.keyEncryption),
      symmetricSigningKey: expand(pseudorandomKey, LABELS.symmetricSigning),
    };
  } finally {
    zero(pseudorandomKey);
  }
}

/** What a data key gives, 32 bytes each in backing stores of their own; the receiver zeroes both. */
export interface RecordKeys {
  /** Makes the commitment of the header. */
  readonly commitmentKey: Uint8Array;
  /** The root of the field keys. */
  readonly fieldRoot: Uint8Array;
}

/** Derives the keys of one item from its data key and message id. */
export function deriveRecordKeys(dataKey: Uint8Array, messageId: Uint8Array): RecordKeys {
  const pseudorandomKey = extract(dataKey);
  try {
    return {
      commitmentKey: expand(pseudorandomKey, LABELS.commit, messageId),
      fieldRoot: expand(pseudorandomKey, LABELS.fieldRoot, messageId),
    };
  } finally {
    zero(pseudorandomKey);
  }
}

/**
 * The key commitment of a header: the first 32 bytes of HMAC-SHA512 over all that precedes it. (header.md says SHA-384; every DB-ESDK
 * computes SHA-512.)
 */
export function commitmentOf(commitmentKey: Uint8Array, headerBody: Uint8Array): Uint8Array {
  return createHmac('sha512', commitmentKey).update(headerBody).digest().subarray(0, COMMITMENT_LENGTH);
}

/** True when the header commits to the data key of this commitment key. */
export function verifyCommitment(commitment: Uint8Array, commitmentKey: Uint8Array, headerBody: Uint8Array): boolean {
  return equalSecrets(commitment, commitmentOf(commitmentKey, headerBody));
}
