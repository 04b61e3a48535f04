import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { randomKey, zero } from '../../bytes/secret.ts';
import { compareUtf8 } from '../../bytes/utf8.ts';

/** Non-secret pairs that a ciphertext is bound to. */
export type EncryptionContext = Readonly<Record<string, string>>;

const MAGIC = Buffer.from('FKMS', 'latin1');
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

/**
 * The random 256-bit key behind a key id: one for a multi-Region key and all its replicas. It never leaves this object.
 *
 * A ciphertext blob is `"FKMS" || u8 length of key id || key id || iv 12 || AES-256-GCM ciphertext || tag 16`; its associated data are
 * everything before the iv and the encryption context in a canonical order.
 */
export class KeyMaterial {
  readonly #key: KeyObject;

  constructor() {
    const bytes = randomKey(32);
    this.#key = createSecretKey(bytes);
    zero(bytes);
  }

  seal(keyId: string, plaintext: Uint8Array, context: EncryptionContext): Buffer {
    const header = headerOf(keyId);
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    cipher.setAAD(Buffer.concat([header, canonicalContext(context)]));
    return Buffer.concat([header, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /** Undefined when the blob is not what {@link seal} returned for this key id and this context. */
  open(keyId: string, blob: Uint8Array, context: EncryptionContext): Buffer | undefined {
    const header = headerOf(keyId);
    const body = blob.subarray(header.length);
    if (body.length < IV_LENGTH + TAG_LENGTH) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, body.subarray(0, IV_LENGTH), { authTagLength: TAG_LENGTH });
    decipher.setAAD(Buffer.concat([header, canonicalContext(context)]));
    decipher.setAuthTag(body.subarray(-TAG_LENGTH));
    const plaintext = decipher.update(body.subarray(IV_LENGTH, -TAG_LENGTH));
    try {
      decipher.final();
      return plaintext;
    } catch {
      return undefined;
    }
  }
}

/** The key id that a blob names; undefined for bytes that are no blob. Nothing is verified yet. */
export function keyIdOf(blob: Uint8Array): string | undefined {
  const length = blob[MAGIC.length];
  if (length === undefined || !MAGIC.equals(blob.subarray(0, MAGIC.length))) return undefined;
  const start = MAGIC.length + 1;
  return blob.length < start + length ? undefined : Buffer.from(blob.subarray(start, start + length)).toString('latin1');
}

function headerOf(keyId: string): Buffer {
  return Buffer.concat([MAGIC, Buffer.from([keyId.length]), Buffer.from(keyId, 'latin1')]);
}

function canonicalContext(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => compareUtf8(a, b));
  return Buffer.concat(pairs.flat().flatMap(lengthPrefixed));
}

function lengthPrefixed(text: string): [Buffer, Buffer] {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}
