import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ownBytes, zero } from '../bytes/secret.ts';
import { notAuthentic } from './not-authentic.ts';
import { SEALED_OVERHEAD, type Terminal } from './terminal.ts';

const TAG_LENGTH = 16;
const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
/** Each field takes three AES blocks of the key stream and uses 44 of their 48 bytes. */
const STRIDE = 48;
const STREAM_IV = Buffer.concat([Buffer.from('AwsDbeField'), Buffer.of(0x2c), Buffer.alloc(4)]);

/**
 * Encrypts and decrypts the fields of one item (encrypt-path-structure.md, "Calculate Cipherkey and Nonce"). Field `i`, counted among the
 * encrypted fields in canonical order, has its key and nonce at byte 48·i of one AES-256-CTR stream under the field root.
 */
export class FieldCipher {
  readonly #stream: Uint8Array;

  constructor(fieldRoot: Uint8Array, fieldCount: number) {
    this.#stream = createCipheriv('aes-256-ctr', fieldRoot, STREAM_IV).update(ownBytes(STRIDE * fieldCount));
  }

  /** The stored form: type id || ciphertext || tag. */
  seal(index: number, path: Uint8Array, terminal: Terminal): Uint8Array {
    const { value } = terminal;
    const cipher = createCipheriv('aes-256-gcm', this.#key(index), this.#nonce(index));
    cipher.setAAD(path);
    const stored = Buffer.allocUnsafe(value.length + SEALED_OVERHEAD);
    stored.writeUInt16BE(terminal.typeId);
    stored.set(cipher.update(value), 2);
    cipher.final();
    stored.set(cipher.getAuthTag(), 2 + value.length);
    return stored;
  }

  /** Throws NOT_AUTHENTIC for anything but what {@link seal} made at the same index and path. */
  open(index: number, path: Uint8Array, stored: Uint8Array): Terminal {
    if (stored.length < SEALED_OVERHEAD) throw notAuthentic('field');
    const decipher = createDecipheriv('aes-256-gcm', this.#key(index), this.#nonce(index), { authTagLength: TAG_LENGTH });
    decipher.setAAD(path);
    decipher.setAuthTag(stored.subarray(stored.length - TAG_LENGTH));
    const value = decipher.update(stored.subarray(2, stored.length - TAG_LENGTH));
    try {
      decipher.final();
    } catch {
      zero(value);
      throw notAuthentic('field');
    }
    return { typeId: new DataView(stored.buffer, stored.byteOffset).getUint16(0), value };
  }

  /** Zeroes the keys; the cipher is of no use after it. */
  dispose(): void {
    zero(this.#stream);
  }

  #key(index: number): Uint8Array {
    return this.#stream.subarray(STRIDE * index, STRIDE * index + KEY_LENGTH);
  }

  #nonce(index: number): Uint8Array {
    return this.#stream.subarray(STRIDE * index + KEY_LENGTH, STRIDE * index + KEY_LENGTH + NONCE_LENGTH);
  }
}
