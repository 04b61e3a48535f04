import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isObject } from '../bytes/objects.ts';
import { FieldsealError } from '../errors.ts';

/** An item in DynamoDB's own form. */
export type AttributeMap = Record<string, AttributeValue>;

/** The types of DynamoDB values. */
export const DYNAMODB_TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const;
export type DynamoDbType = (typeof DYNAMODB_TYPES)[number];

/** Refuses, with INPUT_INVALID, what is no object of attributes. */
export function requireItem<T>(item: T): T & Record<string, unknown> {
  refusePromise('the item', item);
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) return item as T & Record<string, unknown>; // any object may be an item
  throw new FieldsealError('INPUT_INVALID', 'the item must be an object of attributes');
}

/** Refuses, with INPUT_INVALID, what was not awaited. It has no attributes of its own, and would be told to lack its key. */
export function refusePromise(what: string, item: unknown): void {
  if (!isObject(item) || typeof item.then !== 'function') return;
  throw new FieldsealError('INPUT_INVALID', `${what} must be an object of attributes; got a promise: await it first`);
}

/** The type of a value. Throws ATTRIBUTE_INVALID unless exactly one known type is given. */
export function typeOf(value: AttributeValue): DynamoDbType {
  let found: DynamoDbType | undefined;
  for (const key in value) {
    if (!isDefined(value, key)) continue;
    if (found !== undefined || !isType(key)) throw notOneType();
    found = key;
  }
  if (found === undefined) throw notOneType();
  return found;
}

/** Refuses, with ATTRIBUTE_INVALID, content that is not what its type says. */
export function requireContent<T>(content: unknown, type: DynamoDbType, is: (content: unknown) => content is T): T {
  if (is(content)) return content;
  throw new FieldsealError('ATTRIBUTE_INVALID', `the value of type ${type} does not hold what DynamoDB calls ${type}`);
}

export const isString = (content: unknown): content is string => typeof content === 'string';
export const isBoolean = (content: unknown): content is boolean => typeof content === 'boolean';
export const isBytes = (content: unknown): content is Uint8Array => content instanceof Uint8Array;
export const isStrings = (content: unknown): content is string[] => isListOf(content, isString);
export const isByteArrays = (content: unknown): content is Uint8Array[] => isListOf(content, isBytes);
export const isList = (content: unknown): content is AttributeValue[] => isListOf(content, isObject);
export const isMap = (content: unknown): content is AttributeMap =>
  isObject(content) && !Array.isArray(content) && Object.values(content).every(isObject);

/** Array.prototype.every passes over holes. */
function isListOf<T>(content: unknown, is: (element: unknown) => element is T): content is T[] {
  return Array.isArray(content) && Array.from(content).every(is);
}

function isType(key: string): key is DynamoDbType {
  return DYNAMODB_TYPES.some(type => type === key);
}

function isDefined(value: AttributeValue, key: string): boolean {
  return Object.hasOwn(value, key) && (value as unknown as Record<string, unknown>)[key] !== undefined; // a union of one-member types has no index
}

function notOneType(): FieldsealError {
  return new FieldsealError('ATTRIBUTE_INVALID', `the value must have exactly one of the types ${DYNAMODB_TYPES.join(', ')}`);
}
