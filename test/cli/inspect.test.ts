import { beforeAll, describe, expect, it } from 'vitest';
import { lines, parsed, RAW_AES, Scratch, SYMMETRIC, TEST_KEY, USERS, user } from './fixtures.ts';
import { fieldseal } from './program.ts';

const scratch = new Scratch();
const config = scratch.config();
const noUnsigned = scratch.config({ ...USERS, algorithmSuiteId: undefined }, 'signed.json');
const ITEM = { id: { S: 'a' }, ssn: { N: '5' }, note: { S: 'n' }, seenAt: { N: '1' } };

let stored = '';
let signed = '';

beforeAll(async () => {
  stored = (await fieldseal(['encrypt', '-c', config], { input: lines(ITEM) })).stdout;
  signed = (await fieldseal(['encrypt', '-c', noUnsigned], { input: lines(user('a')) })).stdout;
});

describe('fieldseal inspect', () => {
  it('shows an item without any key', async () => {
    const { code, stdout, stderr } = await fieldseal(['inspect'], { input: signed });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^format version +1\nalgorithm suite +ALG_\w+_ECDSA_P384_SYMSIG_HMAC_SHA384\nmessage id +[0-9a-f]{64}\nlegend +se\n/,
    );
    expect(stdout).toMatch(
      /\nencrypted data keys\n {2}ns {2}name \(and 20 bytes\) {2}96 bytes\nstored encryption context\n {2}aws-crypto-public-key {2}\S+\n/,
    );
    expect(stdout).toMatch(/\nattributes\n {2}id {3}SIGN_ONLY +S +3 bytes\n {2}ssn {2}ENCRYPT_AND_SIGN {2}B of S {2}\d+ bytes\n$/);
  });

  it('says when it cannot tell which attributes are signed; a configuration tells', async () => {
    const alone = await fieldseal(['inspect'], { input: stored });
    expect(alone.stdout).toMatch(
      /ssn +unclear +B +\d+ bytes\n(.*\n)*.*\(3 of 4 attributes are signed; a --config that fits tells which\)\n$/,
    );
    const { code, stdout } = await fieldseal(['inspect', '-c', config], { input: stored });
    expect(code).toBe(0);
    expect(stdout).toMatch(/ssn +ENCRYPT_AND_SIGN +B of N .*\n(.*\n)*.*seenAt +DO_NOTHING +N /);
    expect(stdout).toMatch(/\nopens: yes, the item is authentic\n$/);
  });

  it('gives JSON to programs', async () => {
    const { stdout } = await fieldseal(['inspect', '--json', '-c', config], { input: stored });
    expect(JSON.parse(stdout)).toEqual({
      formatVersion: 1,
      algorithmSuiteId: SYMMETRIC,
      messageId: expect.stringMatching(/^[0-9a-f]{64}$/),
      legend: 'ses',
      storedContext: {},
      encryptedDataKeys: [{ providerId: 'ns', providerInfo: 'name (and 20 bytes)', bytes: 96 }],
      attributes: [
        { name: 'id', action: 'SIGN_ONLY', type: 'S', bytes: 3 },
        { name: 'ssn', action: 'ENCRYPT_AND_SIGN', type: 'B', encryptedType: 'N', bytes: 3 + 2 + 1 + 16 },
        { name: 'note', action: 'SIGN_ONLY', type: 'S', bytes: 5 },
        { name: 'seenAt', action: 'DO_NOTHING', type: 'N', bytes: 6 + 2 },
      ],
      headerBytes: expect.any(Number),
      footerBytes: 48,
      itemBytes: expect.any(Number),
      opens: { outcome: 'authentic' },
    });
  });

  it('says why an item does not open', async () => {
    const otherTable = scratch.config({ ...USERS, logicalTableName: 'others' }, 'others.json');
    const otherKey = scratch.config({ ...USERS, keyring: { ...RAW_AES, wrappingKey: TEST_KEY.replace('AQ', 'AA') } }, 'key.json');
    const signsLess = scratch.config({ ...USERS, attributeActionsOnEncrypt: { id: 'SIGN_ONLY', note: 'SIGN_ONLY', ssn: 'DO_NOTHING', seenAt: 'DO_NOTHING' }, allowedUnsignedAttributes: ['ssn', 'seenAt'] }, 'less.json'); // biome-ignore format: one case, one line
    const changed = lines({ ...(parsed(stored)[0] as object), note: { S: 'changed' } });
    for (const [path, input, reason] of [
      [otherTable, stored, /opens: no, NOT_AUTHENTIC \(data-key\): .*logical table name/],
      [otherKey, stored, /opens: no, NOT_AUTHENTIC \(data-key\)/],
      [signsLess, stored, /opens: no, NOT_AUTHENTIC \(legend\): another number of attributes is signed/],
      [config, changed, /opens: no, NOT_AUTHENTIC \(footer\): a signed or encrypted attribute/],
      [config, lines(ITEM), /^opens: no, NOT_ENCRYPTED: the item has neither a header nor a footer\n$/],
    ] as const) {
      const { code, stdout, stderr } = await fieldseal(['inspect', '-c', path], { input });
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toMatch(reason);
    }
    const { stdout } = await fieldseal(['inspect', '--json', '-c', config], { input: changed });
    expect(JSON.parse(stdout).opens).toEqual({ outcome: 'failed', code: 'NOT_AUTHENTIC', stage: 'footer', hint: expect.any(String) });
  });

  it('takes an item on many lines, an answer of GetItem, and one line of many', async () => {
    const [item] = parsed(signed);
    const { stdout } = await fieldseal(['inspect', scratch.write('item.json', JSON.stringify({ Item: item }, undefined, 2))]);
    expect(stdout).toContain('ENCRYPT_AND_SIGN');
    const file = scratch.write('items.jsonl', `\n${lines({}, item)}`);
    expect((await fieldseal(['inspect', '--line', '3', file])).stdout).toBe(stdout);
    expect(await fieldseal(['inspect', '--line', '4', file])).toMatchObject({
      code: 1,
      stderr: `${file}:4: INPUT_INVALID: the input ends with line 3\n`,
    });
    expect(await fieldseal(['inspect', file])).toMatchObject({
      code: 1,
      stderr: `${file}: INPUT_INVALID: the input is not JSON; if it has one item a line, use --line\n`,
    });
  });

  it('refuses what is no encrypted item', async () => {
    expect(await fieldseal(['inspect'], { input: lines(ITEM) })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^-: NOT_ENCRYPTED: /),
    });
    const [item] = parsed(stored) as object[];
    const broken = lines({ ...item, aws_dbe_head: { B: 'AQA=' } });
    expect(await fieldseal(['inspect'], { input: broken })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^-: MALFORMED: /),
    });
    expect(await fieldseal(['inspect', 'nowhere.json'])).toMatchObject({
      code: 2,
      stderr: 'fieldseal: INPUT_INVALID: nowhere.json cannot be read (ENOENT)\n',
    });
    expect(await fieldseal(['inspect'], { input: 'x'.repeat(9_000_000) })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^-: LINE_TOO_LONG: /),
    });
  });

  it('does not let an item write to the terminal', async () => {
    const [item] = parsed(signed) as object[];
    const hostile = lines({ ...item, '\u001b[2J\u009b': { S: 'x' } });
    const text = await fieldseal(['inspect'], { input: hostile });
    expect(text.stdout).toContain('\\u001b[2J\\u009b');
    const { stdout } = await fieldseal(['inspect', '--json'], { input: hostile });
    for (const character of ['\u001b', '\u009b']) expect(stdout).not.toContain(character);
    expect(JSON.parse(stdout).attributes.map(({ name }: { name: string }) => name)).toContain('\u001b[2J\u009b');
  });
});
