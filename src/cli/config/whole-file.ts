import type { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { platform } from 'node:process';
import { FieldsealError } from '../../errors.ts';
import { reasonOf } from '../problem.ts';

/** A file that was read whole. */
export interface WholeFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** True when its mode lets its group or everybody read it. Windows has no such modes. */
  readonly othersCanRead: boolean;
}

const GROUP_OR_OTHERS_READ = 0o044;

/** Reads a configuration file or a file that it names. Throws CONFIG_INVALID. */
export async function readWholeFile(path: string): Promise<WholeFile> {
  try {
    await using file = await open(path); // the mode is that of the very file that is read
    const stats = await file.stat();
    const readable = stats.isFile() && platform !== 'win32' && (stats.mode & GROUP_OR_OTHERS_READ) !== 0;
    return { path, bytes: await file.readFile(), othersCanRead: readable };
  } catch (error) {
    throw new FieldsealError('CONFIG_INVALID', `${path} cannot be read ${reasonOf(error)}`);
  }
}
