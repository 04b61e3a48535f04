import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { lines, parsed, Scratch, user } from './fixtures.ts';
import { fieldseal } from './program.ts';

const scratch = new Scratch();
const config = scratch.config();

const EVERY_TYPE = {
  id: { S: 'every type' },
  ssn: {
    M: {
      text: { S: 'héllo ✓ \u2028' },
      number: { N: '-12.50' },
      bytes: { B: 'AAH+/w==' },
      flags: { L: [{ BOOL: true }, { BOOL: false }, { NULL: true }] },
      sets: { M: { ss: { SS: ['a', 'b'] }, ns: { NS: ['1', '2'] }, bs: { BS: ['AA==', 'AQ=='] } } },
      empty: { M: {} },
    },
  },
  note: { S: '' },
  seenAt: { N: '007' },
};

async function encrypted(input: string): Promise<string> {
  const { code, stdout, stderr } = await fieldseal(['encrypt', '-c', config], { input });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('encrypt and decrypt', () => {
  it('are the reverse of each other, for every type', async () => {
    const stored = await encrypted(lines(EVERY_TYPE));
    const [item] = parsed(stored) as Record<string, unknown>[];
    expect(Object.keys(item ?? {}).sort()).toEqual(['aws_dbe_foot', 'aws_dbe_head', 'id', 'note', 'seenAt', 'ssn']);
    expect(item).toMatchObject({ id: EVERY_TYPE.id, note: EVERY_TYPE.note, seenAt: EVERY_TYPE.seenAt });
    expect(stored).not.toContain('héllo');

    const opened = await fieldseal(['decrypt', '--config', config, '-'], { input: stored });
    const normalised = structuredClone(EVERY_TYPE);
    normalised.ssn.M.number.N = '-12.5';
    expect(opened).toEqual({ code: 0, stdout: expect.any(String), stderr: '' });
    expect(parsed(opened.stdout)).toEqual([normalised]);
  });

  it('read plain and compressed files, standard input, and lines of exports, which stay such lines', async () => {
    const export1 = scratch.write('one.json.gz', gzipSync(lines({ Item: user('a') }, { Item: user('b') })));
    const plain = scratch.write('two.jsonl', lines(user('c')).trimEnd());
    const { code, stdout } = await fieldseal(['encrypt', '-c', config, export1, '-', plain], { input: `\n \r\n${lines(user('stdin'))}\n` });
    expect(code).toBe(0);
    const opened = await fieldseal(['decrypt', '-c', config, scratch.write('all.gz', gzipSync(stdout))]);
    expect(parsed(opened.stdout)).toEqual([{ Item: user('a') }, { Item: user('b') }, user('stdin'), user('c')]);
    expect(opened).toMatchObject({ code: 0, stderr: '' });
  });

  it('keep a name __proto__ at every depth', async () => {
    const text = '{"id":{"S":"a"},"ssn":{"M":{"__proto__":{"S":"own"},"toString":{"N":"1"}}},"__proto__":{"S":"top"}}\n';
    const withProto = scratch.write(
      'proto.json',
      '{"logicalTableName":"t","partitionKeyName":"id","attributeActionsOnEncrypt":{"id":"SIGN_ONLY","ssn":"ENCRYPT_AND_SIGN","__proto__":"ENCRYPT_AND_SIGN"},"keyring":{"type":"raw-aes","keyNamespace":"n","keyName":"k","wrappingKey":"AAECAwQFBgcICQoLDA0ODw=="}}',
    );
    const { stdout: stored } = await fieldseal(['encrypt', '-c', withProto], { input: text });
    expect(stored).toContain('"__proto__":{"B":');
    const opened = await fieldseal(['decrypt', '-c', withProto], { input: stored });
    expect(opened.stdout).toBe(text);
  });

  it('write lines in the order of the input', async () => {
    const items = Array.from({ length: 300 }, (_, i) => user(`user-${i}`, 'x'.repeat(i % 7 === 0 ? 20_000 : 1)));
    const opened = await fieldseal(['decrypt', '-c', config], { input: await encrypted(lines(...items)) });
    expect(parsed(opened.stdout)).toEqual(items);
  });

  it('do nothing, successfully, with an empty input', async () => {
    expect(await fieldseal(['decrypt', '-c', config], { input: '' })).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('a line that fails', () => {
  const good = [user('a'), user('b'), user('c'), user('d')];

  it('ends the work; every line before it is written, none after it', async () => {
    const [a, b, c, d] = parsed(await encrypted(lines(...good)));
    const stored = scratch.write('stored.jsonl', lines(a, b, { ...(c as object), note: { S: 'added' } }, d));
    const { code, stdout, stderr } = await fieldseal(['decrypt', '-c', config, stored]);
    expect(code).toBe(1);
    expect(parsed(stdout)).toEqual(good.slice(0, 2));
    expect(stderr).toBe(
      `${stored}:3: NOT_AUTHENTIC: the item is not authentic: it was changed, moved between keys or tables, or written under another configuration or key\n` +
        'fieldseal: 2 items decrypted, 1 failed; stopped there (--on-error skip goes on)\n',
    );
  });

  it('is left out with --on-error skip, in standard input too', async () => {
    const input = `${lines(user('a'), { ssn: { S: 'x' } }, user('b'))}no json\n${lines(user('c'))}`;
    const { code, stdout, stderr } = await fieldseal(['encrypt', '--on-error', 'skip', '-c', config], { input });
    expect(code).toBe(1);
    expect(parsed(stdout)).toHaveLength(3);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^-:2: ATTRIBUTE_MISSING: .*"id"/),
      '-:4: INPUT_INVALID: the line is not JSON',
      'fieldseal: 3 items encrypted, 2 failed',
      '',
    ]);
  });

  it('is counted in its own file', async () => {
    const first = scratch.write('first.jsonl', lines(user('a')));
    const second = scratch.write('second.jsonl', `\n\n${lines({ id: { N: 1 } })}`);
    const { stderr } = await fieldseal(['encrypt', '--quiet', '-c', config, first, second]);
    expect(stderr).toBe(`${second}:3: INPUT_INVALID: attribute "id": the value of type N does not hold what DynamoDB calls N\n`);
  });
});

describe('nothing is shown but results and problems', () => {
  it('where standard error is no terminal', async () => {
    expect(await fieldseal(['encrypt', '-c', config], { input: lines(user('a')) })).toMatchObject({ code: 0, stderr: '' });
  });
});
