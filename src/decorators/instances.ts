import { isRecord } from '../bytes/objects.ts';
import { setOwn } from '../bytes/own-property.ts';
import { FieldsealError } from '../errors.ts';
import { RESERVED_PREFIX } from '../schema/names.ts';
import { tableOfType } from './declarations.ts';
import { accessorOf } from './property.ts';
import type { ClassItem } from './table-of.ts';

/**
 * A decrypted item as an instance of its class. The constructor runs first, without arguments, and then the declared attributes are assigned, so that
 * no initialiser overwrites them; those that the item does not have become undefined. Names that the class does not declare are left out. Throws
 * INPUT_INVALID for what is no item, or is encrypted still, and as `tableOf` does; whatever the constructor and setters throw passes through.
 */
export function hydrate<T extends object>(type: new () => T, item: Readonly<Partial<ClassItem<T>>>): T;
export function hydrate(type: new () => Record<string, unknown>, item: unknown): unknown {
  const { fields } = tableOfType(type);
  if (!isRecord(item)) throw new FieldsealError('INPUT_INVALID', 'hydrate() takes a class and an item, an object of attributes by name');
  if (Object.keys(item).some(name => name.startsWith(RESERVED_PREFIX)))
    throw new FieldsealError('INPUT_INVALID', 'hydrate() takes a decrypted item; this one has a header or footer, so decrypt it first');
  const instance = new type();
  for (const name of Object.keys(fields)) {
    const value = read(item, name);
    if (value !== undefined || read(instance, name) !== undefined) setOwn(instance, name, value);
  }
  return instance;
}

/**
 * The declared attributes of an instance as a plain object, for a write: fields and accessors, without those that are undefined and without anything
 * that the class does not declare. Values are not copied. Throws INPUT_INVALID for what is no object, and as `tableOf` does for its class.
 */
export function itemOf<T extends object>(instance: T): ClassItem<T>;
export function itemOf(instance: unknown): unknown {
  if (!isRecord(instance)) throw new FieldsealError('INPUT_INVALID', 'itemOf() takes an instance of a class that has @entity()');
  const prototype: unknown = Object.getPrototypeOf(instance);
  const { fields } = tableOfType(isRecord(prototype) ? prototype.constructor : undefined);
  const item: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = read(instance, name);
    if (value !== undefined) setOwn(item, name, value);
  }
  return item;
}

/** Of an own property or an accessor: a name such as `toString` that an object only inherits is no attribute of it. */
function read(object: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  return name === '__proto__' ? undefined : accessorOf(object, name)?.get?.call(object);
}
