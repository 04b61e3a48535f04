import { FieldsealError } from '../errors.ts';

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const MOST_DIGITS = 38;
/** With the value written 0.d1d2… × 10^position, d1 not zero. */
const HIGHEST_POSITION = 126;
const LOWEST_POSITION = -129;

/**
 * The one form of a DynamoDB number that is signed and encrypted: plain decimal without exponent, leading or trailing zeros (DB-ESDK's
 * NormalizeNumber). Throws ATTRIBUTE_INVALID for what is no number, has over 38 significant digits, or is out of DynamoDB's range.
 */
export function normalizeNumber(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') throw new FieldsealError('ATTRIBUTE_INVALID', 'the value of type N is not a number');
  const written = whole + fraction;
  const leadingZeros = written.length - written.replace(/^0+/, '').length;
  const digits = trimTrailingZeros(written.slice(leadingZeros));
  if (digits === '') return '0';
  if (digits.length > MOST_DIGITS) {
    throw new FieldsealError('ATTRIBUTE_INVALID', `the number has ${digits.length} significant digits; DynamoDB stores ${MOST_DIGITS}`);
  }
  const position = whole.length - leadingZeros + Number(exponent);
  if (position > HIGHEST_POSITION || position < LOWEST_POSITION) {
    throw new FieldsealError('ATTRIBUTE_INVALID', 'the number is out of the range that DynamoDB stores');
  }
  return (sign === '-' ? '-' : '') + plainDecimal(digits, position);
}

function plainDecimal(digits: string, position: number): string {
  if (position <= 0) return `0.${'0'.repeat(-position)}${digits}`;
  if (position >= digits.length) return digits.padEnd(position, '0');
  return `${digits.slice(0, position)}.${digits.slice(position)}`;
}

/** A loop, since /0+$/ takes quadratic time on a long text of zeros. */
function trimTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end--;
  return digits.slice(0, end);
}
