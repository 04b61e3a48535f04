import { normalizeNumber } from '../numbers.ts';

/** A number as coefficient × 10^exponent, exactly. */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** What is wrong with a result. */
export type Unstorable = 'precision' | 'overflow' | 'underflow';

const MOST_DIGITS = 38;
/** Of the first digit that is not zero: 9.9…e125 is the largest number, 1e-130 the smallest. */
const HIGHEST_EXPONENT = 125;
const LOWEST_EXPONENT = -130;

/** Negative, zero or positive. Throws ATTRIBUTE_INVALID for what is no number of DynamoDB. */
export function compareNumbers(a: string, b: string): number {
  const [left, right] = aligned(parse(a), parse(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `a + b` in normal form, or why DynamoDB cannot store it: nothing is rounded. */
export function addNumbers(a: string, b: string): string | { readonly unstorable: Unstorable } {
  return sum(parse(a), parse(b));
}

/** `a - b`, as {@link addNumbers}. */
export function subtractNumbers(a: string, b: string): string | { readonly unstorable: Unstorable } {
  const { coefficient, exponent } = parse(b);
  return sum(parse(a), { coefficient: -coefficient, exponent });
}

function sum(a: Decimal, b: Decimal): string | { readonly unstorable: Unstorable } {
  const [left, right, exponent] = aligned(a, b);
  const text = String(left + right);
  const negative = text.startsWith('-');
  const written = negative ? text.slice(1) : text;
  const digits = written.replace(/0+$/, '');
  if (digits === '') return '0';
  const position = exponent + written.length - 1;
  if (position > HIGHEST_EXPONENT) return { unstorable: 'overflow' };
  if (position < LOWEST_EXPONENT) return { unstorable: 'underflow' };
  if (digits.length > MOST_DIGITS) return { unstorable: 'precision' };
  return normalizeNumber(`${text}e${exponent}`);
}

/** Both coefficients on the smaller of the two exponents. Exponents of stored numbers are small, so this is cheap. */
function aligned(a: Decimal, b: Decimal): [left: bigint, right: bigint, exponent: number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scale = ({ coefficient, exponent: own }: Decimal): bigint => coefficient * 10n ** BigInt(own - exponent);
  return [scale(a), scale(b), exponent];
}

function parse(text: string): Decimal {
  const [whole = '', fraction = ''] = normalizeNumber(text).split('.');
  return { coefficient: BigInt(whole + fraction), exponent: -fraction.length };
}
