import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { Table } from './table.ts';

type Entities = ReadonlyMap<string, Table>;

/** Throws SCHEMA_INVALID unless the attribute is verified, present and stored as it is in items of every entity. */
export function requireDiscriminator(entities: Entities, discriminator: string): void {
  const what = `the discriminator ${quoted(discriminator)}`;
  const fieldOf = (entity: Table): Table['fields'][string] | undefined => entity.fields[discriminator];
  forEach(
    entities,
    entity => fieldOf(entity) === undefined,
  )(names => `${names} does not declare ${what}; declare it with signed(), or make it a key`);
  forEach(entities, entity => ['encrypted', 'unsigned'].includes(fieldOf(entity)?.kind ?? ''))(
    names => `${what} is encrypted or unsigned in ${names}; declare it with signed(), or make it a key`,
  );
  forEach(
    entities,
    entity => fieldOf(entity)?.settings.optional === true,
  )(names => `${what} is optional in ${names}; take .optional() away: every item needs it`);
  forEach(
    entities,
    entity => fieldOf(entity)?.settings.codec !== undefined,
  )(names => `${what} has a codec in ${names}; its value must be the entity's name as it is`);
}

/** Throws SCHEMA_INVALID unless the entities agree on what belongs to the table: keys, names, crypto actions, encryption context, codecs. */
export function requireOneTable(entities: Entities): void {
  requireSame(entities, 'the logical table name', entity => entity.logicalName);
  requireSame(entities, 'the partition key', entity => entity.structure.partitionKeyName);
  requireSame(entities, 'the sort key', entity => entity.structure.sortKeyName);
  requireSame(entities, 'the unsigned prefix', entity => entity.structure.unsignedPrefix);
  const names = new Set([...entities.values()].flatMap(entity => Object.keys(entity.fields)));
  for (const name of names) requireContextEverywhere(entities, name);
  for (const name of names) {
    const declaring = new Map([...entities].filter(([, entity]) => entity.fields[name] !== undefined));
    requireSame(declaring, `the crypto action of ${quoted(name)}`, entity => entity.structure.actions.get(name));
    requireSame(declaring, `the codec of ${quoted(name)}`, entity => entity.fields[name]?.settings.codec);
  }
}

/** The encryption context of a table is the same for all its items, as in DB-ESDK. */
function requireContextEverywhere(entities: Entities, name: string): void {
  const isContext = (entity: Table): boolean => entity.fields[name]?.settings.context === true;
  const having = [...entities].filter(([, entity]) => isContext(entity)).map(([entityName]) => entityName);
  if (having.length === 0) return;
  forEach(
    entities,
    entity => !isContext(entity),
  )(
    names =>
      `${quoted(name)} is signed with { context: true } in ${quotedList(having)}, but not in ${names}; declare it so in all entities`,
  );
}

function requireSame(entities: Entities, what: string, read: (entity: Table) => unknown): void {
  const [first, ...others] = [...entities];
  if (first === undefined) return;
  const [firstName, firstEntity] = first;
  const expected = read(firstEntity);
  const other = others.find(([, entity]) => read(entity) !== expected);
  if (other === undefined) return;
  const [otherName, otherEntity] = other;
  const shown = [expected, read(otherEntity)].every(value => value === undefined || typeof value === 'string')
    ? `${inWords(expected)} in ${quoted(firstName)} and ${inWords(read(otherEntity))} in ${quoted(otherName)}`
    : `another one in ${quoted(otherName)} than in ${quoted(firstName)}`;
  refuse(`${what} is ${shown}; it must be the same in all entities that have it`);
}

function inWords(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : 'none';
}

function forEach(entities: Entities, breaks: (entity: Table) => boolean): (message: (names: string) => string) => void {
  return message => {
    const names = [...entities].filter(([, entity]) => breaks(entity)).map(([name]) => name);
    if (names.length > 0) refuse(message(`the entity ${quotedList(names)}`));
  };
}

function refuse(message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `singleTable(): ${message}`);
}
