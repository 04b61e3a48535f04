import { FieldsealError } from '../errors.ts';

/** Reads big-endian fields from bytes. Whatever does not fit is MALFORMED; `what` names the thing that is read. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #offset = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** The next `length` bytes, as a view of the input. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Throws MALFORMED unless every byte was read. */
  end(): void {
    if (this.remaining !== 0) throw this.malformed(`${this.remaining} bytes follow its end`);
  }

  malformed(reason: string): FieldsealError {
    return new FieldsealError('MALFORMED', `${this.#what}: ${reason}`);
  }

  #advance(length: number): number {
    if (length > this.remaining)
      throw this.malformed(`ends at byte ${this.#bytes.length}, where ${length - this.remaining} more are needed`);
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}
