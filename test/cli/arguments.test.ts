import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lines, Scratch, user } from './fixtures.ts';
import { inProcess } from './in-process.ts';
import { fieldseal } from './program.ts';

const scratch = new Scratch();
const config = scratch.config();
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('help', () => {
  it.each([
    [['--help'], /encrypt .*\n.*decrypt .*\n.*inspect /],
    [['encrypt', '--help'], /-c, --config <file>(.|\n)*wrappingKeyEnv(.|\n)*hierarchical/],
    [['help', 'decrypt'], /--on-error <what>/],
    [['inspect', '-h'], /No value of an attribute is ever shown/],
    [['--version'], new RegExp(`^${version}\n$`)],
  ])('%j', async (args, text) => {
    const { code, stdout, stderr } = await fieldseal(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(text);
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(140);
  });

  it('is shown when no command is given', async () => {
    expect(await fieldseal([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: fieldseal') });
  });
});

describe('arguments are refused before any line is read', () => {
  it.each([
    ['an unknown command', ['seal'], "unknown command 'seal'"],
    ['no configuration', ['encrypt'], "required option '-c, --config <file>' not specified"],
    ['an unknown option, without its value', ['encrypt', '-c', config, '--wrapping-key=hunter2MARKER'], "unknown option '--wrapping-key'"],
    ['an unknown short option, without its value', ['encrypt', '-c', config, '-khunter2MARKER'], "unknown option '-k'"],
    ['another way to treat errors', ['encrypt', '-c', config, '--on-error', 'ignore'], 'Allowed choices are stop, skip.'],
    ['no length of a line', ['encrypt', '-c', config, '--max-line-bytes', '1e3'], 'Give a number from 1 to 268435456.'],
    ['line 0', ['inspect', '--line', '0'], 'Lines are counted from 1.'],
    ['two inputs of inspect', ['inspect', 'a', 'b'], 'Expected 1 argument but got 2.'],
    ['standard input twice', ['encrypt', '-c', config, '-', '-'], 'standard input is named twice'],
    ['an input that is not there', ['encrypt', '-c', config, '-', 'nowhere.jsonl'], 'nowhere.jsonl cannot be read (ENOENT)'],
    ['a folder', ['decrypt', '-c', config, scratch.path], 'cannot be read (it is a directory)'],
  ])('%s', async (_, args, problem) => {
    const { code, stdout, stderr } = await inProcess(args, { input: lines(user('a')) });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^fieldseal: INPUT_INVALID: .*\n$/);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('MARKER');
  });
});
