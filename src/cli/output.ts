import { FieldsealError, sanitizeCause } from '../errors.ts';

/** Standard output cannot take any more. */
export class OutputFailure extends FieldsealError {
  /** True when whoever read the output has gone, as `head` does: nobody is interested in an error. */
  readonly readerHasGone: boolean;

  constructor(error: unknown) {
    const { code = 'unknown' } = sanitizeCause(error);
    super('OPERATION_REFUSED', `standard output cannot be written (${code})`, { cause: error });
    this.readerHasGone = code === 'EPIPE';
  }
}

/** Writes and waits until the stream has taken it. Throws an OutputFailure. */
export function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, error => (error ? reject(new OutputFailure(error)) : resolve()));
  });
}
