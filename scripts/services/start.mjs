/** Starts one service on a free loopback port and waits until it answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGroup, tailOf } from '../shared/process-group.mjs';

/** @typedef {import('./index.mjs').Service} Service */

/**
 * @typedef {object} Running
 * @property {Service} service
 * @property {string} url
 * @property {number} pid
 * @property {number} seconds from its start to its first answer
 * @property {Promise<number>} exited
 * @property {() => string} logTail
 * @property {() => Promise<void>} stop stops it and removes its log
 */

const READY_SECONDS = 60;

/**
 * @param {Service} service an installed one
 * @returns {Promise<Running>}
 */
export async function startService(service) {
  // Another program may take the free port before the service does, so a service that ends at once gets a second one.
  return (await tryToStart(service, false)) ?? /** @type {Promise<Running>} */ (tryToStart(service, true));
}

/**
 * @param {Service} service
 * @param {boolean} isLastTry
 * @returns {Promise<Running | undefined>}
 */
async function tryToStart(service, isLastTry) {
  const folder = mkdtempSync(join(tmpdir(), `fieldseal-${service.name}-`));
  const logFile = join(folder, 'log');
  const started = performance.now();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const group = await startGroup({ ...service.command(port), cwd: folder }, logFile);
  const stop = async () => {
    await group.stop();
    rmSync(folder, { recursive: true, force: true });
  };

  const seconds = () => (performance.now() - started) / 1000;
  while (seconds() < READY_SECONDS && !group.hasExited()) {
    if ((await answers(url)) && !group.hasExited()) {
      return { service, url, pid: group.pid, seconds: seconds(), exited: group.exited, logTail: () => tailOf(logFile), stop };
    }
    await sleep(100);
  }
  const why = group.hasExited() ? `ended with ${await group.exited} before it was ready` : `was not ready after ${READY_SECONDS} s`;
  const message = `${service.name} ${why}\n${tailOf(logFile)}`;
  const tryAgain = group.hasExited() && !isLastTry;
  await stop();
  if (tryAgain) return undefined;
  throw new Error(message);
}

/**
 * True when DynamoDB's ListTables succeeds; every service here has it, and looks at no signature.
 *
 * @param {string} url
 */
async function answers(url) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=ready/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: '{}',
      signal: AbortSignal.timeout(5000),
    });
    const body = /** @type {{ TableNames?: unknown }} */ (await response.json());
    return response.ok && Array.isArray(body.TableNames);
  } catch {
    return false;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
