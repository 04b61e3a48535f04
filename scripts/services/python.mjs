/**
 * Services that come from the Python package index: a virtual environment each. The constraints file beside this one pins what the
 * service itself depends on, so that a new release of some dependency never changes a test run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { folderOf, outputOf } from './install.mjs';

const OLDEST_PYTHON = [3, 11];
const python = env.FIELDSEAL_PYTHON ?? 'python3';

/**
 * @param {{ name: string, packages: string[], constraints: string }} service constraints: name of a file in this folder
 * @returns {import('./install.mjs').Recipe}
 */
export function pythonRecipe({ name, packages, constraints }) {
  const constraintsFile = fileURLToPath(new URL(constraints, import.meta.url));
  return {
    name,
    result: join('bin', 'python'),
    stamp: `${packages.join(' ')}\n${readFileSync(constraintsFile, 'utf8')}`,
    check: () => checkPython(name),
    steps: folder => [
      { command: python, args: ['-m', 'venv', folder] },
      {
        command: join(folder, 'bin', 'python'),
        args: ['-m', 'pip', 'install', '--quiet', '--no-input', '--constraint', constraintsFile, ...packages],
        env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' },
      },
    ],
  };
}

/**
 * The interpreter of an installed environment. Its modules are run with `-m`: scripts in `bin` hold the path of the folder that the
 * environment was made in, which is not the one it ends up in.
 *
 * @param {string} name
 */
export function pythonOf(name) {
  return join(folderOf(name), 'bin', 'python');
}

/** @param {string} name */
async function checkPython(name) {
  const [major, minor] = OLDEST_PYTHON;
  const needed = `${name} needs Python ${major}.${minor} or newer`;
  const version = await outputOf(python, '-c', 'import sys; print("%d.%d" % sys.version_info[:2])');
  if (version === undefined) throw new Error(`${needed}: '${python}' does not run (set FIELDSEAL_PYTHON to name another)`);
  const [foundMajor = 0, foundMinor = 0] = version.trim().split('.').map(Number);
  if (foundMajor !== major || foundMinor < Number(minor)) {
    throw new Error(`${needed}: '${python}' is ${version.trim()} (set FIELDSEAL_PYTHON to name another)`);
  }
  const hasVenv = await outputOf(python, '-c', 'import venv, ensurepip');
  if (hasVenv === undefined) {
    throw new Error(
      `${needed} with its venv and ensurepip modules, which '${python}' lacks (on Debian and Ubuntu: apt-get install python3-venv)`,
    );
  }
}
