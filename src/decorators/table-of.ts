import type { Attribute } from '../schema/attribute.ts';
import type { Infer } from '../schema/shapes.ts';
import type { Table } from '../schema/table.ts';
import { tableOfType } from './declarations.ts';
import type { IsMethod } from './field-types.ts';

/**
 * The attributes of a class, as far as its type tells: the public members that are no methods. Neither the annotation of each is part of the type of a
 * class nor what a codec stores. All are said to be signed, which lets the compiler take every name where a name that can be compared is wanted, and
 * none where an encrypted one is; what is wrong is refused when the program runs.
 */
export type ClassFields<T> = {
  readonly [N in keyof T & string as IsMethod<T[N]> extends true ? never : N]-?: Attribute<'signed', T[N], T[N], unknown>;
};

/** The schema of a class whose instances are T. */
export type ClassTable<T> = Table<ClassFields<T>>;

/** The data of an instance, as a plain object. */
export type ClassItem<T> = Infer<ClassTable<T>>;

/**
 * The schema of a class that has `@entity()`: the same frozen object each time, of the same kind as `table` makes. Throws SCHEMA_INVALID for any
 * other class, subclasses of an entity among them; CONFIG_INVALID for a class with decorators of another copy of this package.
 */
export function tableOf<T extends object>(type: abstract new (...args: never[]) => T): ClassTable<T>;
export function tableOf(type: unknown): unknown {
  return tableOfType(type);
}
