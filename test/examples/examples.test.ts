import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = readdirSync(new URL('../../examples', import.meta.url)).filter(name => /^\d\d-.+\.[cm]js$/.test(name));
const ESCAPE = '\u001b';

const run = promisify(execFile);

// Examples import 'fieldseal' as users do: by its name, and as it is published.
beforeAll(async () => {
  await run('npm', ['run', 'build', '--silent'], { cwd: ROOT }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`npm run build failed:\n${stdout}`);
  });
}, 60_000);

describe('examples', () => {
  it('are numbered without a gap', () => {
    expect(EXAMPLES.map(name => Number(name.slice(0, 2)))).toEqual(EXAMPLES.map((_, i) => i + 1));
  });

  // Each asserts its own claims and ends with another code when one of them does not hold.
  it.each(EXAMPLES)('%s', async name => {
    const { stdout } = await runExample(name);
    expect(stdout.trim()).not.toBe('');
  });

  it('demo.mjs fits a terminal of 100 columns and uses no escape codes when piped', async () => {
    const { stdout } = await runExample('demo.mjs');
    const lines = stdout.split('\n');
    expect(lines.filter(line => line.length > 100)).toEqual([]);
    expect(lines.filter(line => line.includes(ESCAPE))).toEqual([]);
    expect(stdout).toContain('NOT_AUTHENTIC');
  });
});

it('the benchmark runs, on every scenario and keyring', async () => {
  const quick = ['--competitors', 'fieldseal,floor', '--suite', '0x6700', '--seconds', '0.05', '--rounds', '1', '--json'];
  const { stdout } = await run(process.execPath, ['bench/run.mjs', ...quick], { cwd: ROOT, maxBuffer: 1e8 });
  expect(JSON.stringify(JSON.parse(stdout))).toMatch(/raw-aes.*hierarchical/);
});

it('the benchmark of keyrings runs, and what each of them wrote is readable', async () => {
  const quick = ['--operations', '400', '--tenants', '20', '--in-flight', '40', '--latency', '5', '--rounds', '1', '--json'];
  const { stdout } = await run(process.execPath, ['bench/keys/run.mjs', ...quick], { cwd: ROOT, maxBuffer: 1e8 });
  const { turns }: { turns: object[] } = JSON.parse(stdout);
  expect(turns).toHaveLength(3);
  for (const turn of turns) expect(turn).toMatchObject({ failures: 0, unreadable: 0 });
  expect(turns[0]).toMatchObject({ kmsCalls: 20, storeReads: 20 });
});

async function runExample(name: string): Promise<{ stdout: string; stderr: string }> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return run(process.execPath, [`examples/${name}`], { cwd: ROOT, env });
}
