import { describe, expect, it } from 'vitest';
import { lines, parsed, RAW_AES, Scratch, TEST_KEY, USERS } from './fixtures.ts';
import { fieldseal } from './program.ts';

const scratch = new Scratch();
const config = scratch.config();
const MARKER = 'hunter2MARKER';
/** Pieces by which a quoted part of it would be found. */
const PIECES = ['hunter2', 'MARKER', Buffer.from(MARKER).toString('base64').slice(0, 12), '314159', TEST_KEY.slice(0, 12)];

const SECRET = { id: { S: 'a' }, ssn: { S: MARKER }, note: { S: MARKER }, seenAt: { N: '314159' } };

/** Lines that fail on encrypt, each with the marker in a value. */
const FAILING: readonly (readonly [what: string, line: string])[] = [
  ['is cut off', JSON.stringify(SECRET).slice(0, -1)],
  ['begins with a value', `${MARKER} ${JSON.stringify(SECRET)}`],
  ['is a text', JSON.stringify(MARKER)],
  ['is plain JSON', JSON.stringify({ id: 'a', ssn: MARKER })],
  ['has a value of unknown type', JSON.stringify({ ...SECRET, seenAt: { [MARKER]: 'x' } })],
  ['has a number that is none', JSON.stringify({ ...SECRET, ssn: { N: MARKER } })],
  ['has bytes that are no base64', JSON.stringify({ ...SECRET, ssn: { B: `${MARKER}!` } })],
  ['has a set with a member twice', JSON.stringify({ ...SECRET, ssn: { SS: [MARKER, MARKER] } })],
  ['has a lone surrogate', JSON.stringify({ ...SECRET, ssn: { S: `${MARKER}\ud800` } })],
  ['has a lone surrogate in a map key', JSON.stringify({ ...SECRET, ssn: { M: { [`${MARKER}\ud800`]: { S: '' } } } })],
  ['has an unknown attribute', JSON.stringify({ ...SECRET, unknown: { S: MARKER } })],
  ['has no key', JSON.stringify({ ...SECRET, id: undefined })],
  ['has a reserved attribute', JSON.stringify({ ...SECRET, aws_dbe_x: { S: MARKER } })],
  ['is encrypted already', JSON.stringify({ ...SECRET, aws_dbe_head: { B: 'AAAA' }, aws_dbe_foot: { B: 'AAAA' } })],
  ['is too large', JSON.stringify({ ...SECRET, ssn: { S: MARKER.repeat(40_000) } })],
  ['is too long', JSON.stringify({ ...SECRET, ssn: { S: MARKER.repeat(100_000) } })],
];

function expectNoLeak(stderr: string): void {
  for (const piece of PIECES) expect(stderr).not.toContain(piece);
}

describe('no value reaches standard error', () => {
  it('when lines cannot be encrypted', async () => {
    const input = FAILING.map(([, line]) => `${line}\n`).join('');
    const { stdout, stderr } = await fieldseal(['encrypt', '--on-error', 'skip', '--max-line-bytes', '900000', '-c', config], { input });
    expect(stdout).toBe('');
    expect(stderr.split('\n').filter(line => /^-:\d+: [A-Z_]+: /.test(line))).toHaveLength(FAILING.length);
    expect(stderr).not.toContain('INTERNAL');
    expectNoLeak(stderr);
  });

  it('when bytes are not UTF-8', async () => {
    const input = Buffer.concat([Buffer.from(JSON.stringify(SECRET)), Buffer.from([0xff])]);
    expectNoLeak((await fieldseal(['encrypt', '-c', config], { input })).stderr);
  });

  it('when lines cannot be decrypted', async () => {
    const { stdout } = await fieldseal(['encrypt', '-c', config], { input: lines(SECRET) });
    const [stored] = parsed(stdout) as Record<string, Record<string, string>>[];
    const altered = [
      { ...stored, note: { S: `${MARKER}2` } },
      { ...stored, ssn: { S: MARKER } },
      { ...stored, ssn: { B: Buffer.from(MARKER).toString('base64') } },
      { ...stored, id: { S: MARKER } },
      { ...stored, aws_dbe_head: { B: Buffer.from(MARKER).toString('base64') } },
      { ...stored, aws_dbe_head: { S: MARKER } },
      { ...stored, aws_dbe_foot: undefined },
      { ...stored, note: { N: MARKER } },
      SECRET,
    ];
    const { stderr } = await fieldseal(['decrypt', '--on-error', 'skip', '-c', config], { input: lines(...altered) });
    expect(stderr.split('\n').filter(line => /^-:\d+: [A-Z_]+: /.test(line))).toHaveLength(altered.length);
    expectNoLeak(stderr);
  });

  it('when an item is inspected', async () => {
    const { stdout: stored } = await fieldseal(['encrypt', '-c', config], { input: lines(SECRET) });
    const other = scratch.config({ ...USERS, keyring: { ...RAW_AES, keyName: 'other' } }, 'other.json');
    for (const args of [[], ['--json'], ['-c', config], ['-c', other, '--json']]) {
      const { stdout, stderr } = await fieldseal(['inspect', ...args], { input: stored });
      expect(stdout).toContain('ALG_AES_256_GCM');
      expectNoLeak(stdout + stderr);
    }
    for (const input of [lines(SECRET), JSON.stringify(SECRET).slice(0, -1), MARKER]) {
      const { stdout, stderr } = await fieldseal(['inspect'], { input });
      expectNoLeak(stdout + stderr);
    }
  });
});
