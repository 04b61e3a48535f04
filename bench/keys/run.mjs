#!/usr/bin/env node
/**
 * Measures what many tenants cost a process that has fetched nothing: `npm run bench:keys -- --help`. What is measured, and the figures of one run, are in
 * bench/README.md.
 */
import { deepEqual } from 'node:assert/strict';
import { env, stderr, stdout } from 'node:process';
import { machine } from '../machine.mjs';
import { optionsOrExit } from '../options-or-exit.mjs';
import { CONTENDERS, secretOf } from './keyrings.mjs';
import { readOptions, USAGE } from './options.mjs';
import { reportOf } from './report.mjs';
import { worldOf } from './world.mjs';

env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const options = optionsOrExit(readOptions, USAGE);
const before = machine();
const world = await worldOf(options);
try {
  const stored = new Map();
  for (const { name, cold } of CONTENDERS) stored.set(name, await written(cold(world)));
  /** @type {import('./report.mjs').Turn[]} */
  const turns = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of CONTENDERS) turns.push(await turnOf(contender, stored.get(contender.name), round));
  }
  if (stderr.isTTY) stderr.write('\n');
  const run = { machine: before, loadAverageAfter: machine().loadAverage, options, turns };
  stdout.write(options.json ? `${JSON.stringify(run, undefined, 2)}\n` : reportOf(run));
} finally {
  await world.close();
}

/** What another process wrote. @param {import('./keyrings.mjs').Process} process */
function written(process) {
  return inParallel(Math.ceil(options.operations / 2), n => process.write(tenantOf(n), `${n}`));
}

/**
 * @param {import('./keyrings.mjs').Contender} contender
 * @param {readonly unknown[]} items
 * @param {number} round
 * @returns {Promise<import('./report.mjs').Turn>}
 */
async function turnOf({ name, cold }, items, round) {
  if (stderr.isTTY) stderr.write(`\r\x1b[Kround ${round + 1} ${name}`);
  const process = cold(world);
  const calls = world.fake.count();
  world.reads.length = 0;
  let failures = 0;
  const began = performance.now();
  const results = await inParallel(options.operations, async n => {
    try {
      return n % 2 === 0 ? await process.read(items[n / 2]) : await process.write(tenantOf(n), `new ${n}`);
    } catch {
      failures++;
      return undefined;
    }
  });
  const ms = performance.now() - began;
  const [kmsCalls, storeReads] = [world.fake.count() - calls, world.reads.length];
  // Written under whatever key it had then: another process must be able to open it.
  const elsewhere = cold(world);
  const unreadable = await inParallel(options.operations, async n => {
    if (results[n] === undefined) return 0;
    const text = n % 2 === 0 ? results[n] : await elsewhere.read(results[n]).catch(() => undefined);
    const expected = n % 2 === 0 ? secretOf(tenantOf(n / 2), `${n / 2}`) : secretOf(tenantOf(n), `new ${n}`);
    return text === expected ? 0 : 1;
  });
  deepEqual(unreadable.length, options.operations);
  return { name, ms, kmsCalls, storeReads, failures, unreadable: unreadable.reduce((sum, one) => sum + one, 0) };
}

/** @param {number} n */
function tenantOf(n) {
  return `tenant-${(n * 37) % options.tenants}`;
}

/** @template T @param {number} count @param {(n: number) => Promise<T>} work @returns {Promise<T[]>} */
async function inParallel(count, work) {
  /** @type {T[]} */
  const results = new Array(count);
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) results[n] = await work(n);
  };
  await Promise.all(Array.from({ length: options.inFlight }, worker));
  return results;
}
