/**
 * Child processes that can be stopped whole: each is the leader of a process group of its own, so that stopping it also stops what it
 * started, and nothing else. Groups that are still alive when this process ends are killed with it.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ command: string, args: string[], env?: Record<string, string>, cwd?: string }} Command */
/** @typedef {{ code: number, seconds: number, timedOut: boolean }} Ended exit code; 128 when a signal ended it, 127 when it could not start */
/** @typedef {{ pid: number, exited: Promise<number>, hasExited: () => boolean, stop: (graceSeconds?: number) => Promise<void> }} Group */

/** @type {Set<number>} */
const alive = new Set();

process.on('exit', () => {
  for (const pid of alive) signalGroup(pid, 'SIGKILL');
});

/**
 * Starts a command without standard input.
 *
 * @param {Command} command
 * @param {string} [logFile] where its output goes; without it, to this process's own output
 * @returns {Promise<Group>} rejects when the program cannot be started
 */
export async function startGroup({ command, args, env, cwd }, logFile) {
  const output = logFile === undefined ? undefined : openSync(logFile, 'a');
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', output ?? 'inherit', output ?? 'inherit'],
  });
  if (output !== undefined) closeSync(output);
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pid = /** @type {number} */ (child.pid);
  alive.add(pid);
  let ended = false;
  /** @type {Promise<number>} */
  const exited = new Promise(resolve => {
    child.once('exit', code => {
      ended = true;
      resolve(code ?? 128);
    });
  });
  return {
    pid,
    exited,
    hasExited: () => ended,
    async stop(graceSeconds = 5) {
      // The leader may end before what it started, and leave it behind.
      const deadline = performance.now() + graceSeconds * 1000;
      let isThere = signalGroup(pid, 'SIGTERM');
      while (isThere && performance.now() < deadline) {
        await sleep(25);
        isThere = signalGroup(pid, 0);
      }
      if (isThere) signalGroup(pid, 'SIGKILL');
      await exited;
      alive.delete(pid);
    },
  };
}

/**
 * Runs a command to its end. Never rejects: a program that is missing ends with 127 and says so in the log.
 *
 * @param {Command} command
 * @param {{ logFile?: string, limitSeconds?: number, onStart?: (group: Group) => void }} [options]
 * @returns {Promise<Ended>}
 */
export async function run(command, { logFile, limitSeconds = 600, onStart } = {}) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let group;
  try {
    group = await startGroup(command, logFile);
  } catch {
    return { code: 127, seconds: seconds(), timedOut: false };
  }
  onStart?.(group);
  const code = await within(limitSeconds, group.exited);
  // The grace lets a command that started services of its own stop them first.
  await group.stop(20);
  return { code: code ?? 128, seconds: seconds(), timedOut: code === undefined };
}

/**
 * Runs a short command and returns what it printed. Never rejects: a program that is missing ends with 127.
 *
 * @param {Command} command
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function capture({ command, args, env, cwd }) {
  return new Promise(resolve => {
    const child = execFile(
      command,
      args,
      { cwd, env: { ...process.env, ...env }, encoding: 'utf8', timeout: 300_000, maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else if (error.code === 'ENOENT') resolve({ code: 127, stdout, stderr: `'${command}' is not installed` });
        else resolve({ code: child.exitCode ?? 128, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

/**
 * The last lines of a log, indented, for an error message.
 *
 * @param {string} logFile
 * @param {number} [lines]
 */
export function tailOf(logFile, lines = 25) {
  const text = existsSync(logFile) ? readFileSync(logFile, 'utf8').trimEnd() : '';
  if (text === '') return '    | (it printed nothing)';
  return text
    .split('\n')
    .slice(-lines)
    .map(line => `    | ${line}`)
    .join('\n');
}

/**
 * Calls `stop` once, at the first Ctrl-C or request to end, and then ends this process.
 *
 * @param {() => Promise<unknown>} stop
 */
export function onInterrupt(stop) {
  let stopping = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      const exitCode = signal === 'SIGINT' ? 130 : 143;
      stop().then(
        () => process.exit(exitCode),
        () => process.exit(exitCode),
      );
    });
  }
}

/**
 * @template T
 * @param {number} seconds
 * @param {Promise<T>} promise
 * @returns {Promise<T | undefined>} undefined when the time is up first
 */
export async function within(seconds, promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const timeUp = new Promise(resolve => {
    timer = setTimeout(resolve, seconds * 1000, undefined);
  });
  try {
    return await Promise.race([promise, /** @type {Promise<undefined>} */ (timeUp)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} false when the whole group has ended
 */
function signalGroup(pid, signal) {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
