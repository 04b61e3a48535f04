import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../../schema/attribute.ts';
import type { CheckedFields, TableOptions } from '../../schema/table.ts';
import { type Flow, type MapperEntity, mapperTable } from './mapper-table.ts';
import type { Known, MapperFields, MapperTable, OwnIdentifiers, OwnKeys, OwnOptional } from './types.ts';

/** What is read of a schema of OneTable. */
export interface OneTableSchema {
  readonly indexes: Readonly<Record<string, OneTableIndex>>;
  readonly models: Readonly<Record<string, OneTableModel>>;
  readonly params?: OneTableParams | undefined;
}
/** What is read of an index. */
export interface OneTableIndex {
  readonly hash?: string | undefined;
  readonly sort?: string | undefined;
}
/** The fields of a model. */
export type OneTableModel = Readonly<Record<string, OneTableField>>;
/** What is read of a field. */
export interface OneTableField {
  readonly type: unknown;
  readonly map?: string | undefined;
  readonly value?: boolean | string | undefined;
  readonly encode?: string | readonly unknown[] | undefined;
  readonly unique?: boolean | undefined;
  readonly scope?: string | undefined;
  readonly ttl?: boolean | undefined;
  readonly schema?: unknown;
  readonly items?: unknown;
}
/** What is read of a schema's parameters. */
export interface OneTableParams {
  readonly typeField?: string | undefined;
  readonly createdField?: string | undefined;
  readonly updatedField?: string | undefined;
  readonly timestamps?: boolean | string | undefined;
}

type Index<S, N extends string, K extends 'hash' | 'sort'> = S extends { readonly indexes: { readonly [I in N]: infer X } }
  ? X extends { readonly [P in K]: infer V }
    ? Known<V>
    : never
  : never;
type IndexKeys<S> = S extends { readonly indexes: infer I }
  ? { [N in keyof I]: N extends 'primary' ? never : I[N] extends { readonly hash: infer H } ? Known<H> : never }[keyof I] | SortKeys<I>
  : never;
type SortKeys<I> = { [N in keyof I]: N extends 'primary' ? never : I[N] extends { readonly sort: infer H } ? Known<H> : never }[keyof I];
type Param<S, P extends string, D> = S extends { readonly params: { readonly [N in P]: infer V } } ? V : D;

/** What OneTable adds to items, as far as types tell. */
export type OneTableOwn<S> = OwnKeys<Index<S, 'primary', 'hash'>, Index<S, 'primary', 'sort'>, string | number> &
  OwnOptional<Exclude<IndexKeys<S>, Index<S, 'primary', 'hash' | 'sort'>>, string | number> &
  OwnOptional<
    Param<S, 'timestamps', false> extends false ? never : Param<S, 'createdField', 'created'> | Param<S, 'updatedField', 'updated'>,
    string | number
  > &
  OwnIdentifiers<Param<S, 'typeField', '_type'>>;

/**
 * Declares the table of a schema of OneTable: the attributes of its models by the names that are stored (`map`), each with encrypted(), signed() or
 * unsigned(). Keys, index keys, the type field and timestamps are added, signed. Throws SCHEMA_INVALID when a value template of a field that is not
 * encrypted names an encrypted field, or an encrypted field is `unique`, `ttl` or `encode`d in another one.
 */
export function onetable<const S extends OneTableSchema, F extends Shape>(
  logicalName: string,
  schema: S,
  fields: F & CheckedFields<F>,
  options?: TableOptions,
): MapperTable<MapperFields<F, OneTableOwn<S>>>;
export function onetable(logicalName: string, schema: OneTableSchema, fields: Shape, options: TableOptions = {}): unknown {
  const primary = schema?.indexes?.primary;
  if (typeof primary?.hash !== 'string' || typeof schema.models !== 'object' || schema.models === null)
    return refuse(logicalName, 'onetable() takes a schema of OneTable, with indexes.primary and models');
  const own = [primary.hash, primary.sort];
  const indexKeys = Object.entries(schema.indexes).flatMap(([index, { hash, sort }]) =>
    [hash, sort].flatMap(name => (name === undefined || own.includes(name) ? [] : [[name, index] as const])),
  );
  const { typeField = '_type', createdField = 'created', updatedField = 'updated', timestamps = false } = schema.params ?? {};
  const definition = {
    mapper: 'OneTable',
    partitionKey: primary.hash,
    sortKey: primary.sort,
    indexKeys: new Map(indexKeys),
    identifiers: [typeField],
    timestamps: [
      ...(timestamps === true || timestamps === 'create' ? [createdField] : []),
      ...(timestamps === true || timestamps === 'update' ? [updatedField] : []),
    ],
    entities: Object.entries(schema.models).map(([name, model]) => entityOf(name, model)),
  };
  return mapperTable(logicalName, definition, fields, options);
}

function entityOf(name: string, model: OneTableModel): MapperEntity {
  const stored = Object.entries(model).flatMap(([field, { map, encode }]) =>
    encode === undefined ? [[field, storedName(field, map)] as const] : [],
  );
  const attributes = new Map(stored);
  const holders = new Map(
    Object.entries(model).flatMap(([field, { encode }]) =>
      holderOf(encode).map(holder => [field, attributes.get(holder) ?? holder] as const),
    ),
  );
  const flows = Object.entries(model).flatMap(([field, settings]) => [
    ...templatesIn(settings).map((from): Flow => ({ from, into: attributes.get(field), where: `the value template of ${quoted(field)}` })),
    ...flowsOfField(field, settings, attributes),
  ]);
  return { name, attributes, flows: flows.map(flow => ({ ...flow, storedIn: holders.get(flow.from) })) };
}

/** `map: 'attribute.member'` packs fields into one attribute. */
function storedName(field: string, map: string | undefined): string {
  return map?.split('.')[0] ?? field;
}

/** What is done with the value of a field itself. */
function flowsOfField(from: string, { unique, scope, ttl, encode }: OneTableField, attributes: MapperEntity['attributes']): Flow[] {
  const [holder] = holderOf(encode);
  return [
    ...(unique === true ? [{ from, where: 'the key of an item of its own, because it is unique' }] : []),
    ...namesInTemplate(scope).map(name => ({
      from: name,
      where: `the scope of ${quoted(from)}, which is part of the key of an item of its own`,
    })),
    ...(ttl === true ? [{ from, where: 'the expiry of its item (ttl), which DynamoDB must be able to read' }] : []),
    ...(holder !== undefined ? [{ from, into: attributes.get(holder) ?? holder, where: `${quoted(holder)}, in which it is encoded` }] : []),
  ];
}

/** The fields that value templates of a field, and of what is inside it, name: `${name}`, `${name.member}`, `${name:length:pad}`. */
function templatesIn(field: unknown): string[] {
  if (typeof field !== 'object' || field === null) return [];
  const names = namesInTemplate('value' in field ? field.value : undefined);
  const nested = 'schema' in field && typeof field.schema === 'object' && field.schema !== null ? Object.values(field.schema) : [];
  return [...names, ...nested.flatMap(templatesIn), ...('items' in field ? templatesIn(field.items) : [])];
}

/** The field that an encoded one is kept in, as a list of one; an empty one for other fields. */
function holderOf(encode: OneTableField['encode']): string[] {
  const holder: unknown = Array.isArray(encode) ? encode[0] : encode;
  return typeof holder === 'string' ? [holder] : [];
}

function namesInTemplate(template: unknown): string[] {
  const texts = typeof template === 'string' ? template.matchAll(/\$\{(.*?)\}/g) : [];
  return [...texts].map(([, name = '']) => name.split(/[.[:]/)[0]?.trim() ?? '');
}

function refuse(logicalName: unknown, message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `table ${quoted(String(logicalName))}: ${message}`);
}
