import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { attributeReferences } from '../expressions/references.ts';
import type { Call, Shape } from './command.ts';

/** Parameters that came before expressions. They could name encrypted attributes in ways that nobody checks. */
const LEGACY = ['AttributesToGet', 'Expected', 'AttributeUpdates', 'ConditionalOperator', 'KeyConditions', 'QueryFilter', 'ScanFilter'];

/** Throws OPERATION_REFUSED about one parameter of a command. */
export function refuse({ table }: EncryptedTable, parameter: string, why: string): never {
  throw new FieldsealError('OPERATION_REFUSED', `table "${table.logicalName}" is encrypted: ${parameter} ${why}`);
}

/** Throws OPERATION_REFUSED for legacy parameters. */
export function refuseLegacy(call: Call, input: Shape): void {
  const legacy = LEGACY.find(name => input[name] !== undefined);
  if (legacy !== undefined) refuse(call.table, legacy, 'is a legacy parameter; use an expression');
}

/** Throws OPERATION_REFUSED when a projection would drop what the footer covers. */
export function refuseProjection(table: EncryptedTable, input: Shape): void {
  if (input.ProjectionExpression !== undefined) {
    refuse(table, 'ProjectionExpression', 'would leave out signed attributes, without which nothing can be verified; read the whole item');
  }
}

/**
 * Throws OPERATION_REFUSED when a condition compares an encrypted attribute, or touches the format's own: the server sees ciphertext. That an
 * encrypted attribute exists, or does not, may be asked.
 */
export function refuseEncryptedCondition(table: EncryptedTable, input: Shape): void {
  const { ConditionExpression: expression, ExpressionAttributeNames: names } = input;
  if (expression === undefined) return;
  if (typeof expression !== 'string') refuse(table, 'ConditionExpression', 'must be a string');
  const { structure } = table.table;
  for (const { name, existence } of attributeReferences(expression, names)) {
    if (name.startsWith('aws_dbe_')) refuse(table, 'ConditionExpression', `names ${quoted(name)}, which belongs to the format`);
    if (structure.actions.get(name) === 'ENCRYPT_AND_SIGN' && !existence) {
      refuse(
        table,
        'ConditionExpression',
        `compares ${quoted(name)}, which the server holds encrypted; test attribute_exists or attribute_not_exists, or sign it without encryption`,
      );
    }
  }
}

/** Throws OPERATION_REFUSED for a key that names more than the table's key: it would be sent as it is, in clear. */
export function refuseForeignKey(table: EncryptedTable, key: unknown): void {
  if (typeof key !== 'object' || key === null) return;
  const { partitionKeyName, sortKeyName } = table.table.structure;
  const foreign = (key instanceof Map ? [...key.keys()] : Object.keys(key)).find(name => name !== partitionKeyName && name !== sortKeyName);
  if (foreign !== undefined) refuse(table, 'Key', `names ${quoted(String(foreign))}, which is no key attribute and would be sent in clear`);
}
