import { graphemesOf, isAtMostHalf, isMeasurable } from './characters.ts';
import { HIDDEN, type Mask } from './mask.ts';

const LETTER = /^\p{L}/u;

/**
 * Shows the initials of the first and the last word of a name: `A**** S****`, or `A****` where there is one word. Names of which that would
 * be more than half, and words that do not start with a letter, are hidden whole.
 */
export function name(): Mask<string, string> {
  return Object.freeze({ name: 'name', show: maskName });
}

function maskName(value: unknown): string {
  if (typeof value !== 'string' || !isMeasurable(value)) return HIDDEN;
  const words = value.split(/\s+/u).filter(word => word !== '');
  const initials = [...words.slice(0, 1), ...words.slice(1).slice(-1)].map(word => graphemesOf(word)[0] ?? '');
  if (initials.length === 0 || !initials.every(initial => LETTER.test(initial))) return HIDDEN;
  return isAtMostHalf(initials.join(' '), value) ? initials.map(initial => initial + HIDDEN).join(' ') : HIDDEN;
}
