import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addNumbers, compareNumbers, subtractNumbers } from '../../../src/dynamodb/expressions/decimal.ts';
import { runs, SLOW } from '../../property/runs.ts';
import { number } from '../../property/values.ts';
import { normalizeNumber } from '../../reference/numbers.ts';

/** Everything as a whole number of 10^-200: slow and plain. */
const SCALE = 200;
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = normalizeNumber(text).split('.');
  return BigInt(whole + fraction.padEnd(SCALE, '0'));
}

function storable(sum: bigint): string | undefined {
  const digits = String(sum < 0n ? -sum : sum).padStart(SCALE + 1, '0');
  const text = `${sum < 0n ? '-' : ''}${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
  try {
    return normalizeNumber(text);
  } catch {
    return undefined;
  }
}

const result = (outcome: ReturnType<typeof addNumbers>): string | undefined => (typeof outcome === 'string' ? outcome : undefined);

describe('exact arithmetic', () => {
  test('is that of whole numbers, or refused where the result cannot be stored', SLOW, () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(result(addNumbers(a, b))).toBe(storable(scaled(a) + scaled(b)));
        expect(result(subtractNumbers(a, b))).toBe(storable(scaled(a) - scaled(b)));
        const [left, right] = [scaled(a), scaled(b)];
        expect(compareNumbers(a, b)).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
      runs(3000),
    );
  });

  test.each([
    ['0.1', '0.2', '0.3'],
    ['1.10', '0.90', '2'],
    ['9'.repeat(38), '1', `1${'0'.repeat(38)}`],
    ['1', '-1.0', '0'],
    ['-0', '0', '0'],
    ['1e125', '1e88', `${'1'.padEnd(37, '0')}1${'0'.repeat(88)}`],
  ])('%s + %s = %s', (a, b, sum) => {
    expect(addNumbers(a, b)).toBe(sum);
  });

  test.each([
    ['9'.repeat(38), '2', 'precision'],
    ['1e38', '1', 'precision'],
    ['5e125', '5e125', 'overflow'],
    ['1.5e-130', '-1e-130', 'underflow'],
  ])('%s + %s cannot be stored', (a, b, unstorable) => {
    expect(addNumbers(a, b)).toEqual({ unstorable });
  });
});
