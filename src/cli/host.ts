/** What a command touches of the process it runs in. */
export type Host = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'>;

/** Exit codes of every command. */
export const EXIT = {
  /** Everything was done. */
  done: 0,
  /** Some lines failed, or the output could not be written. */
  failed: 1,
  /** The configuration or the arguments are refused; no line was read. */
  refused: 2,
  /** Whoever read the output has gone, as `head` does: what shells tell of a program that SIGPIPE ended. */
  readerGone: 141,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Resolves once all that was written has left the process, or cannot leave it any more. */
export function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()));
}
