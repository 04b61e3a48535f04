import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { isObject } from '../../bytes/objects.ts';
import { isAtMostHalf, isMeasurable } from './characters.ts';
import { HIDDEN, type Mask } from './mask.ts';

/** What masks are drawn with. */
const DOTS = /[*•●▪■]/gu;
/** A run of the same character would tell how long the hidden part is. */
const PADDING = /[*•●▪■]+|([^\p{N}])\1{2,}/gu;
const MOST_LEVELS = 32;

/**
 * What a mask shows of a value, held to the rules: {@link HIDDEN} when it throws, gives no text, or shows more than half of the value's
 * characters, upper and lower case being one, in any of the ways to write the value down. So it is for values that have no text, or one too
 * long to be measured. Padding has one length.
 */
export function maskedText(show: Mask<never, unknown>['show'], value: unknown): string {
  try {
    const texts = textsOf(value).filter(text => text !== '');
    if (texts.length === 0 || !texts.every(isMeasurable)) return HIDDEN;
    const shown: unknown = show(value as never); // the schema says that the mask takes the attribute's type
    if (typeof shown !== 'string') return HIDDEN;
    const seen = shown.replaceAll(DOTS, '');
    return texts.every(whole => isAtMostHalf(sharedWith(whole, seen), folded(whole))) ? shown.replaceAll(PADDING, HIDDEN) : HIDDEN;
  } catch {
    return HIDDEN;
  }
}

/** The characters that are shown and are in the value too, each as often as both have it. */
function sharedWith(whole: string, shown: string): string {
  const left = new Map<string, number>();
  for (const character of folded(whole)) left.set(character, (left.get(character) ?? 0) + 1);
  return Array.from(folded(shown))
    .filter(character => {
      const count = left.get(character) ?? 0;
      left.set(character, count - 1);
      return count > 0;
    })
    .join('');
}

function folded(text: string): string {
  return text.normalize('NFKD').toLowerCase();
}

/** The ways to write a value down. What is shown is measured by each of them. */
function textsOf(value: unknown): string[] {
  if (types.isDate(value)) return [value.toISOString().slice(0, 10).replaceAll('-', ''), value.toISOString()];
  if (value instanceof Uint8Array) return (['hex', 'utf8', 'latin1'] as const).map(encoding => Buffer.from(value).toString(encoding));
  if (typeof value === 'number') return [String(value), value.toLocaleString('en', { maximumSignificantDigits: 21, useGrouping: false })];
  if (!isObject(value) || Array.isArray(value)) return [textOf(value)];
  const own = typeof value.toString === 'function' ? String(value) : '';
  return [textOf(value), own.startsWith('[object ') ? '' : own];
}

/** All text of a value, names included, so that a mask of an address is measured by the whole address. */
function textOf(value: unknown, level = 1): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (types.isDate(value)) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (!isObject(value)) return '';
  if (level > MOST_LEVELS) throw new RangeError('nested too deeply');
  const members = value instanceof Set ? [...value] : value instanceof Map ? [...value].flat() : Object.values(value);
  return members.map(member => textOf(member, level + 1)).join('');
}
