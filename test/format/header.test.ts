import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { freezeContext } from '../../src/format/context.ts';
import { type HeaderBody, parseHeader, writeHeaderBody } from '../../src/format/header.ts';
import { SUITES } from '../../src/format/suites.ts';

const PUBLIC_KEY = 'aws-crypto-public-key';
const [symmetric, signed] = SUITES;
if (symmetric === undefined || signed === undefined) throw new Error('there are two suites');

const body: HeaderBody = {
  version: 2,
  suite: signed,
  messageId: Buffer.alloc(32, 0x11),
  legend: ['e', 's', 'c'],
  context: freezeContext([[PUBLIC_KEY, 'A'.repeat(68)]]),
  encryptedDataKeys: [
    { providerId: 'aws-kms-hierarchy', providerInfo: Buffer.from('id'), ciphertext: Buffer.alloc(140, 0x22) },
    { providerId: 'raw', providerInfo: Buffer.from('info'), ciphertext: Buffer.alloc(96, 0x33) },
  ],
};
const headerOf = (changes: Partial<HeaderBody> = {}): Buffer =>
  Buffer.concat([writeHeaderBody({ ...body, ...changes }), Buffer.alloc(32, 0x44)]);
const malformed = (reason: RegExp) => expect.objectContaining({ code: 'MALFORMED', message: expect.stringMatching(reason) });

/** The header with bytes from `at` on replaced. */
function patched(header: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(header);
  copy.set(bytes, at);
  return copy;
}

/** Header bytes by hand, with an encryption context of these keys in this order. */
function withContextKeys(...keys: string[]): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(0, Buffer.byteLength(value)), Buffer.from(value)]);
  const edk = [text('p'), text('i'), text('c')];
  const entries = keys.flatMap(key => [text(key), text('value')]);
  return Buffer.concat([
    Buffer.of(1, 0),
    Buffer.alloc(32),
    Buffer.of(0, 0),
    Buffer.of(0, keys.length),
    ...entries,
    Buffer.of(1),
    ...edk,
    Buffer.alloc(32),
  ]);
}

test('every field has its place', () => {
  const edk = { providerId: 'id', providerInfo: Buffer.from('info'), ciphertext: Buffer.of(0xc0, 0xc1) };
  const header = headerOf({ version: 2, suite: symmetric, context: freezeContext([['k', 'v']]), encryptedDataKeys: [edk] });
  const expected = [
    '0200', // version and flavor
    '11'.repeat(32), // message id
    '0003657363', // legend: e, s, c
    '000100016b000176', // one entry of the encryption context
    '0100026964', // one data key, and its provider id
    '0004696e666f0002c0c1', // provider info and ciphertext
    '44'.repeat(32), // commitment
  ];
  expect(header.toString('hex')).toBe(expected.join(''));
  expect(headerOf().toString('hex', 0, 2)).toBe('0201');
});

describe('whatever is not exactly a header is MALFORMED', () => {
  test('every truncation', () => {
    const header = headerOf();
    for (let length = 0; length < header.length; length++)
      expect(() => parseHeader(header.subarray(0, length))).toThrow(malformed(/ends at byte/));
  });

  test('every trailing byte', () => {
    for (const trailing of [0, 1, 0x44, 0xff])
      expect(() => parseHeader(Buffer.concat([headerOf(), Buffer.of(trailing)]))).toThrow(malformed(/follow/));
  });

  test.each([0, 3, 0x7f, 0xff])('version %i', version => {
    expect(() => parseHeader(patched(headerOf(), 0, version))).toThrow(malformed(/version/));
  });

  test.each([2, 0x7f, 0xff])('flavor %i', flavor => {
    expect(() => parseHeader(patched(headerOf(), 1, flavor))).toThrow(malformed(/flavor/));
  });

  test('no encrypted data key', () => {
    const header = headerOf({ suite: symmetric, context: freezeContext([]) });
    const without = Buffer.concat([header.subarray(0, 41), Buffer.of(0), Buffer.alloc(32)]);
    expect(() => parseHeader(without)).toThrow(malformed(/no encrypted data key/));
  });

  test('a data key that counts further bytes as its own', () => {
    const header = headerOf({ suite: symmetric, context: freezeContext([]) });
    expect(() => parseHeader(patched(header, 41, 3))).toThrow(malformed(/ends at byte/));
    expect(() => parseHeader(patched(header, 41, 1))).toThrow(malformed(/follow/));
  });
});

describe('the legend', () => {
  test('has c in version 2 only', () => {
    expect(parseHeader(headerOf()).legend).toEqual(['e', 's', 'c']);
    expect(() => parseHeader(patched(headerOf(), 0, 1))).toThrow(malformed(/legend/));
  });

  test.each(['n', 'E', '\0', 'd'])('has no %j', letter => {
    expect(() => parseHeader(patched(headerOf(), 36, letter.charCodeAt(0)))).toThrow(malformed(/legend/));
  });

  test('may be empty as far as the header goes', () => {
    expect(parseHeader(headerOf({ legend: [] })).legend).toEqual([]);
  });
});

describe('the stored encryption context', () => {
  test('ascends strictly in the bytes of its keys', () => {
    expect(() => parseHeader(withContextKeys('a', 'b'))).not.toThrow();
    expect(() => parseHeader(withContextKeys('b', 'a'))).toThrow(malformed(/ascend/));
    expect(() => parseHeader(withContextKeys('a', 'a'))).toThrow(malformed(/ascend/));
    expect(() => parseHeader(withContextKeys('\ufe4c', '\u{10001}'))).not.toThrow(); // in UTF-16 they descend
    expect(() => parseHeader(withContextKeys('\u{10001}', '\ufe4c'))).toThrow(malformed(/ascend/));
    expect(() => parseHeader(withContextKeys('10', '2'))).not.toThrow();
  });

  test('has a public key if and only if the suite signs', () => {
    expect(() => parseHeader(headerOf())).not.toThrow();
    expect(() => parseHeader(headerOf({ suite: symmetric }))).toThrow(malformed(/does not sign, but there is a public key/));
    expect(() => parseHeader(headerOf({ context: freezeContext([]) }))).toThrow(malformed(/signs, but there is no public key/));
    expect(() => parseHeader(headerOf({ suite: symmetric, context: freezeContext([]) }))).not.toThrow();
  });

  test('keeps what a custom materials manager added, whatever its name', () => {
    const header = parseHeader(withContextKeys('__proto__', 'constructor', 'ключ'));
    expect(Object.entries(header.context).map(([key]) => key)).toEqual(['__proto__', 'constructor', 'ключ']);
  });

  test('is UTF-8', () => {
    const header = withContextKeys('ab');
    const key = header.indexOf('ab');
    expect(() => parseHeader(patched(header, key, 0xc0, 0xaf))).toThrow(malformed(/UTF-8/));
  });
});

describe('what no header can hold is refused when it is written', () => {
  const refused = expect.objectContaining({ name: 'FieldsealError' });
  const edk = { providerId: 'p', providerInfo: Buffer.alloc(0), ciphertext: Buffer.alloc(49) };

  test('no data key, or over 255', () => {
    expect(() => headerOf({ encryptedDataKeys: [] })).toThrow(refused);
    expect(() => headerOf({ encryptedDataKeys: Array.from({ length: 256 }, () => edk) })).toThrow(refused);
    expect(parseHeader(headerOf({ encryptedDataKeys: Array.from({ length: 255 }, () => edk) })).encryptedDataKeys).toHaveLength(255);
  });

  test('over 65,535 attributes', () => {
    expect(() => headerOf({ legend: Array.from({ length: 65_536 }, () => 's' as const) })).toThrow(refused);
    expect(parseHeader(headerOf({ legend: Array.from({ length: 65_535 }, () => 's' as const) })).legend).toHaveLength(65_535);
  });

  test.each(['providerId', 'providerInfo', 'ciphertext'] as const)('a %s of over 65,535 bytes', part => {
    const long = part === 'providerId' ? 'p'.repeat(65_536) : Buffer.alloc(65_536);
    expect(() => headerOf({ encryptedDataKeys: [{ ...edk, [part]: long }] })).toThrow(refused);
  });
});
