import { isObject } from '../bytes/objects.ts';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { AttributeNode } from '../schema/attribute.ts';
import type { Table } from '../schema/table.ts';
import { METADATA } from './metadata.ts';
import type { Member } from './placement.ts';
import { classInWords, refuse } from './refuse.ts';

/** Registered, so that a second copy of this package sees what the first one left. */
const DECLARED = Symbol.for('fieldseal.decorators');

/** What the decorators of one class said, without its bases. */
export class Declarations {
  readonly attributes: Map<string, AttributeNode> = new Map();
  /** Set by `@entity()`, which compilers apply last. */
  table: Table | undefined = undefined;
}

/** Notes an attribute. Throws SCHEMA_INVALID for a second one of the name, and after the class was declared; CONFIG_INVALID beside another copy. */
export function declare(decorator: string, { carrier, name }: Member, attribute: AttributeNode): void {
  const on = `${decorator} on ${quoted(name)}`;
  if (ownDeclarations(carrier).some(({ table }) => table !== undefined))
    refuse(on, 'the class is declared already; decorate its fields where they are');
  const { attributes } = declarationsOn(carrier);
  if (attributes.has(name)) refuse(on, 'the attribute is declared already; keep one decorator');
  attributes.set(name, attribute);
}

/** The declarations that hang on a carrier, made where there are none. */
export function declarationsOn(carrier: object): Declarations {
  const present = readDeclarations(carrier);
  if (present !== undefined) return present;
  const made = new Declarations();
  Object.defineProperty(carrier, DECLARED, { value: made });
  return made;
}

/** The declarations of a class itself, in the form of either kind of decorators. Empty where it has none. */
export function ownDeclarations(type: object): readonly Declarations[] {
  const metadata: unknown = Object.hasOwn(type, METADATA) ? Reflect.get(type, METADATA) : undefined;
  return [type, metadata].flatMap(carrier => (isObject(carrier) || typeof carrier === 'function' ? (readDeclarations(carrier) ?? []) : []));
}

/** The declarations of the bases of a class, the first base of all first. */
export function inheritedDeclarations(type: object): readonly Declarations[] {
  const bases: object[] = [];
  for (let base: unknown = Object.getPrototypeOf(type); typeof base === 'function'; base = Object.getPrototypeOf(base)) bases.unshift(base);
  return bases.flatMap(ownDeclarations);
}

/** The schema of a class. Throws SCHEMA_INVALID for one that has no `@entity()` of its own. */
export function tableOfType(type: unknown): Table {
  if (typeof type !== 'function') refuse('tableOf()', 'it takes a class that has @entity()');
  const table = ownDeclarations(type).find(declared => declared.table !== undefined)?.table;
  if (table !== undefined) return table;
  const base = inheritedDeclarations(type).findLast(declared => declared.table !== undefined)?.table;
  const advice = base === undefined ? "add @entity('name')" : `its base is entity ${quoted(base.logicalName)}; the class needs its own`;
  refuse(classInWords(type), `it has no @entity(); ${advice}`);
}

/** Own declarations only: metadata inherits from the metadata of the base class, and classes from each other. */
function readDeclarations(carrier: object): Declarations | undefined {
  if (!Object.hasOwn(carrier, DECLARED)) return undefined;
  const present: unknown = Reflect.get(carrier, DECLARED);
  if (present instanceof Declarations) return present;
  const on = typeof carrier === 'function' ? classInWords(carrier) : 'a class';
  throw new FieldsealError('CONFIG_INVALID', `${on} has decorators of another copy of fieldseal; install one copy (npm ls fieldseal)`);
}
