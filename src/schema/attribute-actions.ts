import { type AnyAttribute, AttributeNode, type Shape } from './attribute.ts';
import type { CryptoAction } from './crypto-action.ts';
import { defineStructure, type Structure, type StructureConfig } from './structure.ts';
import { type Table, TableDefinition } from './table.ts';

/**
 * A table from DB-ESDK's own configuration names, for configurations shared with other languages. Attributes may hold any value, and names outside
 * the signature need no declaration, as in DB-ESDK. Throws SCHEMA_INVALID.
 */
export function attributeActions(config: StructureConfig): Table {
  const structure = defineStructure(config);
  const fields: Record<string, AnyAttribute> = Object.create(null);
  for (const [name, action] of structure.actions) fields[name] = attributeFor(structure, name, action);
  return new TableDefinition<Shape>(fields, structure, 'accept');
}

function attributeFor(structure: Structure, name: string, action: CryptoAction): AnyAttribute {
  if (name === structure.partitionKeyName) return new AttributeNode('partition', {});
  if (name === structure.sortKeyName) return new AttributeNode('sort', {});
  if (action === 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT') return new AttributeNode('signed', { context: true });
  if (action === 'SIGN_ONLY') return new AttributeNode('signed', { optional: true });
  return new AttributeNode(action === 'DO_NOTHING' ? 'unsigned' : 'encrypted', { optional: true });
}
