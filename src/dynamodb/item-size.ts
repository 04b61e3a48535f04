import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import { type AttributeMap, isByteArrays, isBytes, isList, isMap, isString, isStrings } from './attribute-value.ts';
import { MOST_LEVELS } from './serialize.ts';

/** What DynamoDB stores at most for one item, in bytes. */
export const MOST_ITEM_BYTES: number = 400 * 1024;

/**
 * The size that DynamoDB charges for an item, in bytes (DynamoDB Developer Guide, "Item sizes and formats"). Numbers are counted at the
 * least they can take, so that no item is refused that DynamoDB would store.
 */
export function itemSize(item: AttributeMap): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueSize(value);
  return bytes;
}

/** Throws ITEM_TOO_LARGE for an encrypted item that DynamoDB would refuse. */
export function refuseLargeItem(item: AttributeMap): void {
  const bytes = itemSize(item);
  if (bytes <= MOST_ITEM_BYTES) return;
  const sizes = Object.entries(item).map(([name, value]) => ({ name, size: valueSize(value) }));
  const largest = sizes.reduce((a, b) => (b.size > a.size ? b : a));
  throw new FieldsealError(
    'ITEM_TOO_LARGE',
    `the encrypted item has ${bytes} bytes, DynamoDB stores ${MOST_ITEM_BYTES}: shorten ${quoted(largest.name)}, which has ${largest.size}, or keep it elsewhere`,
  );
}

/** Unsigned values come unchecked: content that is not what its type says counts nothing here, and DynamoDB refuses it. */
function valueSize(value: AttributeValue, level = 1): number {
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return 0;
  const { S, N, B, SS, NS, BS, L, M } = value;
  if (isString(S)) return Buffer.byteLength(S);
  if (isString(N)) return numberSize(N);
  if (isBytes(B)) return B.length;
  if (isStrings(SS)) return sum(SS, member => Buffer.byteLength(member));
  if (isStrings(NS)) return sum(NS, numberSize);
  if (isByteArrays(BS)) return sum(BS, member => member.length);
  if (isList(L)) return 3 + sum(L, element => 1 + valueSize(element, level + 1));
  if (isMap(M)) return 3 + sum(Object.entries(M), ([key, inner]) => 1 + Buffer.byteLength(key) + valueSize(inner, level + 1));
  return 1;
}

/** One byte, and one for each two significant digits. */
function numberSize(text: string): number {
  const exponent = text.search(/[eE]/);
  const significant = (exponent === -1 ? text : text.slice(0, exponent)).replace(/[^0-9]/g, '').replace(/^0+/, '');
  return 1 + Math.ceil(significant.length / 2);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}
