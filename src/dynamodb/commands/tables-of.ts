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
  if (isObject(RequestItems)) names.push(...Object.keys(RequestItems));
  for (const action of Array.isArray(TransactItems) ? TransactItems : []) {
    if (isObject(action)) names.push(...ACTIONS.map(kind => action[kind]).flatMap(part => (isObject(part) ? [part.TableName] : [])));
  }
  return names.flatMap(name => {
    if (name === undefined) return [];
    if (typeof name !== 'string') throw new FieldsealError('OPERATION_REFUSED', 'the name of a table must be a string');
    return tableName(name);
  });
}

/** The members of a transaction's action. */
export const ACTIONS = ['Put', 'Update', 'Delete', 'ConditionCheck', 'Get'] as const;

function isObject(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null;
}
