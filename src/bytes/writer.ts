import { Buffer } from 'node:buffer';
import { requireWellFormed } from './utf8.ts';

/** Appends big-endian fields to a buffer that grows. Not for key bytes: what it outgrows is not zeroed. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
    return this;
  }

  u16(value: number): this {
    this.#reserve(2);
    this.#length = this.#buffer.writeUInt16BE(value, this.#length);
    return this;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
    return this;
  }

  /** A 64-bit length; lengths here stay far below 2^53. */
  u64(value: number): this {
    return this.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32);
  }

  bytes(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** UTF-8 of a text. Throws ATTRIBUTE_INVALID for a lone surrogate. */
  text(text: string): this {
    requireWellFormed(text);
    // No UTF-16 unit takes more than three bytes: where those fit, nothing needs to be counted.
    if (this.#length + 3 * text.length > this.#buffer.length) this.#reserve(Buffer.byteLength(text));
    this.#length += this.#buffer.write(text, this.#length);
    return this;
  }

  /** Leaves room for a 32-bit number, to be filled by {@link patchU32}; returns its place. */
  skipU32(): number {
    this.u32(0);
    return this.#length - 4;
  }

  patchU16(place: number, value: number): void {
    this.#buffer.writeUInt16BE(value, place);
  }

  patchU32(place: number, value: number): void {
    this.#buffer.writeUInt32BE(value, place);
  }

  /** What was written so far, as a view: do not write on. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
