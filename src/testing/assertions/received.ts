import { isRecord } from '../../bytes/objects.ts';
import { quoted } from '../../bytes/quoted.ts';
import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE } from '../../format/header.ts';

/** An item that was found, and the words for it in a message. */
export interface FoundItem {
  readonly name: string;
  readonly item: Readonly<Record<string, unknown>>;
}

/** Whatever else was given, and the words for it. */
export interface FoundValue {
  readonly name: string;
  readonly value: unknown;
}

/** What was received, taken apart. */
export interface Parts {
  readonly items: readonly FoundItem[];
  readonly rest: readonly FoundValue[];
}

const NOTHING: Parts = { items: [], rest: [] };

/** Members of requests and answers that are an item. */
const ITEM_MEMBERS = new Set(['Item', 'Attributes']);
/** Members that are a list of items. */
const LIST_MEMBERS = new Set(['Items']);
/** Members that are a list for each table, or one list: of items, or of what holds an item. */
const TABLE_MEMBERS = new Set(['Responses', 'RequestItems', 'UnprocessedItems', 'TransactItems']);
/** Members that hold an item. */
const ACTION_MEMBERS = new Set(['Put', 'PutRequest']);

/**
 * The items of what a test received: an item, in DynamoDB's own form or as JavaScript values, a list of items, or the request, the answer
 * or the command that holds them. Without any item there is nothing: neither in an answer that found none, nor in an item without
 * attributes.
 */
export function partsOf(received: unknown, at = ''): Parts {
  if (Array.isArray(received)) return joined(received.map((element, index) => partsOf(element, `${at}[${index}]`)));
  if (!isRecord(received) || isContent(received)) return { items: [], rest: [{ name: placeName('the value', at), value: received }] };
  if (isCommand(received)) return partsOf(received.input, at);
  if (!isEnvelope(received)) return itemAt(received, at);
  const { $metadata: _, ...members } = received;
  const parts = joined(Object.entries(members).map(([name, value]) => partsOfMember(name, value, at === '' ? name : `${at}.${name}`)));
  return parts.items.length === 0 ? NOTHING : parts;
}

function partsOfMember(name: string, value: unknown, at: string): Parts {
  if (value === undefined) return NOTHING;
  if (!holdsItems(name, value)) return { items: [], rest: [{ name: at, value }] };
  if (Array.isArray(value)) {
    const elementAt = LIST_MEMBERS.has(name) ? itemAt : partsOf;
    return joined(value.map((element, index) => elementAt(element, `${at}[${index}]`)));
  }
  if (ITEM_MEMBERS.has(name)) return itemAt(value, at);
  if (ACTION_MEMBERS.has(name)) return partsOf(value, at);
  return joined(Object.entries(value).map(([table, list]) => partsOf(list, `${at}[${quoted(table)}]`)));
}

/** A request or an answer. What has a header or footer is an item, whatever its attributes are called. */
function isEnvelope(received: Readonly<Record<string, unknown>>): boolean {
  if (Object.hasOwn(received, HEADER_ATTRIBUTE) || Object.hasOwn(received, FOOTER_ATTRIBUTE)) return false;
  return Object.hasOwn(received, '$metadata') || Object.entries(received).some(([name, value]) => holdsItems(name, value));
}

function holdsItems(name: string, value: unknown): value is Record<string, unknown> | Record<string, unknown>[] {
  if (LIST_MEMBERS.has(name)) return isListOfRecords(value);
  if (ITEM_MEMBERS.has(name)) return isRecord(value);
  if (ACTION_MEMBERS.has(name)) return isRecord(value) && isRecord(value.Item);
  return TABLE_MEMBERS.has(name) && (isListOfRecords(value) || (isRecord(value) && Object.values(value).every(isListOfRecords)));
}

function isListOfRecords(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isRecord);
}

/** A command of the AWS SDK. */
function isCommand(received: Readonly<Record<string, unknown>>): boolean {
  return 'middlewareStack' in received && isRecord(received.input);
}

/** Objects that are values, not items. */
function isContent(received: object): boolean {
  return ArrayBuffer.isView(received) || [ArrayBuffer, Map, Set, Date, Error].some(kind => received instanceof kind);
}

function itemAt(item: Readonly<Record<string, unknown>>, at: string): Parts {
  return Object.keys(item).length === 0 ? NOTHING : { items: [{ name: placeName('the item', at), item }], rest: [] };
}

function placeName(what: string, at: string): string {
  return at === '' ? what : `${what} at ${at}`;
}

function joined(parts: readonly Parts[]): Parts {
  return { items: parts.flatMap(({ items }) => items), rest: parts.flatMap(({ rest }) => rest) };
}
