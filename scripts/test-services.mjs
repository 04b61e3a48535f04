#!/usr/bin/env node
/**
 * Runs the tests that need real services: installs and starts them, tells the tests where they are, stops them.
 *
 *   npm run test:services                      all service tests
 *   npm run test:services -- test/services/X   other arguments go to vitest; file names replace the usual ones
 */
import { argv, execPath, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { installServices, services, startServices } from './services/index.mjs';
import { onInterrupt, startGroup } from './shared/process-group.mjs';

/** What vitest looks for in the paths of test files. */
const SERVICE_TESTS = ['test/services/', 'test/testing/kms-servers.test.ts'];

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  process.exit(await main());
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function main() {
  /** @type {ReturnType<typeof startServices> | undefined} */
  let starting;
  /** @type {import('./shared/process-group.mjs').Group | undefined} */
  let tests;
  const stopAll = async () => {
    await tests?.stop();
    await (await starting)?.stop();
  };
  onInterrupt(stopAll);

  await installServices(services);
  starting = startServices(services);
  const { running, variables } = await starting;
  for (const { service, url, seconds } of running) stderr.write(`${service.name} ready at ${url} in ${seconds.toFixed(1)} s\n`);
  try {
    const given = argv.slice(2);
    const files = given.some(argument => !argument.startsWith('-')) ? [] : SERVICE_TESTS;
    tests = await startGroup({
      command: execPath,
      args: ['node_modules/vitest/vitest.mjs', 'run', ...files, ...given],
      env: variables,
      cwd: root,
    });
    const code = await tests.exited;
    for (const each of running) {
      if (await hasEnded(each.exited)) stderr.write(`${each.service.name} ended during the tests\n${each.logTail()}\n`);
    }
    return code;
  } finally {
    await stopAll();
  }
}

/** @param {Promise<unknown>} exited */
function hasEnded(exited) {
  return Promise.race([exited.then(() => true), new Promise(resolve => setImmediate(resolve, false))]);
}
