import { HIDDEN, type Mask } from './mask.ts';

const NUMBER = /^[\p{Nd}\s()+./-]+$/u;
const DIGIT = /\p{Nd}/gu;
/** Of international numbers; shorter ones are those of an emergency service or an extension. */
const FEWEST_DIGITS = 7;
const MOST_DIGITS = 15;
const SHOWN = 2;

/** Shows the last two digits of a telephone number: `****67`. Other text is hidden whole. */
export function phone(): Mask<string, string> {
  return Object.freeze({ name: 'phone', show: maskNumber });
}

function maskNumber(value: unknown): string {
  if (typeof value !== 'string' || !NUMBER.test(value)) return HIDDEN;
  const digits = value.match(DIGIT) ?? [];
  const isNumber = digits.length >= FEWEST_DIGITS && digits.length <= MOST_DIGITS;
  return isNumber ? HIDDEN + digits.slice(-SHOWN).join('') : HIDDEN;
}
