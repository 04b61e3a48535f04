import { isRecord } from '../../bytes/objects.ts';
import type { Entities } from '../../schema/single-table.ts';
import type { Table } from '../../schema/table.ts';

/** The schemas that the items of a table can have: those of its entities, or the table's own. */
export function entitiesOf(table: Table): readonly Table[] {
  return hasEntities(table) ? Object.values(table.entities) : [table];
}

function hasEntities(table: Table): table is Table & { readonly entities: Entities } {
  return 'entities' in table && isRecord(table.entities);
}
