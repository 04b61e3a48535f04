import { Buffer } from 'node:buffer';
import { setOwn } from '../bytes/own-property.ts';
import { isUnwritable } from '../bytes/unwritable.ts';

/**
 * A copy of an item of JavaScript values, down to what only its class knows: plain objects, arrays, sets, maps and bytes are copied, class instances
 * passed on. The item was looked through for depth and size before.
 */
export function copyNatives(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (isUnwritable(item)) return item; // as it is, so that it is refused
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) setOwn(copy, name, copyNative(value));
  return copy;
}

function copyNative(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return value instanceof Buffer ? Buffer.from(value) : Uint8Array.from(value); // Buffer's slice is no copy
  if (Array.isArray(value)) return Array.from(value, copyNative);
  if (value instanceof Set) return isBare(value, Set) ? new Set(Array.from(value, copyNative)) : value;
  if (value instanceof Map) return isBare(value, Map) ? new Map(Array.from(value, ([key, member]) => [key, copyNative(member)])) : value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? copyNatives(value as Record<string, unknown>) : value; // a plain object
}

function isBare(value: object, type: { readonly prototype: object }): boolean {
  return Object.getPrototypeOf(value) === type.prototype;
}
