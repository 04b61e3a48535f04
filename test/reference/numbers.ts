/**
 * Numbers as the specification normalises them (ddb-attribute-serialization.md, "Number"): plain decimal digits, no sign of zero, no zeros at the
 * ends. The value is kept as an integer and a power of ten, so that nothing here depends on where the text puts its point.
 */

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const MOST_DIGITS = 38;
/** Of a value written 0.d₁d₂… × 10ⁿ with d₁ ≠ 0. */
const LARGEST_POWER = 126n;
const SMALLEST_POWER = -129n;

export function normalizeNumber(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole + fraction === '') throw new Error(`not a number: ${text}`);

  let digits = BigInt(whole + fraction);
  let power = BigInt(exponent) - BigInt(fraction.length);
  if (digits === 0n) return '0';
  while (digits % 10n === 0n) {
    digits /= 10n;
    power += 1n;
  }

  const length = BigInt(digits.toString().length);
  if (length > MOST_DIGITS) throw new Error(`more than ${MOST_DIGITS} digits: ${text}`);
  if (length + power > LARGEST_POWER) throw new Error(`too large: ${text}`);
  if (length + power < SMALLEST_POWER) throw new Error(`too small: ${text}`);
  return (sign === '-' ? '-' : '') + plainDecimal(digits.toString(), Number(power));
}

/** digits × 10^power without an exponent. */
function plainDecimal(digits: string, power: number): string {
  if (power >= 0) return digits + '0'.repeat(power);
  const padded = digits.padStart(1 - power, '0'); // at least one digit before the point
  return `${padded.slice(0, power)}.${padded.slice(power)}`;
}
