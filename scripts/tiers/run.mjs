/** Runs one tier: its output goes to a log, its counts come back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, tailOf } from '../shared/process-group.mjs';
import { add } from './counts.mjs';

/**
 * @typedef {object} Tier
 * @property {string} name
 * @property {string} what
 * @property {string[]} npm the arguments of npm
 * @property {string} [script] the script that must be in package.json
 * @property {import('./counts.mjs').Counter} counter
 * @property {number} minutes its limit
 * @property {boolean} [isSetup] nothing else can run when it fails
 * @property {() => Promise<{ env: Record<string, string>, note: string }>} [prepare]
 */

/** @typedef {{ counts: import('./counts.mjs').Counts, seconds: number, note: string, parts: string[], details: string }} Result details: what to show when it failed */

/**
 * @param {Tier} tier
 * @param {object} place
 * @param {string} place.root the project
 * @param {string} place.logs a folder
 * @param {number} place.secondsLeft of the whole run
 * @param {(group: import('../shared/process-group.mjs').Group) => void} place.onStart
 * @returns {Promise<Result>}
 */
export async function runTier(tier, { root, logs, secondsLeft, onStart }) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  /** @type {(why: string) => Result} */
  const failed = why => ({ counts: { passed: 0, failed: 1, skipped: 0 }, seconds: seconds(), note: '', parts: [], details: `    ${why}` });

  if (secondsLeft < 1) return failed('there was no time left to run it');
  if (tier.script !== undefined && !hasScript(root, tier.script)) return failed(`package.json has no script '${tier.script}'`);
  let prepared;
  try {
    prepared = await tier.prepare?.();
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }

  const logFile = join(logs, `${tier.name}.log`);
  const reportFile = join(logs, `${tier.name}.json`);
  writeFileSync(logFile, '');
  const extra = tier.counter.args(reportFile);
  const command = { command: 'npm', args: [...tier.npm, ...(extra.length > 0 ? ['--', ...extra] : [])], cwd: root };
  const limitSeconds = Math.min(tier.minutes * 60, secondsLeft - seconds());
  const ended = await run({ ...command, env: { NO_COLOR: '1', ...prepared?.env } }, { logFile, limitSeconds, onStart });

  const outcome = { code: ended.code, reportFile, logFile };
  const read = tier.counter.read(outcome);
  const counts = ended.timedOut && read.failed === 0 ? add(read, { passed: 0, failed: 1, skipped: 0 }) : read;
  const reasons = [
    ...(ended.timedOut ? [`it was stopped after ${Math.round(limitSeconds)} s`] : []),
    ...tier.counter.failures(outcome).slice(0, 30),
    `the end of ${logFile}:`,
  ];
  const details = [...reasons.map(reason => `    ${reason}`), tailOf(logFile, 60)].join('\n');
  return { counts, seconds: seconds(), note: prepared?.note ?? '', parts: tier.counter.parts?.(outcome) ?? [], details };
}

/**
 * @param {string} root
 * @param {string} name
 */
function hasScript(root, name) {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.hasOwn(scripts, name);
}
