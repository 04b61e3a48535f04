import { PassThrough, Readable } from 'node:stream';
import type { Host } from '../../src/cli/host.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { collect, type Run, type RunOptions } from './program.ts';

interface InProcessOptions extends Pick<RunOptions, 'input' | 'env'> {
  /** Whether standard error says that it is a terminal. */
  readonly isTTY?: boolean;
}

/** Runs a command in this process, from the sources: for many cases in little time. */
export async function inProcess(args: readonly string[], { input = '', env = {}, isTTY = false }: InProcessOptions = {}): Promise<Run> {
  const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })];
  const collected = Promise.all([collect(stdout), collect(stderr)]);
  const host = { stdin: Readable.from([Buffer.from(input)]), stdout, stderr, env } as unknown as Host; // what it touches of these streams they have
  const code = await runCommandLine(args, host);
  stdout.end();
  stderr.end();
  const [out, err] = await collected;
  return { code, stdout: out.toString('utf8'), stderr: err.toString('utf8') };
}
