import { RESERVED_PREFIX } from '../../schema/structure.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Update } from '../expressions/ast.ts';
import { project } from '../expressions/projection.ts';
import { targetsOf } from '../expressions/references.ts';
import type { Plan } from './plan.ts';

/** DynamoDB's ReturnValues of an update. */
export type ReturnValues = 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW';

/** What a rewriting update asks the server for: unsigned attributes are told as they were at the write. */
export function askedFor(wanted: ReturnValues): 'NONE' | 'ALL_OLD' | 'ALL_NEW' {
  if (wanted === 'NONE') return 'NONE';
  return isOld(wanted) ? 'ALL_OLD' : 'ALL_NEW';
}

/** True for the item as it was before. */
export function isOld(wanted: ReturnValues): boolean {
  return wanted.endsWith('_OLD');
}

/**
 * What the caller gets of a rewritten item: unsigned attributes as the server told them, the others from memory. UPDATED_OLD and UPDATED_NEW give the
 * updated paths only. Undefined where DynamoDB gives nothing.
 */
export function returnedAttributes(
  table: EncryptedTable,
  update: Update,
  plan: Plan,
  wanted: ReturnValues,
  server: AttributeMap | undefined,
): AttributeMap | undefined {
  if (wanted === 'NONE' || server === undefined) return undefined;
  const opened = isOld(wanted) ? plan.before : plan.after;
  const { isSigned } = table.table.structure;
  const unsigned = Object.entries(server).filter(([name]) => !isSigned(name) && !name.startsWith(RESERVED_PREFIX));
  const signed = Object.entries(opened).filter(([name]) => isSigned(name));
  const item = Object.fromEntries([...unsigned, ...signed]);
  const returned = wanted.startsWith('ALL') ? item : project(item, targetsOf(update));
  return Object.keys(returned).length === 0 ? undefined : returned;
}
