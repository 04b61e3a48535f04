import { Buffer } from 'node:buffer';
import { isObject } from '../../bytes/objects.ts';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { Fact } from './fact.ts';
import { type FoundItem, partsOf } from './received.ts';

/** Something secret that must not be found: a text, a number, or bytes; at least four characters or bytes, else it is found by chance. */
export type PlaintextMarker = string | number | bigint | Uint8Array;

/** What is looked for. */
interface Wanted {
  /** In lower case. */
  readonly texts: readonly string[];
  readonly bytes: Buffer;
}

const LEAST_LENGTH = 4;
const BASE64_RUN = /[A-Za-z0-9+/_-]{6,}/g;
const HEX_RUN = /[0-9A-Fa-f]{8,}/g;

/**
 * Whether markers are absent from everything that was received, names of attributes and of members among it. Texts are found in any case,
 * inside JSON and URLs, as bytes, and in base64 or hexadecimal digits. Throws INPUT_INVALID for no marker, or one that is too short.
 */
export function plaintextFacts(received: unknown, markers: readonly PlaintextMarker[]): Fact[] {
  if (markers.length === 0) throw new FieldsealError('INPUT_INVALID', 'give at least one marker to look for');
  const wanted = markers.map(wantedOf);
  const places = placesOf(received, name => wanted.some(marker => holds(searchable(name), marker)));
  if (places.length === 0) return [];
  return wanted.map((marker, index) => {
    const found = places.filter(({ contents }) => contents.some(content => holds(content, marker))).map(({ name }) => name);
    const which = markers.length === 1 ? 'the marker' : `marker ${index + 1}`;
    return found.length === 0
      ? { holds: 'yes', says: `${which} is found nowhere` }
      : { holds: 'no', says: `${which} is found in ${found.join(', ')}` };
  });
}

/** A text or bytes, as they are searched. */
interface Content {
  /** Of a text, in lower case. */
  readonly text?: string;
  /** As they are, and what they stand for if they are a code. */
  readonly bytes: readonly Buffer[];
}

interface Place {
  readonly name: string;
  readonly contents: readonly Content[];
}

/** Names that hold a marker are not for messages. */
function placesOf(received: unknown, isSecret: (name: string) => boolean): Place[] {
  const { items, rest } = partsOf(received);
  const placeOf = (name: string, value: unknown): Place => ({ name, contents: contentsOf(value).map(searchable) });
  const attributeOf = (item: string, name: string): string =>
    isSecret(name) ? `an attribute of ${item} with a marker in its name` : `attribute ${quoted(name)} of ${item}`;
  const placesOfItem = ({ name, item }: FoundItem): Place[] => [
    placeOf(`the names of the attributes of ${name}`, Object.keys(item)),
    ...Object.entries(item).map(([attribute, value]) => placeOf(attributeOf(name, attribute), value)),
  ];
  return [...items.flatMap(placesOfItem), ...rest.map(({ name, value }) => placeOf(name, value))];
}

/** The texts and bytes of a value, at any depth. */
function contentsOf(value: unknown, seen: Set<object> = new Set()): (string | Uint8Array)[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (!isObject(value) || seen.has(value)) return [];
  seen.add(value);
  return ArrayBuffer.isView(value) ? [bytesOf(value)] : membersOf(value).flatMap(member => contentsOf(member, seen));
}

function membersOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat(1);
  if (value instanceof Set) return [...value];
  if (value instanceof Date) return [JSON.stringify(value)];
  if (value instanceof ArrayBuffer) return [new Uint8Array(value)];
  const hidden = value instanceof Error ? [value.message, value.stack, value.cause] : [];
  return [...Object.entries(value).flat(1), ...hidden];
}

function holds({ text, bytes }: Content, wanted: Wanted): boolean {
  return (text !== undefined && wanted.texts.some(form => text.includes(form))) || bytes.some(some => some.includes(wanted.bytes));
}

function searchable(content: string | Uint8Array): Content {
  if (typeof content === 'string') return { text: content.toLowerCase(), bytes: [Buffer.from(content, 'utf8'), ...decodings(content)] };
  const bytes = Buffer.from(content);
  return { bytes: [bytes, ...decodings(bytes.toString('latin1'))] };
}

/** What runs of base64 and hexadecimal digits in a text stand for, wherever in them the coding began. */
function decodings(text: string): Buffer[] {
  const base64 = (text.match(BASE64_RUN) ?? []).flatMap(run => [0, 1, 2, 3].map(start => Buffer.from(run.slice(start), 'base64')));
  const hex = (text.match(HEX_RUN) ?? []).flatMap(run => [0, 1].map(start => Buffer.from(run.slice(start), 'hex')));
  return [...base64, ...hex];
}

function wantedOf(marker: PlaintextMarker, index: number): Wanted {
  if (marker instanceof Uint8Array) return { texts: [], bytes: Buffer.from(long(marker, index)) };
  if (typeof marker !== 'string' && typeof marker !== 'number' && typeof marker !== 'bigint')
    throw new FieldsealError('INPUT_INVALID', `marker ${index + 1} is no text, number or bytes`);
  const text = long(String(marker), index);
  const written = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed())];
  return { texts: [...new Set(written.map(form => form.toLowerCase()))], bytes: Buffer.from(text, 'utf8') };
}

function long<T extends string | Uint8Array>(marker: T, index: number): T {
  if (marker.length >= LEAST_LENGTH) return marker;
  throw new FieldsealError('INPUT_INVALID', `marker ${index + 1} is shorter than ${LEAST_LENGTH} characters: it would be found by chance`);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
