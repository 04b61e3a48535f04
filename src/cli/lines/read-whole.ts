import { Buffer } from 'node:buffer';
import { FieldsealError } from '../../errors.ts';
import type { Host } from '../host.ts';
import { reasonOf } from '../problem.ts';
import { openInput } from './inputs.ts';
import { DEFAULT_MOST_LINE_BYTES } from './limits.ts';
import { splitLines } from './split-lines.ts';

/** All of an input, which must be one item. Throws INPUT_INVALID, or LINE_TOO_LONG before it keeps more than an item can have. */
export async function readWhole(input: string, host: Host): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(input, host)) {
    length += chunk.length;
    if (length > DEFAULT_MOST_LINE_BYTES) {
      throw new FieldsealError(
        'LINE_TOO_LONG',
        `the input is longer than ${DEFAULT_MOST_LINE_BYTES} bytes; if it has one item a line, use --line`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** One line of an input. Throws INPUT_INVALID when there are fewer, LINE_TOO_LONG when it is. */
export async function readOneLine(input: string, wanted: number, host: Host): Promise<Buffer> {
  let last = 0;
  for await (const { number, bytes } of splitLines(chunksOf(input, host), DEFAULT_MOST_LINE_BYTES)) {
    last = number;
    if (number !== wanted) continue;
    if (bytes === undefined) throw new FieldsealError('LINE_TOO_LONG', `the line is longer than ${DEFAULT_MOST_LINE_BYTES} bytes`);
    return bytes;
  }
  throw new FieldsealError('INPUT_INVALID', `the input ends with line ${last}`);
}

async function* chunksOf(input: string, host: Host): AsyncGenerator<Buffer> {
  try {
    yield* openInput(input, host, () => undefined);
  } catch (error) {
    throw new FieldsealError('INPUT_INVALID', `the input breaks off ${reasonOf(error)}`);
  }
}
