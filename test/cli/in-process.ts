import { PassThrough, Readable } from 'node:stream';
import type { Host } from '../../src/cli/host.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { collect, type Run, type RunOptions } from './program.ts';

/** Runs a command in this process, from the sources: for many cases in little time. */
export async function inProcess(args: readonly string[], { input = '', env = {} }: Pick<RunOptions, 'input' | 'env'> = {}): Promise<Run> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const collected = Promise.all([collect(stdout), collect(stderr)]);
  const host = { stdin: Readable.from([Buffer.from(input)]), stdout, stderr, env } as unknown as Host; // what it touches of these streams they have
  const code = await runCommandLine(args, host);
  stdout.end();
  stderr.end();
  const [out, err] = await collected;
  return { code, stdout: out.toString('utf8'), stderr: err.toString('utf8') };
}
