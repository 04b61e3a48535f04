import { isObject } from '../../bytes/objects.ts';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../../schema/attribute.ts';
import type { CheckedFields, TableOptions } from '../../schema/table.ts';
import { type Flow, type MapperEntity, mapperTable } from './mapper-table.ts';
import { namesReadBy } from './names-read.ts';
import type { Known, MapperFields, MapperTable, OwnIdentifiers, OwnKeys, OwnOptional } from './types.ts';

/** What is read of an entity of dynamodb-toolbox. */
export interface ToolboxEntity {
  readonly entityName: string;
  readonly table: ToolboxTable;
  /** The attributes that the application declared. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Those, and the ones that the library adds. */
  readonly schema: { readonly attributes: Readonly<Record<string, ToolboxSchema>> };
  readonly computeKey?: ((...given: never[]) => unknown) | undefined;
}
/** What is read of the schema of an attribute. */
export interface ToolboxSchema {
  readonly type: string;
  readonly props: object;
}
/** What is read of a table. */
export interface ToolboxTable {
  readonly partitionKey: ToolboxKey;
  readonly sortKey?: ToolboxKey | undefined;
  readonly indexes: Readonly<Record<string, ToolboxIndex>>;
  readonly entityAttributeSavedAs: string;
}
/** What is read of a key attribute. */
export interface ToolboxKey {
  readonly name: string;
  readonly type: string;
}
/** What is read of a secondary index. */
export interface ToolboxIndex {
  readonly type: string;
  readonly partitionKey?: ToolboxKey | undefined;
  readonly partitionKeys?: readonly ToolboxKey[] | undefined;
  readonly sortKey?: ToolboxKey | undefined;
  readonly sortKeys?: readonly ToolboxKey[] | undefined;
}

/** One entity, or all that share a table. */
export type ToolboxEntities = ToolboxEntity | readonly ToolboxEntity[];

type TableOf<E> = E extends readonly (infer One)[] ? TableOf<One> : E extends { readonly table: infer T } ? T : never;
type NameOf<K> = K extends { readonly name: infer N } ? Known<N> : never;
type KeyType<K> = K extends { readonly type: 'number' } ? number | bigint : K extends { readonly type: 'binary' } ? Uint8Array : string;
type PartitionOf<T> = T extends { readonly partitionKey: infer K } ? K : never;
type SortOf<T> = T extends { readonly sortKey?: infer K } ? NonNullable<K> : never;
type IndexesOf<T> = T extends { readonly indexes: infer I } ? I[keyof I] : never;
type IndexKeyOf<X> =
  | (X extends { readonly partitionKey: infer K } ? K : never)
  | (X extends { readonly sortKey: infer K } ? K : never)
  | (X extends { readonly partitionKeys: readonly (infer K)[] } ? K : never)
  | (X extends { readonly sortKeys: readonly (infer K)[] } ? K : never);

/** What dynamodb-toolbox adds to items, as far as types tell. */
export type ToolboxOwn<E> = OwnKeys<NameOf<PartitionOf<TableOf<E>>>, never, KeyType<PartitionOf<TableOf<E>>>> &
  OwnKeys<never, NameOf<SortOf<TableOf<E>>>, KeyType<SortOf<TableOf<E>>>> &
  OwnOptional<Exclude<NameOf<IndexKeyOf<IndexesOf<TableOf<E>>>>, NameOf<PartitionOf<TableOf<E>>>>, string | number | Uint8Array> &
  OwnOptional<'_ct' | '_md', string> &
  OwnIdentifiers<TableOf<E> extends { readonly entityAttributeSavedAs: infer N } ? N : never>;

/** Settings of an attribute whose functions are given the item. */
const SETTINGS_OF_LINKS = ['keyLink', 'putLink', 'updateLink'] as const;

/**
 * Declares the table of entities of dynamodb-toolbox: their attributes by the names that are stored (`savedAs`), each with encrypted(), signed() or
 * unsigned(). Keys, index keys, the entity attribute and timestamps are added, signed. Throws SCHEMA_INVALID when `computeKey`, or a link of an
 * attribute that is not encrypted, reads an encrypted attribute.
 */
export function toolbox<const E extends ToolboxEntities, F extends Shape>(
  logicalName: string,
  entities: E,
  fields: F & CheckedFields<F>,
  options?: TableOptions,
): MapperTable<MapperFields<F, ToolboxOwn<E>>>;
export function toolbox(logicalName: string, given: ToolboxEntities, fields: Shape, options: TableOptions = {}): unknown {
  const entities = isList(given) ? given : [given];
  const table = tableOf(logicalName, entities);
  const sortKey = table.sortKey?.name;
  const own = [table.partitionKey.name, sortKey];
  const indexKeys = Object.entries(table.indexes).flatMap(([index, keys]) => keysOf(keys).map(({ name }) => [name, index] as const));
  const added = entities.flatMap(entity => namesAdded(entity));
  const identifier = table.entityAttributeSavedAs;
  const definition = {
    mapper: 'dynamodb-toolbox',
    partitionKey: table.partitionKey.name,
    sortKey,
    indexKeys: new Map(indexKeys.filter(([name]) => !own.includes(name))),
    identifiers: added.includes(identifier) ? [identifier] : [],
    timestamps: added.filter(name => name !== identifier),
    entities: entities.map(entityOf),
  };
  return mapperTable(logicalName, definition, fields, options);
}

function isList(given: ToolboxEntities): given is readonly ToolboxEntity[] {
  return Array.isArray(given);
}

function tableOf(logicalName: string, entities: readonly ToolboxEntity[]): ToolboxTable {
  const [first] = entities;
  const isEntity = (entity: ToolboxEntity): boolean =>
    typeof entity?.entityName === 'string' && isObject(entity.schema?.attributes) && typeof entity.table?.partitionKey?.name === 'string';
  if (first === undefined || !entities.every(isEntity)) return refuse(logicalName, 'toolbox() takes entities of dynamodb-toolbox');
  if (entities.some(({ table }) => table !== first.table))
    refuse(logicalName, 'the entities are not of one table of dynamodb-toolbox; declare each table by itself');
  return first.table;
}

function keysOf({ partitionKey, partitionKeys = [], sortKey, sortKeys = [] }: ToolboxIndex): ToolboxKey[] {
  return [partitionKey, ...partitionKeys, sortKey, ...sortKeys].filter(each => each !== undefined);
}

function namesAdded({ attributes, schema }: ToolboxEntity): string[] {
  const added = Object.entries(schema.attributes).filter(([name]) => !Object.hasOwn(attributes, name));
  return added.map(([name, schema]) => storedName(name, schema));
}

function storedName(name: string, { props }: ToolboxSchema): string {
  return 'savedAs' in props && typeof props.savedAs === 'string' ? props.savedAs : name;
}

function entityOf({ entityName, schema, computeKey }: ToolboxEntity): MapperEntity {
  const names = Object.keys(schema.attributes);
  const stored = new Map(Object.entries(schema.attributes).map(([name, each]) => [name, storedName(name, each)]));
  const ofKey = [...namesReadBy(computeKey, names, 0)].map((from): Flow => ({ from, where: 'computeKey' }));
  const ofLinks = Object.entries(schema.attributes).flatMap(([name, schema]) =>
    linksIn(schema)
      .flatMap(link => [...namesReadBy(link, names, 0)])
      .map((from): Flow => ({ from, into: stored.get(name), where: `a link of ${quoted(name)}` })),
  );
  return { name: entityName, attributes: stored, flows: [...ofKey, ...ofLinks] };
}

/** The links of an attribute and of what is inside it. */
function linksIn(schema: unknown): unknown[] {
  if (!isObject(schema) || !isObject(schema.props)) return [];
  const { props, attributes, elements, keys } = schema;
  const inside = [...(isObject(attributes) ? Object.values(attributes) : []), ...(Array.isArray(elements) ? elements : [elements]), keys];
  return [...SETTINGS_OF_LINKS.map(setting => props[setting]), ...inside.flatMap(linksIn)].filter(link => link !== undefined);
}

function refuse(logicalName: unknown, message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `table ${quoted(String(logicalName))}: ${message}`);
}
