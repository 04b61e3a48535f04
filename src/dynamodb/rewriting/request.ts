import { FieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Shape } from '../commands/command.ts';
import { refuseForeignKey, refuseLegacy, requireText } from '../commands/refusals.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition, Update } from '../expressions/ast.ts';
import { parseCondition, parseUpdate } from '../expressions/parser.ts';
import { Scope } from '../expressions/scope.ts';
import { checkUpdate } from '../expressions/static-checks.ts';
import { lockOf } from '../locks/lock.ts';

/** What an update, alone or in a transaction, asks for. */
export interface UpdateRequest {
  readonly table: EncryptedTable;
  readonly key: AttributeMap;
  readonly update: Update;
  readonly condition: Condition | undefined;
  /** The footer that the stored item must have, or the update fails. */
  readonly expectedFooter: Uint8Array | undefined;
  /** True when the caller wants the item of a failed condition. */
  readonly wantsFailedItem: boolean;
}

/** An update without actions. */
export const NOTHING: Update = { set: [], remove: [], add: [], delete: [] };

/** Refuses parameters of an update in whatever form its values have. */
export function refuseUpdateParameters(table: EncryptedTable, input: Shape): void {
  refuseLegacy(table, input);
  refuseForeignKey(table, input.Key);
  for (const name of ['UpdateExpression', 'ConditionExpression']) if (input[name] !== undefined) requireText(table, name, input[name]);
}

/** Reads an update in DynamoDB's own form. What DynamoDB refuses without looking at an item is refused here, as it does. */
export function readUpdate(table: EncryptedTable, input: Shape): UpdateRequest {
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const update = input.UpdateExpression === undefined ? NOTHING : parseUpdate(input.UpdateExpression as string, scope); // refuseUpdateParameters looked
  const condition = input.ConditionExpression === undefined ? undefined : parseCondition(input.ConditionExpression as string, scope);
  scope.refuseUnused();
  checkUpdate(update, table.table.structure);
  return {
    table,
    key: keyOf(table, input.Key),
    update,
    condition,
    expectedFooter: lockOf(input)?.footer,
    wantsFailedItem: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

/** The key of a request in DynamoDB's own form. Throws INPUT_INVALID when a part of it is missing. */
export function keyOf({ table }: EncryptedTable, key: unknown): AttributeMap {
  const { partitionKeyName, sortKeyName } = table.structure;
  const given = (typeof key === 'object' && key !== null ? key : {}) as AttributeMap; // DynamoDB's own form, which the server checks
  for (const name of [partitionKeyName, sortKeyName]) {
    if (name !== undefined && !Object.hasOwn(given, name))
      throw new FieldsealError(
        'INPUT_INVALID',
        `Key must hold ${sortKeyName === undefined ? partitionKeyName : `${partitionKeyName} and ${sortKeyName}`}`,
      );
  }
  return given;
}
