import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/cli/host.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { lines, Scratch, user } from './fixtures.ts';
import { collect } from './program.ts';

const scratch = new Scratch();
const config = scratch.config();
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9?]*[A-Za-z]`, 'g');

/** Runs on a terminal of 80 columns; gives what it was sent, without cursor movements. */
async function onTerminal(args: readonly string[], { both = false } = {}): Promise<{ code: number; terminal: string }> {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const stdout = both ? stderr : new PassThrough().resume();
  const sent = collect(stderr);
  const code = await runCommandLine(args, { stdin: process.stdin, stdout, stderr, env: {} } as unknown as Host); // streams that say they are terminals
  stderr.end();
  const text = (await sent).toString('utf8');
  expect(text).not.toMatch(/\[\?\d+[lh]/); // no mode of the terminal is left changed when the program is killed
  return { code, terminal: text.replace(ESCAPES, '') };
}

describe('on a terminal', () => {
  const items = Array.from({ length: 400 }, (_, i) => user(`${i}`));
  const good = scratch.write('good.jsonl', lines(...items));
  const bad = scratch.write('bad.jsonl', lines(...items, { id: { S: 'no' }, unknown: { S: 'x' } }, user('last')));

  it('a bar shows how much is done, and a summary is left', async () => {
    const { code, terminal } = await onTerminal(['encrypt', '-c', config, good]);
    expect(code).toBe(0);
    expect(terminal).toMatch(/[#-]{24} \d+% \| \d+ items, 0 failed, \d+ items\/s/);
    expect(terminal).toMatch(/fieldseal: 400 items encrypted, 0 failed\n$/);
  });

  it('problems have lines of their own', async () => {
    const { code, terminal } = await onTerminal(['encrypt', '--on-error', 'skip', '-c', config, bad]);
    expect(code).toBe(1);
    expect(terminal).toContain(`${bad}:401: ATTRIBUTE_UNKNOWN: `);
    expect(terminal).toMatch(/fieldseal: 401 items encrypted, 1 failed\n$/);
  });

  it('results may go to the same terminal', async () => {
    const { terminal } = await onTerminal(['encrypt', '-c', config, good], { both: true });
    expect(terminal.match(/\{"id":\{"S":"\d+"\},.*\}\n/g)).toHaveLength(400);
  });

  it('--quiet leaves problems only', async () => {
    const { terminal } = await onTerminal(['encrypt', '--quiet', '-c', config, bad]);
    expect(terminal).toMatch(/^\S+bad\.jsonl:401: ATTRIBUTE_UNKNOWN: .*\n$/);
    expect((await onTerminal(['encrypt', '-q', '-c', config, good])).terminal).toBe('');
  });
});
