import { graphemesOf, isAtMostHalf, isMeasurable } from './characters.ts';
import { HIDDEN, type Mask } from './mask.ts';

const SHOWN = 4;

/** Shows the last four characters of text of eight or more, and nothing of shorter text: `****6789`. Punctuation does not count. */
export function last4(): Mask<string, string> {
  return Object.freeze({ name: 'last4', show: maskAllButLast4 });
}

function maskAllButLast4(value: unknown): string {
  if (typeof value !== 'string' || !isMeasurable(value)) return HIDDEN;
  const shown = graphemesOf(value).slice(-SHOWN).join('');
  return isAtMostHalf(shown, value) ? HIDDEN + shown : HIDDEN;
}
