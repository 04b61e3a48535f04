import { isRecord } from '../bytes/objects.ts';
import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { AttributeKind, NamesOf } from '../schema/attribute.ts';
import type { FieldsOf, Input } from '../schema/shapes.ts';
import type { Table } from '../schema/table.ts';

/** The names of a table's attributes; of a single table, those of all entities. */
export type NameIn<T> = NamesOf<FieldsOf<T>, AttributeKind>;

/** What {@link pick} gives: the types are those that validators will ask for. */
export type Picked<T, N> = Input<T> extends infer I ? (I extends unknown ? Partial<Pick<I, N & keyof I>> : never) : never;

/**
 * The named attributes of a request's input, and nothing else of it: a client cannot set an attribute that nobody asked for (CWE-915).
 * Takes own enumerable data properties; absent ones stay absent. Nothing is validated: a write does that. Throws INPUT_INVALID for an input
 * that is no object, and for names that the table does not declare.
 */
export function pick<T extends Table, const N extends readonly NameIn<T>[]>(table: T, input: unknown, names: N): Picked<T, N[number]>;
export function pick(table: Table, input: unknown, names: readonly string[]): unknown {
  const where = `pick() for table ${quoted(table.logicalName)}`;
  const unknown = names.filter(name => table.fields[name] === undefined);
  if (unknown.length > 0)
    throw new FieldsealError('INPUT_INVALID', `${where}: ${quotedList(unknown)} not declared in the schema; name attributes of it`);
  if (!isRecord(input)) throw new FieldsealError('INPUT_INVALID', `${where}: the input must be an object of attributes`);
  return Object.fromEntries(names.flatMap(name => ownValue(input, name)));
}

/** An accessor would run code of whoever made the input. */
function ownValue(input: object, name: string): [name: string, value: unknown][] {
  const property = Object.getOwnPropertyDescriptor(input, name);
  return property?.enumerable === true && 'value' in property ? [[name, property.value]] : [];
}
