import fc from 'fast-check';
import { rawAes } from 'fieldseal/kms';
import { expect, test } from 'vitest';
import { normalizeNumber } from '../../src/dynamodb/numbers.ts';
import { normalizeNumber as expectedForm } from '../reference/numbers.ts';
import { encryptorFor } from './encryptor.ts';
import { codeOf, outcomeOf } from './outcome.ts';
import { runs, SLOW } from './runs.ts';
import { number, numberText } from './values.ts';

const keyring = rawAes({ keyNamespace: 'test', keyName: 'numbers', wrappingKey: new Uint8Array(32).fill(7) });
const { encryptAttributes, decryptAttributes } = encryptorFor(
  {
    logicalTableName: 't',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: 'SIGN_ONLY', n: 'ENCRYPT_AND_SIGN', ns: 'ENCRYPT_AND_SIGN' },
  },
  keyring,
);

/** The one form, by arithmetic on big integers, or `refused`. */
function oracle(text: string): string {
  try {
    return expectedForm(text);
  } catch {
    return 'refused';
  }
}

async function normalized(text: string): Promise<string> {
  const outcome = await outcomeOf(() => normalizeNumber(text));
  return 'value' in outcome ? outcome.value : 'refused';
}

test('every text is normalised or refused as arithmetic says', SLOW, async () => {
  const garbage = fc.string({ unit: fc.constantFrom(...'0123456789..eE+-- _xn\u0660\uff11'), maxLength: 12 });
  const longDigits = fc.tuple(
    fc.constantFrom('', '-'),
    fc.string({ unit: fc.constantFrom(...'0019'), maxLength: 60 }),
    fc.integer({ min: -200, max: 200 }),
  );
  const texts = fc.oneof(
    numberText,
    garbage,
    longDigits.map(([sign, digits, power]) => `${sign}${digits}e${power}`),
  );
  await fc.assert(
    fc.asyncProperty(texts, async text => {
      expect(await normalized(text)).toBe(oracle(text));
    }),
    runs(5000),
  );
});

test('the limits are 38 digits and 10^126, on both sides', SLOW, async () => {
  const atTheLimit = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.bigInt(1n, 10n ** 40n),
      fc.constantFrom(-171, -170, -169, -168, -131, -130, -129, 85, 86, 87, 88, 124, 125, 126),
    )
    .map(([sign, digits, power]) => `${sign}${digits}e${power}`);
  await fc.assert(
    fc.asyncProperty(atTheLimit, async text => {
      expect(await normalized(text)).toBe(oracle(text));
    }),
    runs(2000),
  );
});

test('the one form is its own one form, and the same for every way to write a number', SLOW, () => {
  fc.assert(
    fc.property(number, fc.nat(60), (text, zeros) => {
      const form = normalizeNumber(text);
      expect(normalizeNumber(form)).toBe(form);
      const [, sign, digits = '', exponent = ''] = /^([+-]?)([^eE]+)(.*)$/.exec(text) ?? [];
      const padded = digits.includes('.') ? digits : `${digits}.`;
      expect(normalizeNumber(`${sign}${'0'.repeat(zeros)}${padded}${'0'.repeat(zeros)}${exponent}`)).toBe(form);
    }),
    runs(1000),
  );
});

test('encrypted numbers come back in their one form, sets of them sorted as text', SLOW, async () => {
  const sets = fc.uniqueArray(number, { minLength: 1, maxLength: 6, selector: expectedForm });
  await fc.assert(
    fc.asyncProperty(sets, async set => {
      const [first = '0'] = set;
      const { n, ns } = await decryptAttributes(await encryptAttributes({ id: { N: first }, n: { N: first }, ns: { NS: set } }));
      expect(n).toEqual({ N: expectedForm(first) });
      expect(ns).toEqual({ NS: set.map(expectedForm).sort() });
    }),
    runs(200),
  );
});

test('equal numbers are one member of a set, however they are written', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(number, async text => {
      const form = expectedForm(text);
      for (const other of [`${form}e0`, `0${form}`].filter(twin => oracle(twin) === form)) {
        expect(await codeOf(() => encryptAttributes({ id: { S: '' }, ns: { NS: [text, other] } }))).toBe('ATTRIBUTE_INVALID');
      }
    }),
    runs(100),
  );
});

test('a long text takes no longer than it must', { timeout: 5000 }, async () => {
  const million = 1_000_000;
  for (const text of [
    '0'.repeat(million),
    `1${'0'.repeat(million)}`,
    `0.${'0'.repeat(million)}1`,
    `1e${'9'.repeat(million)}`,
    `${'1'.repeat(million)}x`,
  ]) {
    await normalized(text);
  }
  expect(await normalized(`1${'0'.repeat(million)}e-${million}`)).toBe('1');
  expect(await normalized(`0.${'0'.repeat(million)}1e${million + 1}`)).toBe('1');
});
