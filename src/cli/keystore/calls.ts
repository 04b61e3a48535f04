import { type FieldsealErrorCode, isFieldsealError } from '../../errors.ts';
import { EXIT, type ExitCode, type Host } from '../host.ts';
import { OutputFailure } from '../output.ts';
import { problemLine } from '../problem.ts';

/** The arguments or the configuration must change first, as fieldseal or the service says. */
const REFUSALS: ReadonlySet<FieldsealErrorCode> = new Set(['CONFIG_INVALID', 'INPUT_INVALID', 'OPERATION_REFUSED']);

/**
 * Runs what calls services, and tells of a call that fails. Refusals are thrown, as they are before any call, and so is what is not ours: a
 * package may be missing.
 */
export async function calling(host: Host, work: () => Promise<void>): Promise<ExitCode> {
  try {
    await work();
    return EXIT.done;
  } catch (error) {
    if (error instanceof OutputFailure && error.readerHasGone) return EXIT.readerGone;
    if (!(error instanceof OutputFailure) && !isFailedCall(error)) throw error;
    host.stderr.write(problemLine('fieldseal', error));
    return EXIT.failed;
  }
}

function isFailedCall(error: unknown): boolean {
  return isFieldsealError(error) && !REFUSALS.has(error.code);
}
