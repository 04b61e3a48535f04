import { Buffer } from 'node:buffer';
import { type CipherGCMTypes, createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { ownBytes, zero } from '../bytes/secret.ts';
import { notAuthentic } from '../format/not-authentic.ts';

const KEY_LENGTH = 32;
const TAG_LENGTH = 16;
/** A 256-bit key under AES-GCM: ciphertext || tag. */
export const SEALED_KEY_LENGTH: number = KEY_LENGTH + TAG_LENGTH;
/** Bytes of an initialisation vector. */
export const IV_LENGTH = 12;

/** What a 256-bit key is wrapped under: the associated data is bound to it, not hidden. */
export interface GcmWrapping {
  readonly wrappingKey: Uint8Array | KeyObject;
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
  /** Default aes-256-gcm; the others for wrapping keys of 16 and 24 bytes. */
  readonly algorithm?: CipherGCMTypes;
}

/** Wraps a 256-bit key: ciphertext || tag. */
export function sealKey(key: Uint8Array, { wrappingKey, iv, aad, algorithm = 'aes-256-gcm' }: GcmWrapping): Uint8Array {
  const cipher = createCipheriv(algorithm, wrappingKey, iv);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

/** Unwraps what {@link sealKey} made, into a backing store of its own. Throws NOT_AUTHENTIC for anything else. */
export function openKey(sealed: Uint8Array, { wrappingKey, iv, aad, algorithm = 'aes-256-gcm' }: GcmWrapping): Uint8Array {
  if (sealed.length !== SEALED_KEY_LENGTH) throw notAuthentic('data-key');
  const decipher = createDecipheriv(algorithm, wrappingKey, iv, { authTagLength: TAG_LENGTH });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(KEY_LENGTH));
  const opened = decipher.update(sealed.subarray(0, KEY_LENGTH));
  try {
    decipher.final();
    const key = ownBytes(KEY_LENGTH);
    key.set(opened);
    return key;
  } catch {
    throw notAuthentic('data-key');
  } finally {
    zero(opened);
  }
}
