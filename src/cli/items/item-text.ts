import type { AttributeMap } from '../../dynamodb/attribute-value.ts';
import { fromDynamoDbJson, toDynamoDbJson } from './dynamodb-json.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from './json-text.ts';

/** An item and the form it came in. */
export interface ReadItem {
  readonly item: AttributeMap;
  /** True for a line of an export to S3, `{"Item":{…}}`. */
  readonly wrapped: boolean;
}

/** Reads an item, as it is or as a line of an export. Throws INPUT_INVALID; `what` is what its message calls the bytes. */
export function readItem(bytes: Uint8Array, what: string): ReadItem {
  const value = parseJsonObject(bytes, what, 'INPUT_INVALID');
  const inner = itemOfExport(value);
  return { item: fromDynamoDbJson(inner ?? value), wrapped: inner !== undefined };
}

/** One line, without its newline, in the form that the item came in. */
export function writeItem(item: AttributeMap, wrapped: boolean): string {
  const value = toDynamoDbJson(item);
  return JSON.stringify(wrapped ? { Item: value } : value);
}

/**
 * What is in an export's wrapper; undefined for an item without one. An item whose only attribute is called "Item" cannot be mistaken: that is
 * its partition key, so a text, a number or bytes, while the members of a wrapped item are objects.
 */
function itemOfExport(value: JsonObject): JsonObject | undefined {
  const [[name, item] = [], ...others] = Object.entries(value);
  return name === 'Item' && others.length === 0 && isJsonObject(item) && Object.values(item).every(isJsonObject) ? item : undefined;
}
