import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../reference/formulas.ts';

/**
 * Nested arrays that are equal when items are: attributes and map entries by name, bytes in hexadecimal. Order within lists and sets counts.
 * (Assertions on objects overlook an own property named `__proto__`.)
 */
export function comparable(item: Item): unknown {
  const entries = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, value]) => [name, ...comparableValue(value)]);
}

function comparableValue(value: AttributeValue): unknown[] {
  const [[type, content] = ['nothing', undefined], ...others] = Object.entries(value);
  if (others.length > 0) throw new Error('a value has one type');
  if (type === 'B') return [type, hex(value.B)];
  if (type === 'BS') return [type, value.BS?.map(hex)];
  if (type === 'L') return [type, value.L?.map(comparableValue)];
  if (type === 'M') return [type, comparable(value.M ?? {})];
  return [type, content];
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex');
}

/** Objects and arrays, all the way down; JavaScript cannot freeze bytes. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
