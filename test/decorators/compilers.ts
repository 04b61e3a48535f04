import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const run = promisify(execFile);

/** Decorators as the standard has them, or with `experimentalDecorators`. */
export type Mode = 'standard' | 'legacy';

/** What a program printed: a JSON value. */
export interface Printed {
  readonly report: Record<string, unknown>;
  readonly outcomes: Record<string, string>;
}

const PROGRAM = `import { report } from './members.ts';
import { outcomes } from './mistakes.ts';

process.stdout.write(JSON.stringify({ report: report(), outcomes: outcomes() }));
`;

/** The options of TypeScript that the documentation names. */
const OPTIONS: Readonly<Record<Mode, object>> = {
  standard: { target: 'es2022', module: 'nodenext' },
  legacy: { target: 'es2022', module: 'nodenext', experimentalDecorators: true },
};

/** A project with the fixtures in it, and with the package as users get it. Below the root, so that other packages are found. */
export async function makeProject(): Promise<string> {
  const cache = join(ROOT, '.cache');
  await mkdir(cache, { recursive: true });
  const project = await mkdtemp(join(cache, 'decorators-'));
  const installed = join(project, 'node_modules/fieldseal');
  await mkdir(installed, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await cp(join(ROOT, 'test/decorators/fixtures'), join(project, 'src'), { recursive: true });
  await writeFile(join(project, 'src/main.ts'), PROGRAM);
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'somebody', private: true, type: 'module' }));
  // Type errors are told by `npm run check:types`; what is emitted all the same is what runs here.
  await node(ROOT, TSC, '-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')).catch(() => undefined);
  return project;
}

/** Compiles the program with TypeScript, types checked, and returns its path. */
export async function byTypeScript(project: string, mode: Mode, extra: object = {}): Promise<string> {
  const outDir = join(project, `tsc-${mode}-${Object.keys(extra).join('-')}`);
  const compilerOptions = {
    strict: true,
    skipLibCheck: true,
    rewriteRelativeImportExtensions: true,
    types: ['node'],
    lib: ['es2023'],
    ...OPTIONS[mode],
    ...extra,
  };
  const config = join(project, `tsconfig.${mode}-${Object.keys(extra).join('-')}.json`);
  await writeFile(config, JSON.stringify({ compilerOptions: { ...compilerOptions, rootDir: 'src', outDir }, files: ['src/main.ts'] }));
  await node(project, TSC, '-p', config);
  const type = 'module' in extra ? extra.module : 'module';
  await writeFile(join(outDir, 'package.json'), JSON.stringify({ type }));
  return join(outDir, 'main.js');
}

/** Checks the types of one file, as a user's compiler does. Fails with what the compiler says. */
export async function checkTypes(project: string, file: string, mode: Mode, extra: object = {}): Promise<void> {
  const name = `types-${mode}-${Object.keys(extra).join('-')}`;
  const copy = join(project, `${name}.ts`);
  await copyFile(join(ROOT, file), copy);
  const compilerOptions = { strict: true, skipLibCheck: true, noEmit: true, types: [], lib: ['es2023'], ...OPTIONS[mode], ...extra };
  await writeFile(join(project, `${name}.json`), JSON.stringify({ compilerOptions, files: [copy] }));
  await node(project, TSC, '-p', `${name}.json`, '--pretty', 'false');
}

/** Compiles a program with esbuild; packages are loaded when it runs. */
export async function byEsbuild(project: string, mode: Mode): Promise<string> {
  const outfile = join(project, `esbuild-${mode}.js`);
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: mode === 'legacy' } };
  const entryPoints = [join(project, 'src/main.ts')];
  await build({ entryPoints, outfile, bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20', tsconfigRaw });
  return outfile;
}

/** Puts a compiled program and all that it imports into one file, without what a package free of side effects does not need. */
export async function bundled(project: string, program: string): Promise<string> {
  const outfile = join(project, 'bundle.mjs');
  const external = ['@aws-sdk/*', '@aws-crypto/*'];
  await build({ entryPoints: [program], outfile, bundle: true, external, format: 'esm', platform: 'node', target: 'node20' });
  return outfile;
}

/** Runs a program to its end. */
export async function printedBy(program: string): Promise<Printed> {
  return JSON.parse(await node(ROOT, program));
}

/** What a program wrote. Fails with all of it when the program does. */
async function node(cwd: string, ...args: string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, args, { cwd, env }).catch((failure: { stdout: string; stderr: string }) => {
    throw new Error(`node ${args.join(' ')} failed:\n${failure.stdout}\n${failure.stderr}`);
  });
  return stdout;
}
