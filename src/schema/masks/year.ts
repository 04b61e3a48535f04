import { HIDDEN, type Mask } from './mask.ts';

const ISO_DATE = /^(?<year>\d{4})-\d{2}-\d{2}(?:$|[T ])/;

/** Shows the year of a Date (in UTC) or of text that starts with an ISO date, and nothing of other values. */
export function year(): Mask<string | Date, string> {
  return Object.freeze({ name: 'year', show: showYear });
}

function showYear(value: unknown): string {
  const text = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value;
  return (typeof text === 'string' ? ISO_DATE.exec(text)?.groups?.year : undefined) ?? HIDDEN;
}
