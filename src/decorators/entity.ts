import { setOwn } from '../bytes/own-property.ts';
import { quoted } from '../bytes/quoted.ts';
import type { AttributeNode } from '../schema/attribute.ts';
import { type Table, type TableOptions, table } from '../schema/table.ts';
import { type Declarations, declarationsOn, inheritedDeclarations, ownDeclarations } from './declarations.ts';
import { classOf, refuseBare } from './placement.ts';
import { accessorOf } from './property.ts';
import { classInWords, refuse } from './refuse.ts';

const DECORATOR = '@entity()';

/** What {@link entity} returns, for both ways in which compilers call it. */
export type EntityDecorator = (target: abstract new (...args: never[]) => object, context?: object) => void;

/**
 * Makes a class the schema of a table: its decorated fields, and those of its base classes, are the attributes. `tableOf` returns the schema. Throws
 * SCHEMA_INVALID, when the class is defined, for what `table` refuses, for an override that changes the annotation of an attribute, and for a base
 * that is an entity of another table; CONFIG_INVALID as the decorators of attributes do.
 */
export function entity(logicalName: string, options?: TableOptions): EntityDecorator;
export function entity(...given: readonly [logicalName: string, options?: TableOptions]): unknown {
  refuseBare(DECORATOR, given);
  const [logicalName, options] = given;
  if (typeof logicalName !== 'string') refuse(DECORATOR, "give the logical table name: @entity('users')");
  return (...call: readonly unknown[]) => {
    const { type, metadata } = classOf(DECORATOR, call);
    const declarations = declarationsOn(metadata ?? type);
    const own = new Set([...ownDeclarations(type), declarations]);
    const bases = inheritedDeclarations(type);
    if ([...own].some(declared => declared.table !== undefined)) refuse(classInWords(type), 'it is an entity already; keep one @entity()');
    declarations.table = define(type, logicalName, optionsWith(type, logicalName, options, bases), attributesOf(type, [...bases, ...own]));
  };
}

/** Entities of one table agree on its name and on what is outside its signature, as those of `singleTable` do. */
function optionsWith(
  type: object,
  logicalName: string,
  options: TableOptions | undefined,
  bases: readonly Declarations[],
): TableOptions | undefined {
  const base = bases.findLast(declared => declared.table !== undefined)?.table;
  if (base === undefined) return options;
  const ofBase = `its base class is entity ${quoted(base.logicalName)}`;
  if (base.logicalName !== logicalName)
    refuse(classInWords(type), `${ofBase}, which another name cannot extend; move the shared fields to a base class without @entity()`);
  const { unsignedPrefix } = base.structure;
  if (options?.unsignedPrefix !== undefined && options.unsignedPrefix !== unsignedPrefix)
    refuse(classInWords(type), `${ofBase} with another unsignedPrefix; leave it out to have the same`);
  return unsignedPrefix === undefined ? options : { ...options, unsignedPrefix };
}

function attributesOf(type: object, declared: readonly Declarations[]): ReadonlyMap<string, AttributeNode> {
  const attributes = new Map<string, AttributeNode>();
  for (const [name, attribute] of declared.flatMap(({ attributes }) => [...attributes])) {
    const overridden = attributes.get(name);
    if (overridden !== undefined && annotationOf(overridden) !== annotationOf(attribute)) {
      const change = `${annotationOf(overridden)} in the base class and ${annotationOf(attribute)} here`;
      refuse(classInWords(type), `attribute ${quoted(name)} is ${change}; an override keeps the annotation`);
    }
    attributes.set(name, attribute);
  }
  return attributes;
}

function annotationOf({ kind, settings }: AttributeNode): string {
  if (kind === 'partition' || kind === 'sort') return `the ${kind} key`;
  return settings.context ? `${kind} with { context: true }` : kind;
}

function define(
  type: object,
  logicalName: string,
  options: TableOptions | undefined,
  attributes: ReadonlyMap<string, AttributeNode>,
): Table {
  if (![...attributes.values()].some(({ kind }) => kind === 'partition'))
    refuse(classInWords(type), 'there is no partition key; put @partitionKey() on one field');
  const fields: Record<string, AttributeNode> = {};
  for (const [name, attribute] of attributes) {
    refuseHalfAccessor(type, name);
    setOwn(fields, name, attribute);
  }
  return table(logicalName, fields, options);
}

function refuseHalfAccessor(type: object, name: string): void {
  const accessor = accessorOf(Reflect.get(type, 'prototype'), name);
  if (accessor === undefined || (accessor.get && accessor.set)) return;
  const missing = accessor.get ? 'setter' : 'getter';
  refuse(classInWords(type), `attribute ${quoted(name)} has no ${missing}; an item is read from the class and written to it, so add one`);
}
