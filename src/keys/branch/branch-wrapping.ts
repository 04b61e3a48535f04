import { Buffer } from 'node:buffer';
import { createHmac, randomBytes } from 'node:crypto';
import { quoted } from '../../bytes/quoted.ts';
import { copyKey, zero } from '../../bytes/secret.ts';
import { utf8 } from '../../bytes/utf8.ts';
import { uuidOf } from '../../bytes/uuid.ts';
import { notAuthentic } from '../../format/not-authentic.ts';
import { IV_LENGTH, openKey, SEALED_KEY_LENGTH, sealKey } from '../aes-gcm.ts';
import { refuseZeroKey } from '../zero-key.ts';
import type { Lease } from './cached-branch-key.ts';

/** Provider id of data keys under branch keys. */
export const PROVIDER_ID = 'aws-kms-hierarchy';
const PROVIDER_BYTES = Buffer.from(PROVIDER_ID);
const SALT_LENGTH = 16;
const VERSION_LENGTH = 16;
const CIPHERTEXT_LENGTH = SALT_LENGTH + IV_LENGTH + VERSION_LENGTH + SEALED_KEY_LENGTH;

/** Wraps a 256-bit key under a branch key: salt || iv || version || ciphertext || tag (aws-kms-hierarchical-keyring.md). */
export function wrapUnder(lease: Lease, key: Uint8Array, context: Uint8Array): Uint8Array {
  const salt = randomBytes(SALT_LENGTH);
  const iv = randomBytes(IV_LENGTH);
  const wrappingKey = deriveWrappingKey(lease, salt);
  try {
    return Buffer.concat([salt, iv, versionBytes(lease), sealKey(key, { wrappingKey, iv, aad: wrappingAad(lease, context) })]);
  } finally {
    zero(wrappingKey);
  }
}

/** Unwraps what {@link wrapUnder} made. Throws NOT_AUTHENTIC for anything else. */
export function unwrapUnder(lease: Lease, ciphertext: Uint8Array, context: Uint8Array): Uint8Array {
  const wrappingKey = deriveWrappingKey(lease, ciphertext.subarray(0, SALT_LENGTH));
  const iv = ciphertext.subarray(SALT_LENGTH, SALT_LENGTH + IV_LENGTH);
  try {
    return openKey(ciphertext.subarray(CIPHERTEXT_LENGTH - SEALED_KEY_LENGTH), { wrappingKey, iv, aad: wrappingAad(lease, context) });
  } finally {
    zero(wrappingKey);
  }
}

/** The branch key version that a wrapped key names. Throws NOT_AUTHENTIC for one of another length. */
export function versionIn(ciphertext: Uint8Array): string {
  if (ciphertext.length !== CIPHERTEXT_LENGTH) throw notAuthentic('data-key');
  return uuidOf(ciphertext.subarray(SALT_LENGTH + IV_LENGTH, SALT_LENGTH + IV_LENGTH + VERSION_LENGTH));
}

/** SP 800-108 in counter mode with HMAC-SHA256; 32 bytes are its first block: HMAC(key, 1 || label || 0 || salt || 256 bits). */
function deriveWrappingKey(lease: Lease, salt: Uint8Array): Uint8Array {
  refuseZeroKey(lease.key, `branch key ${quoted(lease.branchKeyId)}`);
  const input = Buffer.concat([Buffer.of(0, 0, 0, 1), PROVIDER_BYTES, Buffer.of(0), salt, Buffer.of(0, 0, 1, 0)]);
  const block = createHmac('sha256', lease.key).update(input).digest();
  try {
    return copyKey(block);
  } finally {
    zero(block);
  }
}

function wrappingAad(lease: Lease, context: Uint8Array): Uint8Array {
  return Buffer.concat([PROVIDER_BYTES, utf8(lease.branchKeyId), versionBytes(lease), context]);
}

function versionBytes({ version }: Lease): Uint8Array {
  return Buffer.from(version.replaceAll('-', ''), 'hex');
}
