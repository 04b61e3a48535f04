/** The commands that are measured. Each makes a new command for every call, as a program does. */
import { BatchWriteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { COUNT, itemOf, keyOf, PARTITION } from './table.mjs';

const ITEMS = Array.from({ length: COUNT }, (_, n) => itemOf(n));
const [FIRST] = ITEMS;

/**
 * @typedef {object} Measured
 * @property {string} name
 * @property {string} title
 * @property {(TableName: string, nth: number) => any} command of the document client
 */

/** @type {readonly Measured[]} */
export const COMMANDS = [
  { name: 'put', title: 'PutItem', command: TableName => new PutCommand({ TableName, Item: { ...FIRST } }) },
  { name: 'get', title: 'GetItem', command: TableName => new GetCommand({ TableName, Key: keyOf(0) }) },
  {
    name: 'query',
    title: `Query of ${COUNT} items`,
    command: TableName =>
      new QueryCommand({ TableName, KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': PARTITION } }),
  },
  {
    name: 'batch',
    title: `BatchWriteItem of ${COUNT} puts`,
    command: TableName =>
      new BatchWriteCommand({ RequestItems: { [TableName]: ITEMS.map(Item => ({ PutRequest: { Item: { ...Item } } })) } }),
  },
  {
    name: 'direct',
    title: 'UpdateItem, unsigned attribute (direct)',
    command: (TableName, nth) =>
      new UpdateCommand({ TableName, Key: keyOf(0), UpdateExpression: 'SET seenAt = :v', ExpressionAttributeValues: { ':v': nth } }),
  },
  {
    name: 'rewritten',
    title: 'UpdateItem, encrypted attribute (rewritten)',
    command: (TableName, nth) =>
      new UpdateCommand({
        TableName,
        Key: keyOf(0),
        UpdateExpression: 'SET email = :v',
        ExpressionAttributeValues: { ':v': `${nth}@example.com` },
      }),
  },
];
