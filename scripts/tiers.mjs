#!/usr/bin/env node
/**
 * Everything that must hold before a change is accepted, tier by tier. `.ci/run` runs all of it on a clean clone.
 *
 *   node scripts/tiers.mjs                    all tiers, the clean install included
 *   node scripts/tiers.mjs --only test,static some tiers, in the order of the table
 *   node scripts/tiers.mjs --list             the table
 *
 * A tier that fails does not stop the others. The last line is `N passed, N failed, N skipped` over all of them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { newerNode } from './services/node.mjs';
import { onInterrupt } from './shared/process-group.mjs';
import { add, exitCode, inWords, lastLine, nothing, onlyFailure, vitestReport, vitestReportByServer } from './tiers/counts.mjs';
import { runTier } from './tiers/run.mjs';

/** For all tiers together; those that are left when it is over fail. */
const MINUTES = 28;

/** @type {(name: string) => { script: string, npm: string[] }} */
const script = name => ({ script: name, npm: ['run', name] });

/** @type {readonly import('./tiers/run.mjs').Tier[]} */
const tiers = [
  {
    name: 'install',
    what: 'the locked dependencies, without their install scripts',
    npm: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    counter: onlyFailure,
    minutes: 6,
    isSetup: true,
  },
  { name: 'test', what: 'unit, property, vector and type tests', ...script('test'), counter: vitestReportByServer, minutes: 10 },
  { name: 'static', what: 'lint, format, types, documentation', ...script('check:static'), counter: exitCode, minutes: 4 },
  {
    name: 'services',
    what: 'tests against DynamoDB Local, moto, ministack',
    ...script('test:services'),
    counter: vitestReportByServer,
    minutes: 14,
  },
  {
    name: 'interop',
    what: 'both directions with the live Java peer: items and key stores',
    ...script('test:interop'),
    counter: vitestReport,
    minutes: 8,
  },
  { name: 'examples', what: 'the examples, run', ...script('examples'), counter: vitestReport, minutes: 5 },
  { name: 'newer-node', what: 'the tests on a newer Node', ...script('test'), counter: vitestReport, minutes: 10, prepare: withNewerNode },
  { name: 'package', what: 'the package as it is installed', ...script('check:package'), counter: lastLine, minutes: 6 },
  { name: 'security', what: 'audit, install scripts, lockfile, SBOM', ...script('check:security'), counter: lastLine, minutes: 3 },
];

try {
  process.exitCode = await main();
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean', default: false } } });
  if (values.list) {
    for (const { name, what, npm, minutes } of tiers) {
      stdout.write(`${name.padEnd(12)}${`npm ${npm.slice(0, 2).join(' ')}`.padEnd(26)}${`≤ ${minutes} min`.padEnd(10)}${what}\n`);
    }
    return 0;
  }
  const total = await runAll(tiersNamed(values.only));
  stdout.write(`\n${inWords(total)}\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** @param {readonly import('./tiers/run.mjs').Tier[]} chosen */
async function runAll(chosen) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const logs = mkdtempSync(join(tmpdir(), 'fieldseal-tiers-'));
  const deadline = performance.now() + MINUTES * 60_000;
  /** @type {import('./shared/process-group.mjs').Group | undefined} */
  let current;
  onInterrupt(async () => current?.stop(20));

  let total = nothing;
  stdout.write(`${row('TIER', 'PASSED', 'FAILED', 'SKIPPED', 'SECONDS')}\n`);
  for (const tier of chosen) {
    const secondsLeft = (deadline - performance.now()) / 1000;
    const onStart = (/** @type {import('./shared/process-group.mjs').Group} */ group) => {
      current = group;
    };
    const { counts, seconds, note, parts, details } = await runTier(tier, { root, logs, secondsLeft, onStart });
    const { passed, failed, skipped } = counts;
    stdout.write(`${row(tier.name, passed, failed, skipped, seconds.toFixed(1))}  ${note || tier.what}\n`);
    for (const part of parts) stdout.write(`              ${part}\n`);
    if (failed > 0) stdout.write(`${details}\n`);
    total = add(total, counts);
    if (tier.isSetup && failed > 0) {
      stdout.write('The other tiers were not run.\n');
      break;
    }
  }
  if (total.failed === 0) rmSync(logs, { recursive: true, force: true });
  return total;
}

/** @param {(string | number)[]} cells */
function row(...cells) {
  const [name = '', ...figures] = cells.map(String);
  return name.padEnd(12) + figures.map(figure => figure.padStart(9)).join('');
}

/** @param {string | undefined} names */
function tiersNamed(names) {
  if (names === undefined) return tiers;
  const wanted = names.split(',');
  const unknown = wanted.filter(name => !tiers.some(tier => tier.name === name));
  if (unknown.length > 0) throw new Error(`no such tier: ${unknown.join(', ')} (there are ${tiers.map(tier => tier.name).join(', ')})`);
  return tiers.filter(tier => wanted.includes(tier.name));
}

/** npm and every program that it starts run on the first `node` of PATH. */
async function withNewerNode() {
  const node = await newerNode();
  const [, version = ''] = /node-([\d.]+)/.exec(node) ?? [];
  return { env: { PATH: `${dirname(node)}${delimiter}${env.PATH}` }, note: `the tests on Node ${version}` };
}
