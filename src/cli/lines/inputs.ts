import type { Buffer } from 'node:buffer';
import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FieldsealError } from '../../errors.ts';
import type { Host } from '../host.ts';
import { reasonOf } from '../problem.ts';

/** The name of standard input among inputs. */
export const STANDARD_INPUT = '-';

/** Inputs that exist, in order. */
export interface CheckedInputs {
  readonly names: readonly string[];
  /** What all of them have on disk, compressed as they are; undefined when one is no regular file. */
  readonly totalBytes: number | undefined;
}

/** Looks at every input before the first line is read. Throws INPUT_INVALID for one that is not there or cannot be read. */
export async function checkInputs(names: readonly string[]): Promise<CheckedInputs> {
  const given = names.length === 0 ? [STANDARD_INPUT] : names;
  if (given.filter(name => name === STANDARD_INPUT).length > 1) {
    throw new FieldsealError('INPUT_INVALID', 'standard input is named twice; it can be read once');
  }
  let totalBytes: number | undefined = 0;
  for (const name of given) {
    const size = await sizeOf(name);
    totalBytes = size === undefined || totalBytes === undefined ? undefined : totalBytes + size;
  }
  return { names: given, totalBytes };
}

/** The bytes of an input, decompressed when its name ends in .gz. `onRead` is told how many bytes came off the disk. */
export function openInput(name: string, { stdin }: Host, onRead: (bytes: number) => void): AsyncIterable<Buffer> {
  if (name === STANDARD_INPUT) return counted(stdin, onRead);
  const file = createReadStream(name, { highWaterMark: 256 * 1024 });
  if (!name.endsWith('.gz')) return counted(file, onRead);
  const plain = createGunzip();
  pipeline(
    file,
    source => counted(source, onRead),
    plain,
    () => undefined,
  ); // who reads `plain` is told of the failure
  return plain;
}

async function* counted(chunks: AsyncIterable<Buffer>, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function sizeOf(name: string): Promise<number | undefined> {
  if (name === STANDARD_INPUT) return undefined;
  const refuse = (reason: string): FieldsealError => new FieldsealError('INPUT_INVALID', `${name} cannot be read ${reason}`);
  const stats = await access(name, constants.R_OK)
    .then(() => stat(name))
    .catch((error: unknown) => {
      throw refuse(reasonOf(error));
    });
  if (stats.isDirectory()) throw refuse('(it is a directory)');
  return stats.isFile() ? stats.size : undefined;
}
