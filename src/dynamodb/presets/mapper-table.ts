import { quoted, quotedList } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { signed } from '../../schema/annotations.ts';
import type { AnyAttribute, Shape } from '../../schema/attribute.ts';
import { AttributeNode } from '../../schema/attribute.ts';
import { key } from '../../schema/key.ts';
import { type Table, TableDefinition, type TableOptions, table } from '../../schema/table.ts';

/** What a mapper's definitions say about a table. Names are those of stored attributes, unless they are said to be the mapper's. */
export interface MapperDefinition {
  /** Its name, for messages. */
  readonly mapper: string;
  readonly partitionKey: string;
  readonly sortKey: string | undefined;
  /** Key attributes of secondary indexes, and the index of each. */
  readonly indexKeys: ReadonlyMap<string, string>;
  /** What tells the entity of an item. Always signed. */
  readonly identifiers: readonly string[];
  /** What the mapper fills in by itself, beside keys and identifiers. */
  readonly timestamps: readonly string[];
  readonly entities: readonly MapperEntity[];
}

/** An entity of a mapper. */
export interface MapperEntity {
  readonly name: string;
  /** Stored names by the mapper's names, of all attributes that items have. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly flows: readonly Flow[];
}

/** An attribute whose value becomes part of another one. */
export interface Flow {
  /** By the mapper's name. */
  readonly from: string;
  /** The stored attribute that it is packed into, if it is. */
  readonly storedIn?: string | undefined;
  /** The stored attribute that it goes into, for what may be encrypted itself. */
  readonly into?: string | undefined;
  /** Where it goes, as a message says it. */
  readonly where: string;
}

/** What is known of a table that was made from a mapper's definitions. */
export interface MapperFacts {
  /** Attributes that hold nothing of the application's: names of entities, versions, times. */
  readonly constants: ReadonlySet<string>;
}

const facts = new WeakMap<object, MapperFacts>();

/** What a table knows of its mapper; undefined for tables without one. */
export function mapperOf(one: Table): MapperFacts | undefined {
  const tables: readonly object[] = 'entities' in one ? Object.values(one.entities as object) : [one]; // a single table holds its entities by name
  const known = tables.flatMap(each => facts.get(each) ?? []);
  return known.length === 0 ? undefined : { constants: new Set(known.flatMap(({ constants }) => [...constants])) };
}

/**
 * The table of a mapper's entities: the given attributes, and those of the mapper itself. No given attribute is required, since one table holds
 * several entities and the mapper knows what each needs. Throws SCHEMA_INVALID for an encrypted attribute that the mapper would store in clear
 * within another one, for attributes that are not declared, and for what `table()` refuses.
 */
export function mapperTable(logicalName: string, definition: MapperDefinition, fields: Shape, options: TableOptions): Table {
  const say = (message: string): never => refuse(logicalName, message);
  if (typeof fields !== 'object' || fields === null) say('the attributes must be an object of names and annotations');
  const given = relaxed(fields);
  refuseUnstored(definition, given, say);
  refuseFlows(definition, given, say);
  refuseUnfitBookkeeping(definition, given, say);
  const all = Object.assign(bookkeeping(definition), given);
  refuseUndeclared(definition, all, say);
  const made: unknown = table(logicalName, all, options);
  if (!(made instanceof TableDefinition)) return say('there is no partition key');
  facts.set(made, { constants: new Set([...definition.identifiers, ...definition.timestamps]) });
  return made;
}

type Say = (message: string) => never;

/** A declaration by the mapper's name would not reach the attribute that holds the value. */
function refuseUnstored({ entities }: MapperDefinition, fields: Shape, say: Say): void {
  const stored = new Set(entities.flatMap(({ attributes }) => [...attributes.values()]));
  for (const { name: entity, attributes } of entities) {
    for (const [name, storedAs] of attributes) {
      if (name !== storedAs && fields[name] !== undefined && !stored.has(name))
        say(`entity ${quoted(entity)} stores ${quoted(name)} as ${quoted(storedAs)}; declare ${quoted(storedAs)}, the name that is stored`);
    }
  }
}

function refuseFlows({ entities }: MapperDefinition, fields: Shape, say: Say): void {
  const isEncrypted = (name: string | undefined): boolean => name !== undefined && fields[name]?.kind === 'encrypted';
  for (const { name: entity, attributes, flows } of entities) {
    for (const { from, storedIn, into, where } of flows) {
      if (![attributes.get(from) ?? from, storedIn].some(isEncrypted) || isEncrypted(into)) continue;
      const advice = 'leave it out there, or use an attribute that holds a keyed hash of it';
      say(`entity ${quoted(entity)} uses the encrypted ${quoted(from)} in ${where}, which would store it in clear; ${advice}`);
    }
  }
}

function refuseUnfitBookkeeping(definition: MapperDefinition, fields: Shape, say: Say): void {
  const { mapper, partitionKey, sortKey, indexKeys, identifiers } = definition;
  for (const [name, index] of indexKeys) {
    if (fields[name]?.kind === 'encrypted')
      say(`${quoted(name)} is a key of index ${quoted(index)}, which cannot compare what is encrypted; sign it, or leave it to the preset`);
  }
  for (const name of identifiers) {
    const kind = fields[name]?.kind;
    if (kind !== undefined && kind !== 'signed')
      say(`${quoted(name)} tells ${mapper} what an item is; declare it with signed(), or leave it to the preset`);
  }
  for (const [name, kind] of [
    [partitionKey, 'partition'],
    [sortKey, 'sort'],
  ] as const) {
    const given = name === undefined ? undefined : fields[name]?.kind;
    if (given !== undefined && given !== kind)
      say(`${quoted(String(name))} is the ${kind} key; declare it with key.${kind}(), or leave it to the preset`);
  }
}

function bookkeeping({ partitionKey, sortKey, indexKeys, identifiers, timestamps }: MapperDefinition): Record<string, AnyAttribute> {
  const own: Record<string, AnyAttribute> = Object.create(null);
  for (const name of [...indexKeys.keys(), ...timestamps]) own[name] = signed().optional();
  for (const name of identifiers) own[name] = signed();
  if (sortKey !== undefined) own[sortKey] = key.sort();
  own[partitionKey] = key.partition();
  return own;
}

/** Without prototype, so that names such as `constructor` can be looked up. Keys and context attributes are in every item. */
function relaxed(fields: Shape): Record<string, AnyAttribute> {
  const result: Record<string, AnyAttribute> = Object.create(null);
  for (const [name, field] of Object.entries(fields)) {
    const isFixed = !(field instanceof AttributeNode) || field.kind === 'partition' || field.kind === 'sort' || field.settings.context;
    result[name] = isFixed ? field : field.optional();
  }
  return result;
}

function refuseUndeclared({ entities }: MapperDefinition, declared: Shape, say: Say): void {
  for (const { name: entity, attributes } of entities) {
    const missing = [...new Set(attributes.values())].filter(name => declared[name] === undefined);
    if (missing.length > 0)
      say(`entity ${quoted(entity)} stores ${quotedList(missing)}; declare each with encrypted(), signed() or unsigned()`);
  }
}

function refuse(logicalName: unknown, message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `table ${quoted(String(logicalName))}: ${message}`);
}
