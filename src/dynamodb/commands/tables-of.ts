import { isObject, isPlain } from '../../bytes/objects.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from './command.ts';

const TABLE_ARN = /^arn:[^:]*:dynamodb:[^:]*:[^:]*:table\/([^/]+)/;

/** The name in a table name or ARN. Case matters to DynamoDB, and here. */
export function tableName(nameOrArn: string): string {
  return TABLE_ARN.exec(nameOrArn)?.[1] ?? nameOrArn;
}

/**
 * Every table that the input of a data-plane command names: TableName, RequestItems and TransactItems. Throws OPERATION_REFUSED for a name that is
 * no string: objects become other names when they are serialised.
 */
export function tablesOf(input: Shape): string[] {
  const { TableName, TableArn, RequestItems, TransactItems } = input;
  if (TransactItems !== undefined && TransactItems !== null && !Array.isArray(TransactItems)) {
    throw new FieldsealError('OPERATION_REFUSED', 'TransactItems must be an array: other lists are serialised by their toJSON, unseen');
  }
  const names: unknown[] = [TableName, TableArn];
  if (isObject(RequestItems)) names.push(...Object.keys(requirePlain(RequestItems, 'RequestItems')));
  for (const element of Array.isArray(TransactItems) ? TransactItems : []) {
    if (isObject(element)) names.push(...namesIn(requirePlain(element, 'an element of TransactItems')));
  }
  return names.flatMap(name => {
    if (name === undefined) return [];
    if (typeof name !== 'string') throw new FieldsealError('OPERATION_REFUSED', 'the name of a table must be a string');
    return tableName(name);
  });
}

function namesIn(element: Shape): unknown[] {
  const actions = ACTIONS.map(kind => element[kind]).filter(isObject);
  return actions.map(action => requirePlain(action, 'an action of TransactItems').TableName);
}

/** An object whose getters, or prototype, could tell another table each time they are asked is refused. */
function requirePlain(value: Shape, what: string): Shape {
  const plain = isPlain(value) && Object.values(Object.getOwnPropertyDescriptors(value)).every(({ get }) => get === undefined);
  if (!plain) throw new FieldsealError('OPERATION_REFUSED', `${what} must be a plain object, without getters`);
  return value;
}

/** The members of a transaction's action. */
export const ACTIONS = ['Put', 'Update', 'Delete', 'ConditionCheck', 'Get'] as const;
