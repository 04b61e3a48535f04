import { HIDDEN, type Mask } from './mask.ts';

const NUMBER = /^\d(?:[ -]?\d){11,18}$/;
const SHOWN = 4;

/** Shows the last four digits of a payment card number of 12 to 19 digits: `****4242`. Other text is hidden whole. */
export function cardNumber(): Mask<string, string> {
  return Object.freeze({ name: 'cardNumber', show: maskNumber });
}

function maskNumber(value: unknown): string {
  if (typeof value !== 'string' || !NUMBER.test(value)) return HIDDEN;
  return HIDDEN + value.replaceAll(/\D/g, '').slice(-SHOWN);
}
