import { HIDDEN, type Mask } from './mask.ts';

const SHOWN = 4;

/** Shows the last four characters of text of eight or more, and nothing of shorter text: `****6789`. */
export function last4(): Mask<string, string> {
  return Object.freeze({ name: 'last4', show: maskAllButLast4 });
}

function maskAllButLast4(value: unknown): string {
  if (typeof value !== 'string') return HIDDEN;
  const characters = Array.from(value);
  return characters.length < 2 * SHOWN ? HIDDEN : HIDDEN + characters.slice(-SHOWN).join('');
}
