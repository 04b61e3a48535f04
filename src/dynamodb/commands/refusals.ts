import { isRecord } from '../../bytes/objects.ts';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { RESERVED_PREFIX } from '../../schema/structure.ts';
import { DYNAMODB_TYPES } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition, Path } from '../expressions/ast.ts';
import { parseCondition } from '../expressions/parser.ts';
import { type PathReference, pathsOfCondition } from '../expressions/references.ts';
import { Scope } from '../expressions/scope.ts';
import type { Shape } from './command.ts';

/** Parameters that came before expressions. They could name encrypted attributes in ways that nobody checks. */
const LEGACY = ['AttributesToGet', 'Expected', 'AttributeUpdates', 'ConditionalOperator', 'KeyConditions', 'QueryFilter', 'ScanFilter'];

/** Throws OPERATION_REFUSED about one parameter of a command. */
export function refuse({ table }: EncryptedTable, parameter: string, why: string): never {
  throw new FieldsealError('OPERATION_REFUSED', `table "${table.logicalName}" is encrypted: ${parameter} ${why}`);
}

/** Throws OPERATION_REFUSED for legacy parameters of a request, or of the part of it that is about one of several tables. */
export function refuseLegacy(table: EncryptedTable, part: Shape): void {
  const legacy = LEGACY.find(name => part[name] !== undefined);
  if (legacy !== undefined) refuse(table, legacy, 'is a legacy parameter; use an expression');
}

/**
 * Throws OPERATION_REFUSED when a condition compares an encrypted attribute, or touches the format's own: the server sees ciphertext. That an
 * encrypted attribute exists, or does not, may be asked. What DynamoDB would refuse raises its ValidationException.
 */
export function refuseEncryptedCondition(table: EncryptedTable, input: Shape): void {
  const { ConditionExpression: expression, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  if (expression === undefined) return;
  const scope = new Scope(names, inAttributeForm(values) ? values : standIns(values));
  readCondition(table, 'ConditionExpression', expression, scope);
  if (input.UpdateExpression === undefined) scope.refuseUnused();
}

/** A condition or filter that the server evaluates. Throws as {@link refuseEncryptedCondition}. */
export function readCondition(
  table: EncryptedTable,
  parameter: 'ConditionExpression' | 'FilterExpression',
  text: unknown,
  scope: Scope,
): Condition {
  const condition = parseCondition(requireText(table, parameter, text), scope, parameter);
  for (const reference of pathsOfCondition(condition)) refuseEncryptedReference(table, parameter, reference);
  return condition;
}

/** The text of an expression. Throws OPERATION_REFUSED: other objects become other texts when they are serialised. */
export function requireText(table: EncryptedTable, parameter: string, text: unknown): string {
  return typeof text === 'string' ? text : refuse(table, parameter, 'must be a string');
}

/** Throws OPERATION_REFUSED for attributes that belong to the format. */
export function refuseFormatPath(table: EncryptedTable, parameter: string, { name }: Path): void {
  if (name.startsWith(RESERVED_PREFIX)) refuse(table, parameter, `names ${quoted(name)}, which belongs to the format; leave it out`);
}

/**
 * Throws ATTRIBUTE_UNKNOWN for names that a schema does not declare: a condition on a misspelt name holds, or fails, for every item, and what it is
 * compared with would be sent in clear. Keys of declared indexes are known.
 */
export function refuseUndeclaredPath({ table, indexes }: EncryptedTable, parameter: string, { name }: Path): void {
  if (table.undeclaredUnsigned === 'accept' || table.fields[name] !== undefined) return;
  if ([...indexes.values()].some(({ partition, sort }) => partition === name || sort === name)) return;
  throw new FieldsealError(
    'ATTRIBUTE_UNKNOWN',
    `table "${table.logicalName}": ${parameter} names ${quoted(name)}, which is not declared in the schema; correct it, or declare it`,
    { attributes: [name] },
  );
}

/** Whether the server holds an attribute as ciphertext. */
export function isEncryptedName({ table }: EncryptedTable, name: string): boolean {
  return table.structure.actions.get(name) === 'ENCRYPT_AND_SIGN';
}

function refuseEncryptedReference(table: EncryptedTable, parameter: string, { path, existence }: PathReference): void {
  refuseFormatPath(table, parameter, path);
  refuseUndeclaredPath(table, parameter, path);
  if (!isEncryptedName(table, path.name) || (existence && path.steps.length === 0)) return;
  const name = quoted(path.name);
  const instead = parameter === 'FilterExpression' ? 'compare it once the items are read' : 'compare it before the write';
  refuse(
    table,
    parameter,
    existence
      ? `asks for a part of ${name}, which the server holds as one ciphertext; ask whether all of ${name} exists`
      : `compares ${name}, which the server holds encrypted; ask attribute_exists or attribute_not_exists, ${instead}, or sign it without encryption`,
  );
}

/** The names of a key, in whatever form. */
export function namesIn(key: unknown): string[] {
  if (key instanceof Map) return [...key.keys()].map(name => (typeof name === 'string' ? name : `(${typeof name})`));
  return Object.keys(isRecord(key) ? key : {});
}

/** Throws OPERATION_REFUSED for a key that names more than the table's key: it would be sent as it is, in clear. */
export function refuseForeignKey(table: EncryptedTable, key: unknown): void {
  if (typeof key !== 'object' || key === null) return;
  const { partitionKeyName, sortKeyName } = table.table.structure;
  const foreign = namesIn(key).find(name => name !== partitionKeyName && name !== sortKeyName);
  if (foreign !== undefined) refuse(table, 'Key', `names ${quoted(foreign)}, which is no key attribute and would be sent in clear`);
}

/** Whether all values of a request are in DynamoDB's own form, which they have when it is sent. */
function inAttributeForm(values: unknown): boolean {
  if (!isRecord(values)) return true; // no values, or what the scope refuses
  return Object.values(values).every(value => {
    const types = isRecord(value) ? Object.keys(value) : [];
    return types.length === 1 && DYNAMODB_TYPES.some(type => type === types[0]);
  });
}

/** Values that may stand wherever a value may: so an expression is understood before its values are translated. */
function standIns(values: unknown): Shape {
  return Object.fromEntries(Object.keys(isRecord(values) ? values : {}).map(placeholder => [placeholder, { S: 'S' }]));
}
