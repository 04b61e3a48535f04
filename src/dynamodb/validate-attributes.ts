import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr, convertToNative, type marshallOptions, type unmarshallOptions } from '@aws-sdk/util-dynamodb';
import { setOwn } from '../bytes/own-property.ts';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { Table } from '../schema/table.ts';
import { validateChanged, validateForWrite } from '../schema/validate.ts';
import type { AttributeMap } from './attribute-value.ts';
import { copyItem } from './copy.ts';
import { refuseProto } from './native.ts';

/** How values change between DynamoDB's form and JavaScript's: the options of `@aws-sdk/util-dynamodb`. */
export interface TranslateOptions {
  readonly marshallOptions?: marshallOptions;
  readonly unmarshallOptions?: unmarshallOptions;
}

/**
 * Runs a table's validators on an item in DynamoDB's own form. An attribute with a codec is given as it is stored, so it is decoded first.
 * Only what a validator or codec changed is written anew; a value that none of them looks at keeps its rendering. The result shares no object
 * with the caller. Fails as {@link validateForWrite}.
 */
export async function validateAttributes(table: Table, given: AttributeMap, translate: TranslateOptions = {}): Promise<AttributeMap> {
  const item = copyItem(given);
  const seen = seenByValidators(table, item, translate);
  return asStored(table, item, seen, await validateForWrite(table, seen), translate);
}

/**
 * As {@link validateAttributes}, for the attributes that an update of an item changed, or removed. `table` is the item's entity. Fails as
 * {@link validateChanged}.
 */
export async function validateChangedAttributes(
  table: Table,
  changed: AttributeMap,
  removed: readonly string[],
  translate: TranslateOptions = {},
): Promise<AttributeMap> {
  const seen = seenByValidators(table, changed, translate);
  return asStored(table, changed, seen, await validateChanged(table, seen, removed), translate);
}

/** The entity that a stored item is one of. Throws ENTITY_UNKNOWN. */
export function entityOfAttributes(table: Table, item: AttributeMap, translate: TranslateOptions): Table {
  return table.entityOf(tellingNatives(table, item, translate));
}

/** The entity that the item of a key is one of; undefined when the key does not tell. */
export function entityOfKeyAttributes(table: Table, key: AttributeMap, translate: TranslateOptions): Table | undefined {
  return table.entityOfKey(tellingNatives(table, key, translate));
}

/** What can tell the entity of an item, as JavaScript values. */
function tellingNatives(table: Table, item: AttributeMap, { unmarshallOptions }: TranslateOptions): Record<string, unknown> {
  const { partitionKeyName, sortKeyName } = table.structure;
  const telling: Record<string, unknown> = {};
  for (const name of [partitionKeyName, sortKeyName, table.discriminator]) {
    const value = name === undefined ? undefined : item[name];
    if (name !== undefined && value !== undefined) setOwn(telling, name, anyNative(value, unmarshallOptions));
  }
  return telling;
}

/** A number that JavaScript cannot hold comes wrapped. */
function anyNative(value: AttributeValue, options: TranslateOptions['unmarshallOptions']): unknown {
  try {
    return convertToNative(value, options);
  } catch {
    return convertToNative(value, { ...options, wrapNumbers: true });
  }
}

function seenByValidators(table: Table, item: AttributeMap, translate: TranslateOptions): Record<string, unknown> {
  const seen: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item))
    setOwn(seen, name, isChecked(table, name) ? toNative(table, name, value, translate) : value);
  return seen;
}

function asStored(
  table: Table,
  item: AttributeMap,
  seen: Readonly<Record<string, unknown>>,
  validated: Readonly<Record<string, unknown>>,
  translate: TranslateOptions,
): AttributeMap {
  const result: AttributeMap = {};
  for (const [name, value] of Object.entries(validated)) {
    const original = item[name];
    const untouched = !isChecked(table, name) || (Object.is(value, seen[name]) && typeof value !== 'object'); // objects may be changed in place
    setOwn(result, name, original !== undefined && untouched ? original : toAttribute(name, value, translate));
  }
  return result;
}

function isChecked(table: Table, name: string): boolean {
  const settings = table.fields[name]?.settings;
  return settings?.validator !== undefined || settings?.codec !== undefined;
}

function toNative(table: Table, name: string, value: AttributeValue, { unmarshallOptions }: TranslateOptions): unknown {
  refuseProto(name, value);
  const codec = table.fields[name]?.settings.codec;
  const decode = (native: unknown): unknown => (codec === undefined ? native : codec.decode(native));
  try {
    return decode(convertToNative(value, unmarshallOptions));
  } catch (cause) {
    throw new FieldsealError(
      'ATTRIBUTE_INVALID',
      `attribute ${quoted(name)} cannot be made a JavaScript value for its validator or codec`,
      {
        cause,
      },
    );
  }
}

function toAttribute(name: string, value: unknown, { marshallOptions }: TranslateOptions): AttributeValue {
  refuseProto(name, value);
  try {
    return convertToAttr(value as Parameters<typeof convertToAttr>[0], marshallOptions); // throws for what is no native attribute value
  } catch (cause) {
    throw new FieldsealError(
      'ATTRIBUTE_INVALID',
      `attribute ${quoted(name)}: what its validator returned is no DynamoDB value; use a codec`,
      { cause },
    );
  }
}
