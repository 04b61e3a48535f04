import { quoted } from '../bytes/quoted.ts';
import type { Table } from './table.ts';

/** The names that single tables gave to their entities, for messages. A schema itself does not know them, and may have several. */
const namesByEntity = new WeakMap<Table, Set<string>>();

/** Remembers what a single table calls its entities. */
export function rememberEntityNames(entities: ReadonlyMap<string, Table>): void {
  for (const [name, entity] of entities) {
    const names = namesByEntity.get(entity) ?? new Set();
    namesByEntity.set(entity, names.add(name));
  }
}

/** An entity in words, such as `entity "order"`; undefined for a schema that is the entity of no single table. */
export function entityInWords(entity: Table): string | undefined {
  const names = namesByEntity.get(entity);
  return names && `entity ${[...names].map(quoted).join(' or ')}`;
}
