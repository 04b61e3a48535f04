import { isRecord } from '../bytes/objects.ts';
import { quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';

/** Every option of T, so that an option that is added to the type is added here as well. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/** Throws CONFIG_INVALID unless `given` is an object whose members are all known. `what` begins the message; no value is told. */
export function requireOptions<T extends object>(what: string, given: T, known: OptionNames<T>): void {
  const names = Object.keys(known);
  if (!isRecord(given) || given instanceof Uint8Array)
    throw refusal(`${what} takes an object with the options ${names.join(', ')}; got ${kindOf(given)}`);
  const unknown = Object.keys(given).filter(name => !Object.hasOwn(known, name));
  if (unknown.length > 0) throw refusal(`${what}: there is no option ${quotedList(unknown)}; there are ${names.join(', ')}`);
}

/** Throws CONFIG_INVALID unless `value` is a text that is not empty. */
export function requireText(what: string, value: unknown): void {
  if (!isText(value)) throw refusal(`${what} must be a text that is not empty; got ${kindOf(value)}`);
}

/** Throws CONFIG_INVALID unless `value` is a positive integer, and at most `most`. */
export function requireCount(what: string, value: unknown, most: number): void {
  const holds = typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
  if (holds && value <= most) return;
  const range = holds ? `, at most ${most}` : '';
  throw refusal(`${what} must be a positive integer${range}; got ${typeof value === 'number' ? value : kindOf(value)}`);
}

/** Entries that any cache may be told to keep. */
export const MOST_ENTRIES = 100_000;

/** Throws CONFIG_INVALID unless `value` is a number of seconds in this range. */
export function requireSeconds(what: string, value: unknown, { above, most, below }: SecondsRange): void {
  const holds = typeof value === 'number' && Number.isFinite(value) && (above === undefined ? value >= 0 : value > above);
  if (holds && (most === undefined || value <= most) && (below === undefined || value < below)) return;
  const range = [above === undefined ? 'at least 0' : `more than ${above}`];
  if (most !== undefined) range.push(`at most ${most}`);
  if (below !== undefined) range.push(`less than ${below}`);
  throw refusal(`${what} must be a number of seconds, ${range.join(' and ')}; got ${typeof value === 'number' ? value : kindOf(value)}`);
}

/** Without `above`: from 0. */
interface SecondsRange {
  readonly above?: number;
  readonly most?: number;
  readonly below?: number;
}

/** True for a text that is not empty, and that UTF-8 can hold. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

/** What a value is, without a word of it: an environment variable that is not set is nothing. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return 'a text that is none';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return 'bytes';
  return typeof value === 'object' ? 'an object that is none' : `a ${typeof value}`;
}

/** The error for an option that cannot be. */
export function refusal(message: string): FieldsealError {
  return new FieldsealError('CONFIG_INVALID', message);
}
