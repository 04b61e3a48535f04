import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { lines, parsed, Scratch, user } from './fixtures.ts';
import { builtProgram, collect, fieldseal, start } from './program.ts';

const scratch = new Scratch();
const config = scratch.config();
const skip = ['encrypt', '--on-error', 'skip', '-c', config];

describe('lines', () => {
  it('over the limit are refused, the others are done', async () => {
    const long = user('long', 'x'.repeat(5000));
    const { code, stdout, stderr } = await fieldseal([...skip, '--max-line-bytes', '200'], {
      input: lines(user('a'), long, user('b'), long),
    });
    expect(code).toBe(1);
    expect(parsed(stdout)).toHaveLength(2);
    expect(stderr).toContain('-:2: LINE_TOO_LONG: the line is longer than 200 bytes; see --max-line-bytes\n-:4: LINE_TOO_LONG:');
  });

  it('of any length need no memory', async () => {
    const child = await start(skip, { node: ['--max-old-space-size=32'] });
    const output = collect(child.stdout);
    const errors = collect(child.stderr);
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 300; i++) if (!child.stdin.write(megabyte)) await once(child.stdin, 'drain');
    child.stdin.end(`\n${lines(user('a'))}`);
    expect(parsed((await output).toString())).toHaveLength(1);
    expect((await errors).toString()).toMatch(/^-:1: LINE_TOO_LONG: .*\nfieldseal: 1 item encrypted, 1 failed\n$/);
  });

  const broken: readonly (readonly [what: string, line: Buffer, problem: string])[] = [
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'the line is not UTF-8'],
    ['text that is not JSON', Buffer.from('{"id":{"S":"a"}'), 'the line is not JSON'],
    ['two values', Buffer.from('{"id":{"S":"a"}} {}'), 'the line is not JSON'],
    ['a text', Buffer.from('"a"'), 'the line is JSON, but not an object'],
    ['null', Buffer.from('null'), 'the line is JSON, but not an object'],
    ['a list', Buffer.from('[{"id":{"S":"a"}}]'), 'the line is JSON, but not an object'],
    ...[
      ['no type', '{}'],
      ['two types', '{"S":"a","N":"1"}'],
      ['an unknown type', '{"Z":"a"}'],
      ['a plain value', '"a"'],
      ['a number that is no text', '{"N":1}'],
      ['base64 without padding', '{"B":"AA"}'],
      ['base64url', '{"B":"-_8="}'],
      ['a set of bytes that are not base64', '{"BS":["*"]}'],
      ['a set that is a text', '{"SS":"ab"}'],
      ['a list of plain values', '{"L":["a"]}'],
      ['a map that is a list', '{"M":[]}'],
      ['a nested unknown type', '{"M":{"a":{"L":[{"X":1}]}}}'],
      ['a truth that is a text', '{"BOOL":"true"}'],
      ['33 levels', `${'{"L":['.repeat(32)}{"S":"x"}${']}'.repeat(32)}`],
      ['200,000 levels', `${'{"L":['.repeat(200_000)}{"S":"x"}${']}'.repeat(200_000)}`],
    ].map(([what = '', value]) => [what, Buffer.from(`{"id":{"S":"a"},"seenAt":${value}}`), 'attribute "seenAt": '] as const),
  ];

  it('that are no items are each refused', async () => {
    const input = Buffer.concat(broken.flatMap(([, line]) => [line, Buffer.from('\n')]));
    const { code, stdout, stderr } = await fieldseal(skip, { input });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const problems = stderr.split('\n').slice(0, broken.length);
    const expected = broken.map(([what, , problem], i) => [what, expect.stringContaining(`-:${i + 1}: INPUT_INVALID: ${problem}`)]);
    expect(broken.map(([what], i) => [what, problems[i]])).toEqual(expected);
  });

  it('of names that would move the cursor are told on one line', async () => {
    const { stderr } = await fieldseal(skip, { input: lines({ 'a\n\u001b[2J\u202e': { Z: 1 } }) });
    expect(stderr.split('\n')[0]).toBe(
      '-:1: INPUT_INVALID: attribute "a\\n\\u001b[2J\\u202e": the value is no DynamoDB JSON, an object with one of the types S, N, B, BOOL, NULL, SS, NS, BS, L, M',
    );
  });

  it('are answered one by one to a program that waits for each', async () => {
    const child = await start(['encrypt', '-c', config]);
    child.stderr.resume();
    for (const id of ['a', 'b', 'c']) {
      child.stdin.write(lines(user(id)));
      const [answer] = await once(child.stdout, 'data');
      expect(parsed(String(answer))).toMatchObject([{ id: { S: id } }]);
    }
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('an input', () => {
  it('that breaks off fails at the line that cannot be read; the next one is read', async () => {
    const whole = gzipSync(lines(...Array.from({ length: 2000 }, (_, i) => user(`${i}`, `${Math.sin(i)}`))));
    const broken = scratch.write('broken.gz', whole.subarray(0, whole.length / 2));
    const { code, stdout, stderr } = await fieldseal([...skip, broken, scratch.write('next.jsonl', lines(user('next')))]);
    const written = parsed(stdout);
    expect(code).toBe(1);
    expect(written.at(-1)).toMatchObject({ id: { S: 'next' } });
    expect(stderr).toContain(`${broken}:${written.length}: INPUT_INVALID: the input breaks off here (Z_BUF_ERROR)\n`);
  });

  it('that is no gzip fails at its first line', async () => {
    const { stderr } = await fieldseal([...skip, scratch.write('plain.gz', lines(user('a')))]);
    expect(stderr).toContain('plain.gz:1: INPUT_INVALID: the input breaks off here (Z_DATA_ERROR)\n');
  });
});

describe('standard output', () => {
  it('that is closed ends the work quietly', async () => {
    const many = scratch.write('many.jsonl', lines(...Array.from({ length: 3000 }, (_, i) => user(`${i}`))));
    const child = await start(['encrypt', '-c', config, many]);
    const errors = collect(child.stderr);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, stderr: (await errors).toString() }).toEqual({ code: 141, stderr: '' });
  });

  it.runIf(existsSync('/dev/full'))('that is full is told', async () => {
    const input = scratch.write('one.jsonl', lines(user('a')));
    const full = openSync('/dev/full', 'w');
    const args = [await builtProgram(), 'encrypt', '-c', config, input];
    const { stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
    closeSync(full);
    expect(stderr).toBe(
      'fieldseal: OPERATION_REFUSED: standard output cannot be written (ENOSPC)\nfieldseal: 0 items encrypted, 1 failed\n',
    );
  });
});
