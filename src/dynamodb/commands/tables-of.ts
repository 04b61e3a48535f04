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

/**
 * The input as it is now, down to where tables, conditions and their names stand: what the SDK serialises later must be what was looked at. Items
 * are copied where they are encrypted.
 */
export function snapshot(input: Shape): Shape {
  const copy: Record<string, unknown> = { ...input };
  for (const member of ['RequestItems', 'ExpressionAttributeNames', 'Key']) {
    const value = input[member];
    if (isObject(value) && !(value instanceof Map)) copy[member] = { ...value };
  }
  if (Array.isArray(input.TransactItems)) copy.TransactItems = input.TransactItems.map(snapshotAction);
  return copy;
}

function snapshotAction(action: unknown): unknown {
  if (!isObject(action)) return action;
  return Object.fromEntries(ACTIONS.flatMap(kind => (isObject(action[kind]) ? [[kind, { ...action[kind] }]] : [])));
}

/** The members of a transaction's action. */
const ACTIONS = ['Put', 'Update', 'Delete', 'ConditionCheck', 'Get'] as const;

function isObject(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null;
}
