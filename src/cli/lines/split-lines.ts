import { Buffer } from 'node:buffer';

const NEWLINE = 0x0a;

/** One line without its newline; `bytes` is undefined for a line over the limit. */
export interface RawLine {
  /** Counted from 1. */
  readonly number: number;
  readonly bytes: Buffer | undefined;
}

/** Splits bytes into lines. Of a line over `mostBytes` nothing is kept; a last line needs no newline. */
export async function* splitLines(chunks: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<RawLine> {
  const line = new LineBuffer(mostBytes);
  let number = 1;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      line.add(chunk.subarray(start, end));
      yield { number: number++, bytes: line.take() };
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (line.length > 0) yield { number, bytes: line.take() };
}

/** Collects the parts of a line, and drops them all once they are too long. */
class LineBuffer {
  readonly #mostBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get length(): number {
    return this.#length;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    this.#length += part.length;
    if (this.#length > this.#mostBytes) this.#parts = [];
    else this.#parts.push(part);
  }

  take(): Buffer | undefined {
    const [parts, length] = [this.#parts, this.#length];
    this.#parts = [];
    this.#length = 0;
    return length > this.#mostBytes ? undefined : Buffer.concat(parts, length);
  }
}
