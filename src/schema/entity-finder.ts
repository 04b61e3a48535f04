import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { NativeItem } from './native-item.ts';
import type { Structure } from './structure.ts';
import type { Table } from './table.ts';

/** Tells the entity of an item. Fails with ENTITY_UNKNOWN, which names entities and attributes, never a value. */
export interface EntityFinder {
  /** The attribute that holds the entity's name, if one does. */
  readonly discriminator: string | undefined;
  /** The attributes that are looked at. */
  readonly reads: readonly string[];
  ofItem(item: NativeItem): Table;
  /** Undefined when the key does not tell. */
  ofKey(key: NativeItem): Table | undefined;
}

type Entities = ReadonlyMap<string, Table>;

/** Finds the entity whose name is the value of `discriminator`. */
export function findByAttribute(entities: Entities, discriminator: string): EntityFinder {
  const ofItem = (item: NativeItem): Table => {
    const name = ownValue(item, discriminator);
    if (name === undefined) throw unknownEntity(entities, `the item has no ${quoted(discriminator)}, which tells its entity`);
    const entity = typeof name === 'string' ? entities.get(name) : undefined;
    if (entity === undefined) throw unknownEntity(entities, `the value of ${quoted(discriminator)} names no entity`);
    return entity;
  };
  const isKey = keyNamesOf(entities).includes(discriminator);
  return { discriminator, reads: [discriminator], ofItem, ofKey: key => (isKey ? ofItem(key) : undefined) };
}

/** Finds the entity whose name `tell` returns for the key attributes, and for nothing else. */
export function findByKey(entities: Entities, tell: (key: NativeItem) => unknown): EntityFinder {
  const names = keyNamesOf(entities);
  const ofKey = (item: NativeItem): Table => {
    const missing = names.filter(name => ownValue(item, name) === undefined);
    if (missing.length > 0) throw unknownEntity(entities, `the item has no ${quotedList(missing)}, which its entity is told from`);
    const key = Object.freeze(Object.fromEntries(names.map(name => [name, ownValue(item, name)])));
    const name = told(entities, tell, key);
    const entity = typeof name === 'string' ? entities.get(name) : undefined;
    if (entity === undefined) throw unknownEntity(entities, `the discriminator names no entity for the key ${quotedList(names)}`);
    return entity;
  };
  return { discriminator: undefined, reads: names, ofItem: ofKey, ofKey };
}

function told(entities: Entities, tell: (key: NativeItem) => unknown, key: NativeItem): unknown {
  try {
    return tell(key);
  } catch (cause) {
    throw unknownEntity(entities, 'the discriminator failed for the key', cause);
  }
}

function keyNamesOf(entities: Entities): readonly string[] {
  const structure = structureOf(entities);
  const { partitionKeyName, sortKeyName } = structure ?? {};
  return [partitionKeyName, sortKeyName].filter(name => name !== undefined);
}

function structureOf(entities: Entities): Structure | undefined {
  return [...entities.values()][0]?.structure;
}

function ownValue(item: NativeItem, name: string): unknown {
  return typeof item === 'object' && item !== null && Object.hasOwn(item, name) ? item[name] : undefined;
}

function unknownEntity(entities: Entities, message: string, cause?: unknown): FieldsealError {
  const table = quoted(structureOf(entities)?.logicalTableName ?? '');
  return new FieldsealError('ENTITY_UNKNOWN', `table ${table}: ${message}; the entities are ${quotedList([...entities.keys()])}`, {
    cause,
  });
}
