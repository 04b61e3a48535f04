import type { Shape } from './command.ts';

const TABLE_ARN = /^arn:[^:]*:dynamodb:[^:]*:[^:]*:table\/([^/]+)/;

/** The name in a table name or ARN. Case matters to DynamoDB, and here. */
export function tableName(nameOrArn: string): string {
  return TABLE_ARN.exec(nameOrArn)?.[1] ?? nameOrArn;
}

/** Every table that the input of a data-plane command names: TableName, RequestItems and TransactItems. */
export function tablesOf(input: Shape): string[] {
  const { TableName, TableArn, RequestItems, TransactItems } = input;
  const names = [TableName, TableArn].filter(name => typeof name === 'string');
  if (isObject(RequestItems)) names.push(...Object.keys(RequestItems));
  if (Array.isArray(TransactItems)) {
    for (const action of TransactItems) {
      for (const part of isObject(action) ? Object.values(action) : []) if (isObject(part)) names.push(...tablesOf(part));
    }
  }
  return names.map(tableName);
}

function isObject(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null;
}
