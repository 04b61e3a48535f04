import type { Buffer } from 'node:buffer';
import { FieldsealError } from '../../errors.ts';
import type { Host } from '../host.ts';
import { reasonOf } from '../problem.ts';
import { openInput } from './inputs.ts';
import { type RawLine, splitLines } from './split-lines.ts';

/** One line of one input, or what prevented reading it. */
export interface Line {
  /** `INPUT:LINE` */
  readonly place: string;
  readonly content: Buffer | FieldsealError;
}

/** How lines are read. */
export interface ReadOptions {
  readonly mostBytes: number;
  /** Told of bytes as they come off the disk. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * The lines of all inputs in order, blank ones left out. Never throws: a line over the limit is a LINE_TOO_LONG, and an input that breaks off
 * ends with an INPUT_INVALID in place of the line that could not be read to its end.
 */
export async function* readLines(
  inputs: readonly string[],
  host: Host,
  { mostBytes, onRead = () => undefined }: ReadOptions,
): AsyncGenerator<Line> {
  for (const input of inputs) {
    let reached = 0;
    try {
      for await (const line of splitLines(openInput(input, host, onRead), mostBytes)) {
        reached = line.number;
        const content = contentOf(line, mostBytes);
        if (content !== undefined) yield { place: `${input}:${line.number}`, content };
      }
    } catch (error) {
      yield {
        place: `${input}:${reached + 1}`,
        content: new FieldsealError('INPUT_INVALID', `the input breaks off here ${reasonOf(error)}`),
      };
    }
  }
}

function contentOf({ bytes }: RawLine, mostBytes: number): Line['content'] | undefined {
  if (bytes === undefined) {
    return new FieldsealError('LINE_TOO_LONG', `the line is longer than ${mostBytes} bytes; see --max-line-bytes`);
  }
  return isBlank(bytes) ? undefined : bytes;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
