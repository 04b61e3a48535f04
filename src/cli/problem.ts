import { isFieldsealError, sanitizeCause } from '../errors.ts';

/** A failure as it may be shown: its code, and words that hold no value. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** What may be told of a failure. Of one that is not ours only its name: its message may quote anything. */
export function problemOf(error: unknown): Problem {
  if (isFieldsealError(error)) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: foreignName(error) };
}

/** The name of an error that is not ours, when it is an identifier, and its code. */
export function foreignName(error: unknown): string {
  const { name, code } = sanitizeCause(error);
  return code === undefined || code === name ? name : `${name} ${code}`;
}

/** `PLACE: CODE: message`, one line. */
export function problemLine(place: string, error: unknown): string {
  const { code, message } = problemOf(error);
  return `${printable(`${place}: ${code}: ${message}`)}\n`;
}

/** A system error's code, such as ENOENT, in brackets. */
export function reasonOf(error: unknown): string {
  return `(${sanitizeCause(error).code ?? 'unknown'})`;
}

/** Characters that would move the cursor, start a terminal sequence, or show text in another order than it has. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Text on one line, whatever an item, a configuration or an argument put into it; valid JSON stays valid and means the same. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
