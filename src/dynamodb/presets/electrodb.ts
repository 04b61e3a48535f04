import { isRecord } from '../../bytes/objects.ts';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../../schema/attribute.ts';
import type { CheckedFields, TableOptions } from '../../schema/table.ts';
import { type Flow, type MapperEntity, mapperTable } from './mapper-table.ts';
import { namesReadBy } from './names-read.ts';
import type { Known, MapperFields, MapperTable, OwnIdentifiers, OwnKeys, OwnOptional } from './types.ts';

/** What is read of a model of ElectroDB. */
export interface ElectroModel {
  readonly model: { readonly entity: string };
  readonly attributes: Readonly<Record<string, ElectroAttribute>>;
  readonly indexes: Readonly<Record<string, ElectroIndex>>;
}
/** What is read of an attribute. */
export interface ElectroAttribute {
  readonly type: unknown;
  readonly field?: string | undefined;
  readonly set?: ((...given: never[]) => unknown) | undefined;
}
/** What is read of an access pattern. */
export interface ElectroIndex {
  readonly index?: string | undefined;
  readonly pk: ElectroKey;
  readonly sk?: ElectroKey | undefined;
}
/** What is read of a key of an access pattern. */
export interface ElectroKey {
  readonly field?: string | undefined;
  readonly composite: readonly string[];
  readonly template?: string | undefined;
}

/** A model, or an entity made of one. */
export type ElectroEntity = ElectroModel | { readonly schema: ElectroModel };
/** One entity, or all that share a table. */
export type ElectroEntities = ElectroEntity | readonly ElectroEntity[];

/** Options of {@link electrodb}. */
export interface ElectroOptions extends TableOptions {
  /** The names that entities are given in their `identifiers`, where models are given rather than entities. */
  readonly identifiers?: { readonly entity?: string | undefined; readonly version?: string | undefined } | undefined;
}

type ModelOf<E> = E extends { readonly schema: infer M } ? M : E;
type Models<E> = E extends readonly (infer One)[] ? ModelOf<One> : ModelOf<E>;
type Patterns<E> = Models<E> extends infer M ? (M extends { readonly indexes: infer I } ? I[keyof I] : never) : never;
type Primary<X> = X extends { readonly index: string } ? never : X;
type Secondary<X> = X extends { readonly index: string } ? X : never;
type FieldOf<X, K extends 'pk' | 'sk'> = X extends { readonly [N in K]: { readonly field: infer F } } ? Known<F> : never;

/** What ElectroDB adds to items, as far as types tell. */
export type ElectroOwn<E, O> = OwnKeys<FieldOf<Primary<Patterns<E>>, 'pk'>, FieldOf<Primary<Patterns<E>>, 'sk'>, string> &
  OwnOptional<FieldOf<Secondary<Patterns<E>>, 'pk' | 'sk'>, string> &
  OwnIdentifiers<
    | (O extends { readonly identifiers: { readonly entity: infer N } } ? N : '__edb_e__')
    | (O extends { readonly identifiers: { readonly version: infer N } } ? N : '__edb_v__')
  >;

/**
 * Declares the table of ElectroDB's entities: their attributes by the names that are stored (`field`), each with encrypted(), signed() or unsigned().
 * Keys, index keys and `__edb_e__`, `__edb_v__` are added, signed. Throws SCHEMA_INVALID when an index, or the `set` of an attribute that is not
 * encrypted, uses an encrypted attribute.
 */
export function electrodb<const E extends ElectroEntities, F extends Shape, const O extends ElectroOptions = Record<never, never>>(
  logicalName: string,
  entities: E,
  fields: F & CheckedFields<F>,
  options?: O,
): MapperTable<MapperFields<F, ElectroOwn<E, O>>>;
export function electrodb(logicalName: string, given: ElectroEntities, fields: Shape, options: ElectroOptions = {}): unknown {
  const { identifiers, ...tableOptions } = options;
  const entities = isList(given) ? given : [given];
  const models = entities.map(entity => modelOf(logicalName, entity));
  const patterns = models.flatMap(({ indexes }) => Object.values(indexes));
  const primary = keysOfTable(logicalName, patterns);
  const indexKeys = patterns.flatMap(({ index, pk, sk }) =>
    index === undefined ? [] : [pk.field, sk?.field].flatMap(field => (field === undefined ? [] : [[field, index] as const])),
  );
  const own = [primary.partition, primary.sort];
  const definition = {
    mapper: 'ElectroDB',
    partitionKey: primary.partition,
    sortKey: primary.sort,
    indexKeys: new Map(indexKeys.filter(([field]) => !own.includes(field))),
    identifiers: identifiersOf(entities, identifiers),
    timestamps: [],
    entities: models.map(entityOf),
  };
  return mapperTable(logicalName, definition, fields, tableOptions);
}

function isList(given: ElectroEntities): given is readonly ElectroEntity[] {
  return Array.isArray(given);
}

function modelOf(logicalName: string, entity: ElectroEntity): ElectroModel {
  const model = typeof entity === 'object' && entity !== null && 'schema' in entity ? entity.schema : entity;
  const isModel = typeof model?.model?.entity === 'string' && isRecord(model.attributes) && isRecord(model.indexes);
  const keys = isModel ? Object.values(model.indexes).flatMap(({ pk, sk }) => (sk === undefined ? [pk] : [pk, sk])) : [];
  if (isModel && keys.every(part => Array.isArray(part?.composite))) return model;
  return refuse(logicalName, 'electrodb() takes models or entities of ElectroDB, whose keys list their attributes in composite');
}

/** Entities of one table have its keys under the same names. */
function keysOfTable(logicalName: string, patterns: readonly ElectroIndex[]): { partition: string; sort: string | undefined } {
  const primary = patterns.filter(({ index }) => index === undefined || index === '');
  const [first] = primary;
  const partition = first?.pk.field;
  if (first === undefined || partition === undefined)
    return refuse(logicalName, 'no entity has an access pattern without index, with the field of the partition key');
  const sort = first.sk?.field;
  if (primary.some(({ pk, sk }) => pk.field !== partition || sk?.field !== sort))
    refuse(logicalName, 'the entities do not agree on the fields of the table’s keys; entities of one table share them');
  return { partition, sort };
}

/** An entity knows its identifiers; a model does not. */
function identifiersOf(entities: readonly ElectroEntity[], given: ElectroOptions['identifiers']): string[] {
  const known = entities.flatMap(entity => ('schema' in entity && 'identifiers' in entity ? [entity.identifiers] : []));
  const names = [given, ...known].flatMap(each =>
    isRecord(each) ? [each.entity, each.version].filter(name => typeof name === 'string') : [],
  );
  return [...new Set([...names, ...(known.length > 0 ? [] : [given?.entity ?? '__edb_e__', given?.version ?? '__edb_v__'])])];
}

function entityOf({ model, attributes, indexes }: ElectroModel): MapperEntity {
  const fields = new Map(Object.entries(attributes).map(([name, { field }]) => [name, field ?? name]));
  return { name: model.entity, attributes: fields, flows: [...flowsOfIndexes(indexes), ...flowsOfSetters(attributes, fields)] };
}

function flowsOfIndexes(indexes: ElectroModel['indexes']): Flow[] {
  return Object.entries(indexes).flatMap(([pattern, { index, pk, sk }]) =>
    [pk, sk].flatMap((part, i) =>
      part === undefined
        ? []
        : [...part.composite, ...namesInTemplate(part.template)].map(from => ({
            from,
            where: `the ${i === 0 ? 'partition' : 'sort'} key of ${quoted(pattern)}${index === undefined ? '' : ` (index ${quoted(index)})`}`,
          })),
    ),
  );
}

function namesInTemplate(template: unknown): string[] {
  return typeof template === 'string' ? [...template.matchAll(/\$\{([^}]*)\}/g)].map(([, name = '']) => name.trim()) : [];
}

function flowsOfSetters(attributes: ElectroModel['attributes'], fields: ReadonlyMap<string, string>): Flow[] {
  return Object.entries(attributes).flatMap(([name, { set }]) =>
    [...namesReadBy(set, fields.keys(), 1)]
      .filter(from => from !== name)
      .map(from => ({ from, into: fields.get(name), where: `the set function of ${quoted(name)}` })),
  );
}

function refuse(logicalName: unknown, message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `table ${quoted(String(logicalName))}: ${message}`);
}
