#!/usr/bin/env node
/**
 * Adds to package-lock.json the packages for other platforms that a registry mirror did not serve. npm leaves them out when it cannot
 * look them up, and `npm ci` then refuses the file on every platform. Run it after each `npm install`:
 *
 *   npm run lock               adds what is missing
 *   npm run lock -- --check    adds nothing, fails when something is missing
 *
 * Such an entry has the exact version that the package above it asks for, and no integrity hash.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

/** What platform packages have in their names, in npm's words for `os` and `cpu`. */
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** @typedef {{ version?: string, dev?: boolean, optionalDependencies?: Record<string, string> }} Locked */

const lockFile = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
/** @type {Record<string, Locked>} */
const packages = lock.packages;

const missing = Object.entries(packages).flatMap(([parent, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !isLocked(parent, name))
    .map(([name, version]) => ({ name, version, dev })),
);

if (missing.length === 0) {
  stdout.write('package-lock.json lists every optional dependency\n');
} else if (argv.includes('--check')) {
  stdout.write(
    `package-lock.json lacks optional dependencies: \`npm run lock\` adds them\n${missing.map(each => `  ${each.name}\n`).join('')}`,
  );
  exit(1);
} else {
  for (const each of missing) packages[`node_modules/${each.name}`] = entryFor(each);
  const sorted = Object.entries(packages).sort(([left], [right]) => left.localeCompare(right, 'en'));
  writeFileSync(lockFile, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  stdout.write(`package-lock.json: added ${missing.length} optional dependencies for other platforms\n`);
}

/**
 * Node looks in the folder of the package and then in each one above it.
 *
 * @param {string} parent
 * @param {string} name
 */
function isLocked(parent, name) {
  const folders = parent.split('/node_modules/').map((_, index, parts) => `${parts.slice(0, index + 1).join('/node_modules/')}/`);
  return ['', ...folders].some(folder => Object.hasOwn(packages, `${folder}node_modules/${name}`));
}

/** @param {{ name: string, version: string, dev: boolean | undefined }} package_ */
function entryFor({ name, version, dev }) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.find(each => words.includes(each));
  const cpu = PROCESSORS.find(each => words.includes(each));
  if (os === undefined || cpu === undefined || !EXACT_VERSION.test(version)) {
    throw new Error(`cannot tell the platform of ${name}@${version}: run \`npm install\` where the registry serves it`);
  }
  const libc = words.includes('musl') ? 'musl' : os === 'linux' && words.includes('gnu') ? 'glibc' : undefined;
  return { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc: [libc] }), optional: true, os: [os] };
}
