#!/usr/bin/env node
/**
 * Measures what encryption adds to commands on a real DynamoDB Local: `npm run bench:dynamodb -- --help`. What is measured, and the figures of one
 * run, are in bench/README.md.
 */
import { deepEqual } from 'node:assert/strict';
import { env, stderr, stdout } from 'node:process';
import { installServices, servicesNamed, startServices } from '../../scripts/services/index.mjs';
import { onInterrupt } from '../../scripts/shared/process-group.mjs';
import { machine } from '../machine.mjs';
import { repeated, takeTurns } from '../measure.mjs';
import { optionsOrExit } from '../options-or-exit.mjs';
import { COUNTED, clientsOf } from './clients.mjs';
import { COMMANDS } from './commands.mjs';
import { readOptions, USAGE } from './options.mjs';
import { reportOf } from './report.mjs';
import { COUNT, itemOf } from './table.mjs';

env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const FILL = COMMANDS.find(({ name }) => name === 'batch');

const options = optionsOrExit(readOptions, USAGE);
const chosen = COMMANDS.filter(({ name }) => options.only === undefined || options.only.includes(name));
const { url, stop } = await database();
onInterrupt(stop);
try {
  const clients = await clientsOf(url);
  const before = machine();
  const rows = [];
  for (const command of chosen) rows.push(await rowOf(command, clients));
  stderr.write('\n');
  for (const client of clients) await client.close();
  const run = { machine: before, loadAverageAfter: machine().loadAverage, options, rows };
  stdout.write(options.json ? `${JSON.stringify(run, undefined, 2)}\n` : reportOf(run));
} finally {
  await stop();
}

/**
 * @param {import('./commands.mjs').Measured} measured
 * @param {readonly import('./clients.mjs').Client[]} clients
 * @returns {Promise<import('./report.mjs').Row>}
 */
async function rowOf({ title, command }, clients) {
  for (const { db, TableName } of clients) await db.send(FILL?.command(TableName, 0));
  const counted = clients.find(({ name }) => name === COUNTED);
  if (counted === undefined) throw new TypeError('somebody must count');
  const { db, TableName, operations, fake } = counted;
  operations.length = 0;
  fake?.reset();
  checked(title, await db.send(command(TableName, 1)));
  const calls = fake?.calls.map(({ operation }) => operation) ?? [];
  const kmsCalls = Object.fromEntries([...new Set(calls)].map(name => [name, calls.filter(each => each === name).length]));
  const requests = [...operations];
  let nth = 1;
  const competitors = clients
    .filter(({ name }) => name !== COUNTED)
    .map(client => repeated(client.name, () => client.db.send(command(client.TableName, ++nth))));
  const rates = await takeTurns(competitors, {
    ...options,
    onTurn: (round, name) => {
      if (stderr.isTTY) stderr.write(`\r\x1b[K${title}: ${round === 0 ? 'warm-up' : `round ${round}`} ${name}`);
      else if (round === 0 && name === 'plain') stderr.write(`${title}\n`);
    },
  });
  return { title, rates, counted: { requests, kmsCalls } };
}

/** What comes back is what was put. @param {string} title @param {{ Item?: object, Items?: object[] }} output */
function checked(title, { Item, Items }) {
  const items = Items ?? (Item === undefined ? undefined : [Item]);
  if (items === undefined) return;
  const expected = Array.from({ length: Items === undefined ? 1 : COUNT }, (_, n) => itemOf(n));
  deepEqual(items, expected, title);
}

async function database() {
  const running = env.FIELDSEAL_DYNAMODB_LOCAL_URL;
  if (running !== undefined) return { url: running, stop: async () => undefined };
  const services = servicesNamed('dynamodb-local');
  await installServices(services);
  const { variables, stop: stopAll } = await startServices(services);
  return { url: variables.FIELDSEAL_DYNAMODB_LOCAL_URL ?? '', stop: async () => void (await stopAll()) };
}
