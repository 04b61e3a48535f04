import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FieldsealError } from '../errors.ts';

/** An item in DynamoDB's own form. */
export type AttributeMap = Record<string, AttributeValue>;

/** The types of DynamoDB values. */
export const DYNAMODB_TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const;
export type DynamoDbType = (typeof DYNAMODB_TYPES)[number];

/** The type of a value and what it holds. Throws ATTRIBUTE_INVALID unless exactly one known type is given. */
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
export const isStrings = (content: unknown): content is string[] => Array.isArray(content) && content.every(isString);
export const isByteArrays = (content: unknown): content is Uint8Array[] => Array.isArray(content) && content.every(isBytes);
export const isList = (content: unknown): content is AttributeValue[] => Array.isArray(content) && content.every(isObject);
export const isMap = (content: unknown): content is AttributeMap =>
  isObject(content) && !Array.isArray(content) && Object.values(content).every(isObject);

function isObject(content: unknown): content is object {
  return typeof content === 'object' && content !== null;
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
