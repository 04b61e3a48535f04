import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { FOOTER, HEADER } from './formulas.ts';
import { normalizeNumber } from './numbers.ts';
import { randomness } from './randomness.ts';
import { readItem } from './read-item.ts';
import { type Recorded, readRecorded } from './recorded.ts';
import { deserialize, serialize } from './serialize.ts';
import { writeItem } from './write-item.ts';

// The reference is only worth something while it agrees with AWS's own libraries.
const withKeys = (files: string): Recorded[] => readRecorded(files).filter(({ keys }) => keys.length > 0);

describe.each(['java', 'rust'])('items that the %s library wrote', peer => {
  const recorded = withKeys(peer);

  test('are opened', () => {
    expect(recorded.length).toBeGreaterThan(500);
    for (const { name, config, keys, encrypted, decrypted } of recorded)
      expect(readItem({ config, keys, item: encrypted }), name).toEqual(decrypted);
  });
});

describe('altered items', () => {
  test('are refused where AWS refuses them', () => {
    const recorded = withKeys('tampered');
    expect(recorded.length).toBeGreaterThan(100);
    for (const { name, config, keys, encrypted } of recorded) expect(() => readItem({ config, keys, item: encrypted }), name).toThrow();
  });

  test('are opened where AWS opens them', () => {
    const recorded = withKeys('harmless');
    expect(recorded.length).toBeGreaterThan(10);
    for (const { name, config, keys, encrypted, decrypted } of recorded) {
      expect(readItem({ config, keys, item: encrypted }), name).toEqual(decrypted);
    }
  });
});

describe('an item that the reference wrote', () => {
  const recorded = withKeys('java').filter(({ name }) => name.startsWith('value v'));

  test('is opened by the reference, under every suite', () => {
    for (const { name, config, keys, decrypted } of recorded) {
      for (const suite of ['symmetric', 'ecdsa'] as const) {
        const item = writeItem({ config, suite, keys, item: decrypted, random: randomness(keys.length) });
        expect(readItem({ config, keys, item }), name).toEqual(decrypted);
      }
    }
  });

  test('depends on nothing but its input', () => {
    const [sample] = recorded;
    if (sample === undefined) throw new Error('no items were recorded');
    const { config, keys, decrypted: item } = sample;
    const request = { config, suite: 'symmetric', keys, item, random: randomness(keys.length) } as const;
    const { [HEADER]: header, [FOOTER]: footer } = writeItem(request);
    expect(writeItem(request)).toMatchObject({ [HEADER]: header, [FOOTER]: footer });
  });
});

test('numbers have one form', () => {
  const forms = { '00.0011': '0.0011', '2000.000': '2000', '.5': '0.5', '1.': '1', '-0': '0', '123.456e5': '12345600', '1.0e2': '100' };
  for (const [text, normal] of Object.entries(forms)) expect(normalizeNumber(text)).toBe(normal);
  for (const text of ['', '.', 'e5', '1 ', '--1', `1${'0'.repeat(38)}1`, '1e126', '1e-131']) expect(() => normalizeNumber(text)).toThrow();
  expect(normalizeNumber('1e125')).toHaveLength(126);
  expect(normalizeNumber('1e-130')).toBe(`0.${'0'.repeat(129)}1`);
});

test('sets and map keys are in the order of their UTF-16 code units, binary sets of their bytes', () => {
  const astral = '\u{10001}'; // d800 dc01 in UTF-16, f0 90 80 81 in UTF-8
  const late = '\ufe4c'; // ef b9 8c in UTF-8
  expect(deserialize(serialize({ SS: [late, astral] }))).toEqual({ SS: [astral, late] });
  expect(deserialize(serialize({ NS: ['9', '10', '-1', '1.5'] }))).toEqual({ NS: ['-1', '1.5', '10', '9'] });
  expect(deserialize(serialize({ BS: [Buffer.of(0x80), Buffer.of(0x7f, 0)] }))).toEqual({ BS: [Buffer.of(0x7f, 0), Buffer.of(0x80)] });
  expect(Object.keys(deserialize(serialize({ M: { [late]: { S: '' }, [astral]: { S: '' } } })).M ?? {})).toEqual([astral, late]);
});
