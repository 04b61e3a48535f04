/** What stops the program, in one line. */
export class Problem extends Error {
  name = 'Problem';
}

const NO_ANSWER = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
const LONGEST = 300;

/**
 * Does one step. Whatever goes wrong in it becomes a Problem that names the step.
 *
 * @template T
 * @param {string} what
 * @param {string} endpoint
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, endpoint, work) {
  try {
    return await work();
  } catch (error) {
    throw new Problem(`${what}: ${reasonOf(error, endpoint)}`, { cause: error });
  }
}

/**
 * The answer, or undefined when the service says with this error that there is no such thing.
 *
 * @template T
 * @param {string} absent name of the service's error
 * @param {() => Promise<T>} ask
 * @returns {Promise<T | undefined>}
 */
export async function find(absent, ask) {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === absent) return undefined;
    throw error;
  }
}

/**
 * @param {unknown} error
 * @param {string} endpoint
 */
function reasonOf(error, endpoint) {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Problem) return error.message;
  const codes = [error, ...(error instanceof AggregateError ? error.errors : [])].map(each => each?.code);
  const code = codes.find(each => NO_ANSWER.has(each));
  if (code !== undefined) return `nothing answers at ${endpoint} (${code})`;
  const status = /** @type {{ $metadata?: { httpStatusCode?: number } }} */ (error).$metadata?.httpStatusCode;
  if (error.name === 'Unknown') return `status ${status} and no reason: does ${endpoint} have this service?`;
  const [line = ''] = error.message.split('\n', 1);
  return `${error.name}: ${line.slice(0, LONGEST)}`;
}
