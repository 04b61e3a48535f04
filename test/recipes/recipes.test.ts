import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const run = promisify(execFile);

/** A project of somebody who installed the package: its files are the blocks of docs/recipes.md that begin with their names. */
let project: string;

beforeAll(async () => {
  const cache = join(ROOT, '.cache'); // below the root, so that other packages are found
  await mkdir(cache, { recursive: true });
  project = await mkdtemp(join(cache, 'recipes-'));
  const installed = join(project, 'node_modules', 'fieldseal');
  await mkdir(installed, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await build(join(installed, 'dist'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'somebody', private: true }));
  for (const [, name = '', code = ''] of (await readFile(join(ROOT, 'docs/recipes.md'), 'utf8')).matchAll(
    /^```js\n\/\/ (\S+)\n(.+?)^```$/gms,
  ))
    await writeFile(join(project, name), code);
}, 60_000);

afterAll(async () => rm(project, { recursive: true, force: true }));

describe('docs/recipes.md', () => {
  it('aws-sdk-client-mock', async () => {
    expect(await node(project, '--test', 'mocked-client.mjs')).toContain('pass 1');
  });

  it('Jest, tests as ES modules', async () => {
    expect(await jest('jest.config.cjs', '--experimental-vm-modules')).toContain('1 passed, 1 total');
  });

  it('Jest, tests in CommonJS', async () => {
    expect(await jest('jest.commonjs.config.cjs')).toContain('1 passed, 1 total');
  });

  it('CommonJS', async () => {
    expect(await node(project, 'commonjs.cjs')).toBe('');
  });
});

/** Without types, which nobody reads here. */
async function build(outDir: string): Promise<void> {
  const withoutTypes = ['declaration', 'declarationMap', 'isolatedDeclarations'].flatMap(option => [`--${option}`, 'false']);
  await node(ROOT, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', outDir, ...withoutTypes);
}

async function jest(config: string, ...flags: string[]): Promise<string> {
  return node(project, ...flags, resolve('jest/bin/jest'), '--config', config, '--watchman=false', '--no-cache', '--runInBand');
}

/** What a program wrote, its warnings aside. Fails with all of it when the program does. */
async function node(cwd: string, ...args: string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const isJest = args.some(arg => arg.includes('jest'));
  const { stdout, stderr } = await run(process.execPath, args, { cwd, env: { ...env, NO_COLOR: '1', AWS_REGION: 'us-east-1' } }).catch(
    (failure: { stdout: string; stderr: string }) => {
      throw new Error(`node ${args.join(' ')} failed:\n${failure.stdout}\n${failure.stderr}`);
    },
  );
  return isJest ? stderr : stdout; // Jest reports to stderr
}
