#!/usr/bin/env node
/**
 * Runs the real services that the service tests need, for use by hand.
 *
 *   npm run services                          installs what is missing, starts all, prints their addresses, stops them at Ctrl-C
 *   npm run services -- --only moto,ministack only these
 *   npm run services -- --install-only        starts nothing
 *   npm run --silent services -- --json       one line of JSON on standard output: the environment variables for the tests
 */
import { stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { installServices, servicesNamed, startServices } from './services/index.mjs';
import { onInterrupt } from './shared/process-group.mjs';

try {
  await main();
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, json: { type: 'boolean', default: false }, 'install-only': { type: 'boolean', default: false } },
  });
  const chosen = servicesNamed(values.only);
  /** @type {ReturnType<typeof startServices> | undefined} */
  let starting;
  let isStopping = false;
  onInterrupt(async () => {
    isStopping = true;
    await (await starting)?.stop();
  });
  await installServices(chosen);
  if (values['install-only']) return;

  starting = startServices(chosen);
  const { running, variables, stop } = await starting;
  if (values.json) {
    stdout.write(`${JSON.stringify(variables)}\n`);
  } else {
    printTable(running);
    stderr.write('Press Ctrl-C to stop them.\n');
  }

  const dead = await Promise.race(running.map(async each => ({ each, code: await each.exited })));
  if (isStopping) return;
  const message = `${dead.each.service.name} ended with ${dead.code}\n${dead.each.logTail()}`;
  await stop();
  throw new Error(message);
}

/** @param {import('./services/start.mjs').Running[]} running */
function printTable(running) {
  const rows = [
    ['SERVICE', 'VERSION', 'URL', 'PID', 'READY IN', 'VARIABLE'],
    ...running.map(({ service, url, pid, seconds }) => [
      service.name,
      service.version,
      url,
      String(pid),
      `${seconds.toFixed(1)} s`,
      service.variable,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  for (const row of rows)
    stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}
