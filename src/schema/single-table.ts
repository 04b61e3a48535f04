import { quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { Attribute, AttributeAt, AttributeOutput, KindOf, MayBeAbsent, Shape } from './attribute.ts';
import { bind } from './bind.ts';
import { type EntityFinder, findByAttribute, findByKey } from './entity-finder.ts';
import { rememberEntityNames } from './entity-names.ts';
import { mergeFields, mergeStructures } from './merge-entities.ts';
import type { NativeItem } from './native-item.ts';
import type { FieldsOf, KeyOf } from './shapes.ts';
import { requireDiscriminator, requireOneTable } from './single-table-rules.ts';
import type { TypeError_ } from './storable.ts';
import type { Structure } from './structure.ts';
import { type BoundTable, type IsUnion, type Table, TableDefinition } from './table.ts';

/** The schemas of a single table, by the names of their entities. */
export type Entities = Readonly<Record<string, Table>>;

/** A table that holds items of several schemas. Its types are unions of those of its entities. */
export interface SingleTable<E extends Entities, D extends string = string> extends Table<EntityFields<E, D>> {
  readonly entities: E;
}

/** Options of {@link singleTable}. */
export interface SingleTableOptions<E extends Entities, D extends string> {
  /**
   * What tells the entity of an item: a signed, required attribute that every entity declares and whose value is the entity's name; or a
   * pure function of the key.
   */
  readonly discriminator: D | KeyDiscriminator<NoInfer<E>>;
  readonly entities: E & CheckedEntities<E, D>;
}

/** Tells the name of the entity from the key attributes alone: `USER#…`. Undefined is for keys of no entity. */
export interface KeyDiscriminator<E extends Entities> {
  readonly key: (key: Readonly<KeyOf<E[keyof E]>>) => (keyof E & string) | undefined;
}

/** The attributes of each entity; the discriminator has the entity's name for a type. */
export type EntityFields<E extends Entities, D extends string> = Extract<
  { [N in keyof E & string]: Discriminated<FieldsOf<E[N]>, D, N> }[keyof E & string],
  Shape
>;
type Discriminated<F extends Shape, D extends string, N extends string> = string extends D
  ? F
  : { readonly [K in keyof F]: K extends D ? Attribute<KindOf<F[K]>, N, N, N, false, boolean> : F[K] };

/** E, with a {@link TypeError_} in the place of each entity that cannot be. */
export type CheckedEntities<E extends Entities, D extends string> = {
  readonly [N in keyof E]: CheckedEntity<E[N], FieldsOf<E[N]>, FieldsOf<E[keyof E]>, D, N & string>;
};
type CheckedEntity<T, F extends Shape, All extends Shape, D extends string, N extends string> = string extends keyof F
  ? TypeError_<'an entity is declared with table()'>
  : [Conflict<F, All>] extends [never]
    ? string extends D
      ? T
      : CheckedDiscriminator<T, F, D, N>
    : TypeError_<`'${Conflict<F, All>}' is declared in another way by another entity`>;
type CheckedDiscriminator<T, F extends Shape, D extends string, N extends string> = D extends keyof F
  ? KindOf<F[D]> extends 'encrypted' | 'unsigned'
    ? TypeError_<`the discriminator '${D}' must be signed`>
    : MayBeAbsent<F[D], AttributeOutput<F[D]>> extends true
      ? TypeError_<`the discriminator '${D}' must be present in every item`>
      : N extends AttributeOutput<F[D]>
        ? T
        : TypeError_<`'${D}' cannot be '${N}', the name of the entity`>
  : TypeError_<`the entity '${N}' does not declare the discriminator '${D}'`>;
type Conflict<F extends Shape, All extends Shape> = {
  [K in keyof F & string]: IsUnion<KindOf<AttributeAt<All, K>>> extends true ? K : never;
}[keyof F & string];

/**
 * Declares a table that holds items of several schemas. They share the logical table name, the keys, the encryption context, and the
 * annotation and codec of every attribute that more than one of them declares. Throws SCHEMA_INVALID.
 */
export function singleTable<const E extends Entities, const D extends string>(options: SingleTableOptions<E, D>): SingleTable<E, D>;
export function singleTable(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) refuse('the options must be { discriminator, entities }');
  const unknown = Object.keys(options).filter(name => name !== 'discriminator' && name !== 'entities');
  if (unknown.length > 0) refuse(`there is no option ${quotedList(unknown)}; there are discriminator and entities`);
  const entities = readEntities('entities' in options ? options.entities : undefined);
  requireOneTable(entities);
  const finder = readDiscriminator(entities, 'discriminator' in options ? options.discriminator : undefined);
  rememberEntityNames(entities);
  return new SingleTableDefinition(entities, finder);
}

/** The runtime class behind {@link SingleTable}. */
class SingleTableDefinition implements Table {
  readonly logicalName: string;
  readonly fields: Shape;
  readonly structure: Structure;
  readonly undeclaredUnsigned = 'refuse';
  readonly hasValidators: boolean;
  readonly hasCodecs: boolean;
  readonly discriminator: string | undefined;
  readonly entities: Entities;
  readonly #finder: EntityFinder;

  constructor(entities: ReadonlyMap<string, Table>, finder: EntityFinder) {
    const tables = [...entities.values()];
    this.structure = mergeStructures(tables);
    this.logicalName = this.structure.logicalTableName;
    this.fields = mergeFields(tables, finder.reads);
    this.hasValidators = Object.values(this.fields).some(({ settings }) => settings.validator !== undefined);
    this.hasCodecs = Object.values(this.fields).some(({ settings }) => settings.codec !== undefined);
    this.discriminator = finder.discriminator;
    this.entities = Object.freeze(Object.assign(Object.create(null), Object.fromEntries(entities)));
    this.#finder = finder;
    Object.freeze(this);
  }

  entityOf(item: NativeItem): Table {
    return this.#finder.ofItem(item);
  }

  entityOfKey(key: NativeItem): Table | undefined {
    return this.#finder.ofKey(key);
  }

  at(physicalName: string, options?: object): BoundTable {
    return bind(this, physicalName, options);
  }
}

function readEntities(given: unknown): ReadonlyMap<string, Table> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) refuse('entities must be an object of entity names and tables');
  const entities = new Map<string, Table>();
  const strangers: string[] = [];
  for (const [name, entity] of Object.entries(given)) {
    if (entity instanceof TableDefinition && entity.undeclaredUnsigned === 'refuse') entities.set(name, entity);
    else strangers.push(name);
  }
  if (strangers.length > 0) refuse(`declare the entities ${quotedList(strangers)} with table(); other tables cannot be entities`);
  if (entities.size === 0) refuse('there is no entity; name at least one');
  return entities;
}

function readDiscriminator(entities: ReadonlyMap<string, Table>, given: unknown): EntityFinder {
  if (typeof given === 'string') {
    requireDiscriminator(entities, given);
    return findByAttribute(entities, given);
  }
  const isKeyFunction = typeof given === 'object' && given !== null && Object.keys(given).join() === 'key';
  if (isKeyFunction && 'key' in given && typeof given.key === 'function') {
    const { key } = given;
    return findByKey(entities, attributes => Reflect.apply(key, undefined, [attributes]));
  }
  refuse(`discriminator must be the name of an attribute, or { key }, a function of the key (for ${quotedList([...entities.keys()])})`);
}

function refuse(message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `singleTable(): ${message}`);
}
