/**
 * Installs things once into the cache folder: `$FIELDSEAL_CACHE`, or `~/.cache/fieldseal`. An install is built beside its final place and
 * renamed when it is complete, so that a run that was cut short, or two runs at once, never leave half of one.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, stderr } from 'node:process';
import { capture, run, tailOf } from '../shared/process-group.mjs';

/** @typedef {import('../shared/process-group.mjs').Command} Command */

/** Where installs are kept between runs. */
export const cacheFolder = env.FIELDSEAL_CACHE ?? join(homedir(), '.cache', 'fieldseal');

/**
 * @typedef {object} Recipe
 * @property {string} name the folder's name, with the version
 * @property {string} result the file, relative to the folder, without which the install is not complete
 * @property {string} stamp everything that decides what is installed: when it changes, the install is made again
 * @property {() => Promise<void>} check throws an Error that says what the machine lacks
 * @property {(folder: string) => Command[]} steps
 */

/**
 * The folder that a recipe is installed in.
 *
 * @param {string} name
 */
export function folderOf(name) {
  return join(cacheFolder, 'services', name);
}

/**
 * Installs unless it is there already.
 *
 * @param {Recipe} recipe
 * @returns {Promise<void>}
 */
export async function install({ name, result, stamp, check, steps }) {
  const folder = folderOf(name);
  const isComplete = () =>
    existsSync(join(folder, result)) && existsSync(stampIn(folder)) && readFileSync(stampIn(folder), 'utf8') === stamp;
  if (isComplete()) return;

  await check();
  mkdirSync(join(cacheFolder, 'services'), { recursive: true });
  removeAbandoned(name);
  const partial = mkdtempSync(`${folder}.partial-`);
  const logs = mkdtempSync(join(tmpdir(), 'fieldseal-install-'));
  const started = performance.now();
  stderr.write(`${name}: installing…\n`);
  try {
    for (const [index, step] of steps(partial).entries()) await runStep(name, step, join(logs, `${index + 1}.log`));
    writeFileSync(stampIn(partial), stamp);
    if (!isComplete()) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
    rmSync(logs, { recursive: true, force: true });
  }
  stderr.write(`${name}: installed in ${Math.round((performance.now() - started) / 1000)} s\n`);
}

/**
 * Removes what earlier runs left when they were interrupted. No install takes an hour.
 *
 * @param {string} name
 */
function removeAbandoned(name) {
  const parent = join(cacheFolder, 'services');
  for (const entry of readdirSync(parent)) {
    const path = join(parent, entry);
    const isAbandoned = entry.startsWith(`${name}.partial-`) && Date.now() - statSync(path).mtimeMs > 3_600_000;
    if (isAbandoned) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * A registry may answer too late once; a second failure is final.
 *
 * @param {string} name
 * @param {Command} step
 * @param {string} logFile
 */
async function runStep(name, step, logFile) {
  stderr.write(`${name}:   ${[step.command, ...step.args].join(' ')}\n`);
  for (const isLast of [false, true]) {
    const { code, timedOut } = await run(step, { logFile, limitSeconds: 300 });
    if (code === 0) return;
    const why = timedOut ? 'took more than five minutes' : `ended with ${code}`;
    if (isLast) throw new Error(`cannot install ${name}: ${step.command} ${why}\n${tailOf(logFile)}`);
    stderr.write(`${name}:   ${step.command} ${why}, trying once more\n`);
  }
}

/**
 * What a program prints, or undefined when it is missing or fails.
 *
 * @param {string} command
 * @param {...string} args
 * @returns {Promise<string | undefined>}
 */
export async function outputOf(command, ...args) {
  const { code, stdout, stderr } = await capture({ command, args });
  return code === 0 ? stdout + stderr : undefined;
}

/** @param {string} folder */
function stampIn(folder) {
  return join(folder, 'installed.txt');
}
