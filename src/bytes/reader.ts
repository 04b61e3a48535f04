import type { Buffer } from 'node:buffer';
import { FieldsealError } from '../errors.ts';
import { bufferOver, decodeUtf8Part } from './utf8.ts';

/** Reads big-endian fields from bytes. Whatever does not fit is MALFORMED; `what` names the thing that is read. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #offset = 0;
  #end: number;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bufferOver(bytes);
    this.#what = what;
    this.#end = bytes.length;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Bytes up to the end, or up to that of the part which was entered last. */
  get remaining(): number {
    return this.#end - this.#offset;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  /** The next `length` bytes, as a view of the input. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next `length` bytes as text; undefined when they are not valid UTF-8. */
  text(length: number): string | undefined {
    const start = this.#advance(length);
    return decodeUtf8Part(this.#bytes, start, start + length);
  }

  /** Makes the next `length` bytes all there is, until {@link leave} is called with what this returns. */
  enter(length: number): number {
    const outerEnd = this.#end;
    this.#end = this.#offset + this.#require(length);
    return outerEnd;
  }

  /** Leaves a part. Throws MALFORMED unless every byte of it was read. */
  leave(outerEnd: number): void {
    this.end();
    this.#end = outerEnd;
  }

  /** Throws MALFORMED unless every byte was read. */
  end(): void {
    if (this.remaining !== 0) throw this.malformed(`${this.remaining} bytes follow its end`);
  }

  malformed(reason: string): FieldsealError {
    return new FieldsealError('MALFORMED', `${this.#what}: ${reason}`);
  }

  #advance(length: number): number {
    const start = this.#offset;
    this.#offset += this.#require(length);
    return start;
  }

  #require(length: number): number {
    if (length > this.remaining) throw this.malformed(`ends at byte ${this.#end}, where ${length - this.remaining} more are needed`);
    return length;
  }
}
