#!/usr/bin/env node
/**
 * Tests the package as its users get it: packed, installed in an empty folder, every entry point imported both ways.
 *
 *   npm run check:package
 *
 * A bundle of each entry point must not contain what the entry point is meant to do without: that is what lets somebody who only uses
 * the format, or another database, leave the AWS SDK out.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { chainTo, modulesOf } from './package/bundle.mjs';
import { runChecks } from './shared/checks.mjs';
import { capture, onInterrupt } from './shared/process-group.mjs';

const AWS_SDK = ['@aws-sdk/client-kms', '@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'];

/** For each entry point, the packages that must not be in a bundle of it. An entry point without a row fails. */
const WITHOUT = {
  '.': [...AWS_SDK, 'mongodb', '@opentelemetry/api', 'commander', 'cli-progress'],
  './kms': ['mongodb', '@opentelemetry/api', 'commander', 'cli-progress'],
  './dynamodb': ['mongodb', '@opentelemetry/api', 'commander', 'cli-progress'],
  './otel': ['@aws-crypto/client-node', ...AWS_SDK, 'mongodb', 'lru-cache', 'commander', 'cli-progress'],
  './decorators': ['@aws-crypto/client-node', ...AWS_SDK, 'mongodb', '@opentelemetry/api', 'lru-cache', 'commander', 'cli-progress'],
  './testing': [...AWS_SDK, '@opentelemetry/api', 'commander', 'cli-progress'],
  './format': ['@aws-crypto/client-node', ...AWS_SDK, 'mongodb', '@opentelemetry/api', 'commander'],
};

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'fieldseal-package-'));
const project = join(scratch, 'project');
const manifest = readJson(join(root, 'package.json'));
/** @type {[key: keyof typeof WITHOUT, specifier: string][]} */
const entries = Object.keys(manifest.exports)
  .filter(key => key !== './package.json')
  .map(key => [/** @type {keyof typeof WITHOUT} */ (key), manifest.name + key.slice(1)]);

onInterrupt(async () => rmSync(scratch, { recursive: true, force: true }));
try {
  const tarball = await pack();
  await installIn(project, tarball);
  process.exitCode = await runChecks(checks(tarball));
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Builds from nothing, so that no file of an earlier build is packed. */
async function pack() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await must(root, 'npm', 'run', 'build');
  const { stdout } = await must(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch);
  const packed = JSON.parse(stdout);
  const { filename } = Array.isArray(packed) ? packed[0] : packed[manifest.name];
  return join(scratch, filename);
}

/**
 * Optional peers too: each in the version that the other tests use.
 *
 * @param {string} folder
 * @param {string} tarball
 */
async function installIn(folder, tarball) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somebody', private: true }));
  const peers = Object.keys(manifest.peerDependencies ?? {}).map(name => {
    const { version } = readJson(join(root, 'node_modules', name, 'package.json'));
    return `${name}@${version}`;
  });
  await must(folder, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...peers);
}

/**
 * @param {string} tarball
 * @returns {Generator<import('./shared/checks.mjs').Check>}
 */
function* checks(tarball) {
  for (const [key, specifier] of entries) {
    yield { name: `import '${specifier}'`, check: () => namesFrom(`import * as entry from '${specifier}';`, 'module') };
    yield { name: `require('${specifier}') gives the same names`, check: () => checkRequire(specifier) };
    yield { name: `'${specifier}' has types`, check: () => checkTypes(specifier) };
    yield { name: `'${specifier}' leaves out ${WITHOUT[key]?.join(', ') ?? '…'}`, check: () => checkBundle(key, specifier) };
  }
  for (const name of Object.keys(manifest.bin ?? {})) {
    yield { name: `the command ${name} runs`, check: () => checkCommand(name) };
  }
  yield { name: 'publint', check: () => must(root, execPath, join('node_modules', 'publint', 'src', 'cli.js'), '--strict', tarball) };
  yield {
    name: 'are the types wrong?',
    check: () =>
      must(root, execPath, join('node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js'), '--profile', 'esm-only', tarball),
  };
}

/** @param {string} specifier */
async function checkRequire(specifier) {
  const required = await namesFrom(`const entry = require('${specifier}');`, 'commonjs');
  const imported = await namesFrom(`import * as entry from '${specifier}';`, 'module');
  if (required !== imported) throw new Error(`require: ${required}\nimport:  ${imported}`);
}

/**
 * @param {string} statement that binds `entry`
 * @param {'module' | 'commonjs'} type
 */
async function namesFrom(statement, type) {
  const print = "console.log(Object.keys(entry).filter(name => name !== '__esModule' && name !== 'module.exports').sort().join(' '))";
  const { stdout } = await must(project, execPath, `--input-type=${type}`, '--eval', `${statement} ${print}`);
  if (stdout.trim() === '') throw new Error('it exports nothing');
  return stdout.trim();
}

/** @param {string} specifier */
async function checkTypes(specifier) {
  const file = join(project, 'types.mts');
  writeFileSync(file, `import * as entry from '${specifier}';\nexport type Names = keyof typeof entry;\n`);
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--types', ''];
  await must(project, execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...options, file);
}

/**
 * @param {keyof typeof WITHOUT} key
 * @param {string} specifier
 */
async function checkBundle(key, specifier) {
  const forbidden = WITHOUT[key];
  if (forbidden === undefined) throw new Error(`add a row for '${key}' to the table in scripts/check-package.mjs`);
  const modules = await modulesOf(specifier, project);
  const chains = forbidden.flatMap(name => chainTo(name, modules) ?? []);
  if (chains.length > 0) throw new Error(chains.join('\n'));
}

/** @param {string} name */
async function checkCommand(name) {
  const command = join(project, 'node_modules', '.bin', name);
  const help = await must(project, command, '--help');
  if (!help.stdout.includes(name)) throw new Error(`--help does not name ${name}`);
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {...string} args
 */
async function must(cwd, command, ...args) {
  const result = await capture({ command, args, cwd, env: { NO_COLOR: '1' } });
  if (result.code === 0) return result;
  const said = `${result.stdout}${result.stderr}`.trim().split('\n').slice(-30).join('\n');
  throw new Error(`${[command, ...args].join(' ')} ended with ${result.code}\n${said}`);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
