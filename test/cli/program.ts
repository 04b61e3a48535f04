import { execFile, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SRC = join(ROOT, 'src');
/** Inside the checkout, so that packages resolve. One folder for each state of the sources. */
const CACHE = join(ROOT, '.cache/cli-test');
const ONE_DAY = 86_400_000;

/** What a run of the program left. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the program is run. */
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node itself. */
  readonly node?: readonly string[];
  readonly cwd?: string;
}

let program: Promise<string> | undefined;

/** The built `main.js`, as users get it. Built once for each state of the sources, whoever asks. */
export function builtProgram(): Promise<string> {
  program ??= build();
  return program;
}

/** Runs the program to its end, without the environment of this process. */
export async function fieldseal(args: readonly string[], { input = '', ...options }: RunOptions = {}): Promise<Run> {
  const child = await start(args, options);
  child.stdin.on('error', () => undefined); // it may end before it has read all
  child.stdin.end(input);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { code, stdout: (await stdout).toString('utf8'), stderr: (await stderr).toString('utf8') };
}

/** Starts the program and leaves its streams to the caller. */
export async function start(args: readonly string[], { env = {}, node = [], cwd }: RunOptions = {}) {
  const options: SpawnOptionsWithoutStdio = { env: { PATH: process.env.PATH, ...AWS_ENV, ...env }, ...(cwd && { cwd }) };
  return spawn(process.execPath, [...node, await builtProgram(), ...args], options);
}

const AWS_ENV = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function build(): Promise<string> {
  const folder = join(CACHE, hashOfSources());
  const main = join(folder, 'cli/main.js');
  if (existsSync(main)) return main;
  mkdirSync(CACHE, { recursive: true });
  removeOldBuilds();
  const scratch = mkdtempSync(join(CACHE, 'building-'));
  await compile(scratch);
  if (!existsSync(join(scratch, 'cli/main.js'))) throw new Error('tsc wrote no cli/main.js');
  try {
    renameSync(scratch, folder);
  } catch {
    rmSync(scratch, { recursive: true }); // another test file was quicker
  }
  return main;
}

function removeOldBuilds(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (Date.now() - statSync(path).mtimeMs > ONE_DAY) rmSync(path, { recursive: true, force: true });
  }
}

/** Type errors are told by `npm run check:types`; what is emitted all the same is what runs here. */
function compile(outDir: string): Promise<void> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return new Promise(resolve => {
    execFile(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', outDir], () => resolve());
  });
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(SRC, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.ts')) hash.update(`${name}\0`).update(readFileSync(join(SRC, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
