import type { AttributeMap } from '../attribute-value.ts';
import { refuse } from '../commands/refusals.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition } from '../expressions/ast.ts';
import { evaluate } from '../expressions/evaluate-condition.ts';
import { fold } from '../expressions/fold.ts';
import { leavesOf, pathsOfCondition } from '../expressions/references.ts';
import { comparesEncrypted, protectionOf } from './flow.ts';

/**
 * What is left of a condition for the server, once all that it says about signed and encrypted attributes is decided by the verified item: the
 * footer guards those until the write. A constant when nothing is left.
 */
export function remainingCondition(table: EncryptedTable, condition: Condition, item: AttributeMap): Condition {
  return fold(condition, leaf => (namesUnsigned(table, leaf) ? undefined : evaluate(leaf, item)));
}

/** Throws OPERATION_REFUSED for a comparison that neither the server, who sees ciphertext, nor a reader, who sees values of some moment, can decide. */
export function refuseMixedComparisons(table: EncryptedTable, condition: Condition): void {
  if (leavesOf(condition).some(leaf => namesUnsigned(table, leaf) && comparesEncrypted(table, leaf)))
    refuse(table, 'ConditionExpression', 'compares an encrypted attribute with an unsigned one, which others may change meanwhile');
}

function namesUnsigned(table: EncryptedTable, leaf: Condition): boolean {
  return pathsOfCondition(leaf).some(({ path }) => protectionOf(table, path.name) === 'unsigned');
}

/** One condition that holds when all of them do. */
export function allOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.reduce<Condition | undefined>((left, right) => (left === undefined ? right : { kind: 'and', left, right }), undefined);
}
