import { FieldsealError } from '../../errors.ts';
import { maskedText } from './guard.ts';
import type { Mask } from './mask.ts';

/**
 * A mask of your own. What it shows is checked each time: where `show` throws, gives no text, or shows more than half of the value's
 * characters, all is hidden; padding (`*`, or one character three times and more) is made one length. Throws SCHEMA_INVALID unless `show`
 * is a function.
 */
export function custom<T>(show: (value: T) => string): Mask<T, string> {
  if (typeof show !== 'function') throw new FieldsealError('SCHEMA_INVALID', 'mask.custom() takes a function from a value to a text');
  return Object.freeze({ name: 'custom', show: (value: T) => maskedText(show, value) });
}
