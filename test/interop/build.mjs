#!/usr/bin/env node
/**
 * Builds a live peer (the AWS Database Encryption SDK for Java or for Rust) outside the source tree.
 *
 *   node test/interop/build.mjs java|rust [--offline]
 *
 * Progress goes to standard error. Standard output gets one line of JSON, the command to run:
 * {"command":"java","args":[...]}. The result is kept under $FIELDSEAL_CACHE (by default
 * ~/.cache/fieldseal) together with a hash of the sources; while that hash is unchanged nothing is
 * built again. Java takes seconds and needs a JDK 17 and Maven; Rust takes about half an hour.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { argv, env, exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** @typedef {{ command: string, args: string[] }} Command */
/** @typedef {{ build: Command, buildEnv: Record<string, string>, result: string, run: Command }} Recipe */

/** @type {Record<string, (folder: string, offline: boolean) => Recipe>} */
const recipes = {
  java: (folder, offline) => {
    const classes = join(folder, 'target', 'classes');
    const args = ['-B', '-q', `-Dcache.dir=${folder}`, '-f', join(here, 'java', 'pom.xml'), 'package'];
    return {
      build: { command: 'mvn', args: offline ? ['-o', ...args] : args },
      buildEnv: {},
      result: join(classes, 'fieldseal', 'interop', 'Peer.class'),
      run: {
        command: 'java',
        args: ['-Xmx1g', '-cp', [classes, join(folder, 'lib', '*')].join(delimiter), 'fieldseal.interop.Peer'],
      },
    };
  },
  rust: (folder, offline) => {
    const program = join(folder, 'release', 'fieldseal-rust-peer');
    const args = ['build', '--release', '--manifest-path', join(here, 'rust', 'Cargo.toml')];
    return {
      build: { command: 'cargo', args: offline ? [...args, '--offline'] : args },
      buildEnv: { CARGO_TARGET_DIR: folder },
      result: program,
      run: { command: program, args: [] },
    };
  },
};

/** The names of the peers that can be built. */
export const peerNames = Object.keys(recipes);

/**
 * Builds the peer unless it is up to date and returns the command that runs it.
 *
 * @param {string} name one of {@link peerNames}
 * @param {{ offline?: boolean }} [options] offline: use only packages that were downloaded before
 * @returns {Promise<Command>}
 */
export async function buildPeer(name, { offline = false } = {}) {
  const recipe = recipes[name];
  if (recipe === undefined) throw new Error(`no such peer: ${name} (there are ${peerNames.join(', ')})`);
  const folder = join(env.FIELDSEAL_CACHE ?? join(homedir(), '.cache', 'fieldseal'), `${name}-peer`);
  const { build, buildEnv, result, run } = recipe(folder, offline);
  const stamp = join(folder, 'sources.sha256');
  const hash = hashOfFolder(join(here, name));
  if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    stderr.write(`${name} peer: up to date\n`);
    return run;
  }
  mkdirSync(folder, { recursive: true });
  rmSync(stamp, { force: true });
  stderr.write(`${name} peer: ${build.command} ${build.args.join(' ')}\n`);
  await runToEnd(build, buildEnv);
  writeFileSync(stamp, hash);
  stderr.write(`${name} peer: built\n`);
  return run;
}

/** @param {string} folder */
function hashOfFolder(folder) {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile())
    .sort();
  for (const path of files) {
    const content = readFileSync(path);
    hash.update(`${relative(folder, path)}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/**
 * The tool's own output goes to standard error, so that standard output stays one line of JSON.
 *
 * @param {Command} build
 * @param {Record<string, string>} buildEnv
 * @returns {Promise<void>}
 */
function runToEnd(build, buildEnv) {
  return new Promise((resolve, reject) => {
    const child = spawn(build.command, build.args, { stdio: ['ignore', 2, 2], env: { ...env, ...buildEnv } });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${build.command} ended with ${code ?? signal}`));
    });
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const names = argv.slice(2).filter(argument => !argument.startsWith('--'));
  if (names.length !== 1) {
    stderr.write(`usage: node build.mjs ${peerNames.join('|')} [--offline]\n`);
    exit(2);
  }
  try {
    const run = await buildPeer(names[0] ?? '', { offline: argv.includes('--offline') });
    stdout.write(`${JSON.stringify(run)}\n`);
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n`);
    exit(1);
  }
}
