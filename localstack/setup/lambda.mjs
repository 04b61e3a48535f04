import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { find, Problem } from './problem.mjs';

/** @typedef {Awaited<ReturnType<typeof lambdaPackages>>} Packages */

const HANDLER = new URL('../lambda/handler.mjs', import.meta.url);
const RUNTIME = 'nodejs22.x';
/** Emulators ask for a role and do not look at it. */
const ROLE = 'arn:aws:iam::000000000000:role/fieldseal-stream-sample';
const LONGEST_WAIT_MS = 180_000; // the first function makes LocalStack pull an image

/** The packages that nothing but the function needs. */
export async function lambdaPackages() {
  try {
    return { lambda: await import('@aws-sdk/client-lambda'), fflate: await import('fflate') };
  } catch (error) {
    if (!(error instanceof Error) || /** @type {NodeJS.ErrnoException} */ (error).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Problem(
      'the function needs the packages @aws-sdk/client-lambda and fflate, and one is missing: install both, or give --skip lambda',
    );
  }
}

/**
 * The sample function, with the code of handler.mjs as it is now.
 *
 * @param {Packages} packages
 * @param {import('@aws-sdk/client-lambda').LambdaClient} client
 * @param {string} name
 */
export async function ensureFunction({ lambda, fflate }, client, name) {
  const ZipFile = zipped(fflate, await readFile(HANDLER));
  const found = await find('ResourceNotFoundException', () => client.send(new lambda.GetFunctionCommand({ FunctionName: name })));
  const isCurrent = found?.Configuration?.CodeSha256 === createHash('sha256').update(ZipFile).digest('base64');
  if (found === undefined) {
    await client.send(
      new lambda.CreateFunctionCommand({
        FunctionName: name,
        Runtime: RUNTIME,
        Handler: 'handler.handler',
        Role: ROLE,
        Code: { ZipFile },
        Timeout: 30,
      }),
    );
  }
  await untilActive(lambda, client, name);
  if (found !== undefined && !isCurrent) {
    await client.send(new lambda.UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
    await untilActive(lambda, client, name);
  }
  const { Configuration } = await client.send(new lambda.GetFunctionCommand({ FunctionName: name }));
  return { name, arn: Configuration?.FunctionArn ?? '', status: found === undefined ? 'created' : isCurrent ? 'found' : 'updated' };
}

/**
 * What calls the function with the records of a stream, from the oldest on.
 *
 * @param {Packages} packages
 * @param {import('@aws-sdk/client-lambda').LambdaClient} client
 * @param {{ functionName: string, streamArn: string }} wanted
 */
export async function ensureEventSource({ lambda }, client, { functionName, streamArn }) {
  const asked = { FunctionName: functionName, EventSourceArn: streamArn };
  const { EventSourceMappings = [] } = await client.send(new lambda.ListEventSourceMappingsCommand(asked));
  const found = EventSourceMappings.find(({ EventSourceArn }) => EventSourceArn === streamArn);
  const mapping = found ?? (await client.send(new lambda.CreateEventSourceMappingCommand({ ...asked, StartingPosition: 'TRIM_HORIZON' })));
  return { name: functionName, id: mapping.UUID ?? '', arn: streamArn, status: found === undefined ? 'created' : 'found' };
}

/**
 * @param {Packages['lambda']} lambda
 * @param {import('@aws-sdk/client-lambda').LambdaClient} client
 * @param {string} FunctionName
 */
async function untilActive(lambda, client, FunctionName) {
  for (const deadline = Date.now() + LONGEST_WAIT_MS; Date.now() < deadline; await sleep(500)) {
    const { Configuration } = await client.send(new lambda.GetFunctionCommand({ FunctionName }));
    const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = Configuration ?? {};
    if (State === 'Failed') throw new Problem(`the server cannot run it: ${StateReason}`);
    if (LastUpdateStatus === 'Failed') throw new Problem(`its code was not taken: ${LastUpdateStatusReason}`);
    if (State === 'Active' && LastUpdateStatus !== 'InProgress') return;
  }
  throw new Problem(`it was not ready after ${LONGEST_WAIT_MS / 1000} s`);
}

/**
 * The same bytes for the same code wherever and whenever they are made, so that a second run sees that nothing changed.
 *
 * @param {typeof import('fflate')} fflate
 * @param {Uint8Array} code
 */
function zipped(fflate, code) {
  const readable = /** @type {const} */ ({ level: 0, mtime: new Date(2000, 0, 1), os: 3, attrs: 0o100644 << 16 });
  return fflate.zipSync({ 'handler.mjs': [code, readable] });
}
