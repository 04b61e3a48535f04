#!/usr/bin/env node
/**
 * A newer Node than the one that builds the package, to run the tests on.
 *
 *   node scripts/services/node.mjs      installs it if needed and prints the path of its binary
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { onInterrupt } from '../shared/process-group.mjs';
import { folderOf, install, outputOf } from './install.mjs';

const VERSION = '24.21.0';
const NAME = `node-${VERSION}`;
const RESULT = join('node_modules', 'node', 'bin', 'node');
const MANIFEST = `${JSON.stringify({ private: true, dependencies: { node: VERSION } }, null, 2)}\n`;

/**
 * Installs it from the npm registry.
 *
 * @returns {Promise<string>} the path of the binary
 */
export async function newerNode() {
  await install({
    name: NAME,
    result: RESULT,
    stamp: MANIFEST,
    check: async () => {
      if ((await outputOf('npm', '--version')) === undefined) throw new Error(`${NAME} needs npm: 'npm' does not run`);
    },
    steps: folder => {
      writeFileSync(join(folder, 'package.json'), MANIFEST);
      // Its install script puts the binary of this platform in place.
      return [{ command: 'npm', args: ['install', '--no-audit', '--no-fund', '--ignore-scripts=false'], cwd: folder }];
    },
  });
  return join(folderOf(NAME), RESULT);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  onInterrupt(async () => {});
  try {
    stdout.write(`${await newerNode()}\n`);
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n`);
    exit(1);
  }
}
