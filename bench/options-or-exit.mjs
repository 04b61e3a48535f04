import { argv, exit, stderr, stdout } from 'node:process';

/**
 * The options of a benchmark's command line. Ends the process after `--help`, and with 2 after a mistake.
 *
 * @template T
 * @param {(args: string[]) => T | undefined} readOptions gives undefined for `--help`, throws for a mistake
 * @param {string} usage
 * @returns {T}
 */
export function optionsOrExit(readOptions, usage) {
  try {
    const read = readOptions(argv.slice(2));
    if (read !== undefined) return read;
    stdout.write(usage);
    exit(0);
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    exit(2);
  }
}
