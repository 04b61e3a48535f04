import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import { HEADER_ATTRIBUTE } from '../format/header.ts';
import type { AttributeMap } from './attribute-value.ts';
import { MOST_VALUES } from './copy.ts';
import { MOST_LEVELS } from './serialize.ts';
import type { TranslateOptions } from './validate-attributes.ts';

/** DynamoDB's own form takes two objects a level: `{ L: [ … ] }`. What is deeper than DynamoDB's limit is refused when it is serialised. */
const MOST_NATIVE_LEVELS = 2 * MOST_LEVELS + 1;

/** The document client sets both in the options that it was given: it translates values one by one. An item has no `{ M: … }` around it. */
const OF_ITEMS = { convertTopLevelContainer: false, convertWithoutMapWrapper: false } as const;

/**
 * Refuses a property named `__proto__` at any depth: `@aws-sdk/util-dynamodb` assigns it, which loses it and changes a prototype instead.
 * DynamoDB's own form, as the plain DynamoDBClient speaks it, holds such names. Refuses values that are nested too deeply, or contain
 * themselves, before anything recurses into them. Throws ATTRIBUTE_INVALID.
 */
export function refuseProto(name: string, value: unknown, level = 1, seen = { values: 0 }): void {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new FieldsealError(
      'ATTRIBUTE_INVALID',
      `attribute ${quoted(name)} holds a ${typeof value}, which the document client would leave out`,
    );
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (++seen.values > MOST_VALUES)
    throw new FieldsealError('ATTRIBUTE_INVALID', `attribute ${quoted(name)} has over ${MOST_VALUES} values, or contains itself`);
  if (level > MOST_NATIVE_LEVELS)
    throw new FieldsealError('ATTRIBUTE_INVALID', `attribute ${quoted(name)} is nested deeper than 32 levels`);
  if (Object.hasOwn(value, '__proto__') || (value instanceof Map && value.has('__proto__'))) {
    throw new FieldsealError(
      'ATTRIBUTE_INVALID',
      `attribute ${quoted(name)} has a key "__proto__", which the document client cannot hold; use DynamoDBClient`,
    );
  }
  for (const inner of value instanceof Map || value instanceof Set ? value.values() : Object.values(value))
    refuseProto(name, inner, level + 1, seen);
}

/** Throws ATTRIBUTE_INVALID when an attribute is, or has, a key `__proto__`. */
export function refuseProtoInItem(item: object): void {
  refuseProto('__proto__', Object.hasOwn(item, '__proto__') ? item : undefined);
  for (const [name, value] of Object.entries(item)) refuseProto(name, value, 1);
}

/** JavaScript values to DynamoDB's own form, as the document client does it. Throws ATTRIBUTE_INVALID, naming the attribute, without the value. */
export function toAttributes(item: object, translate: TranslateOptions): AttributeMap {
  refuseProtoInItem(item);
  try {
    return marshall(item, { ...translate.marshallOptions, ...OF_ITEMS });
  } catch (cause) {
    throw untranslatable(item, translate, cause);
  }
}

/** The failure of a translation, with the attribute that it is about, but not the SDK's words: they quote the value. */
function untranslatable(item: object, translate: TranslateOptions, cause: unknown): FieldsealError {
  return untranslatableIn([item], translate, cause) ?? cannotHold('a value', cause);
}

/** As {@link untranslatable}, when one of several items is the cause; undefined when none is. */
export function untranslatableIn(
  items: readonly object[],
  { marshallOptions }: TranslateOptions,
  cause: unknown,
): FieldsealError | undefined {
  const culprit = items
    .flatMap(item => [...(item instanceof Map ? item : Object.entries(item))])
    .find(([name, value]) => {
      try {
        marshall({ [textOf(name)]: value }, { ...marshallOptions, ...OF_ITEMS });
        return false;
      } catch {
        return true;
      }
    });
  return culprit && cannotHold(`attribute ${quoted(textOf(culprit[0]))}`, cause);
}

/** A key of a map, which may be anything. */
function textOf(name: unknown): string {
  return typeof name === 'string' ? name : `(${typeof name})`;
}

function cannotHold(what: string, cause: unknown): FieldsealError {
  const why =
    'holds what DynamoDB cannot: undefined, an empty set, NaN, an unsafe number, a Date or a class instance; use a codec, or NumberValue';
  return new FieldsealError('ATTRIBUTE_INVALID', `${what} ${why}`, { cause });
}

/** An encrypted item in DynamoDB's own form, whichever of the two it is given in. */
export function inAttributeForm(item: object, translate: TranslateOptions): AttributeMap {
  const isNative = HEADER_ATTRIBUTE in item && item[HEADER_ATTRIBUTE] instanceof Uint8Array;
  return isNative ? toAttributes(item, translate) : (item as AttributeMap); // what is no item is refused where it is read
}

/** DynamoDB's own form to JavaScript values, as the document client does it. Throws ATTRIBUTE_INVALID, without the value. */
export function toNatives(item: AttributeMap, { unmarshallOptions }: TranslateOptions): Record<string, NativeAttributeValue> {
  refuseProtoInItem(item);
  try {
    return unmarshall(item, { ...unmarshallOptions, ...OF_ITEMS });
  } catch (cause) {
    const message =
      'the item holds a number that JavaScript cannot, or at which wrapNumbers throws; set unmarshallOptions.wrapNumbers to true';
    throw new FieldsealError('ATTRIBUTE_INVALID', message, { cause });
  }
}
