/** The table that is measured: 25 items in one partition, those of scenario S with an attribute that is unsigned. */
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { SCENARIOS } from '../scenarios.mjs';

export const COUNT = 25;
export const PARTITION = 'customer-0123456789';

export const customers = table('customers', {
  id: key.partition(),
  created: key.sort(),
  email: encrypted(),
  phone: encrypted(),
  street: encrypted(),
  city: encrypted(),
  taxNumber: encrypted(),
  status: signed(),
  revision: signed(),
  verified: signed(),
  seenAt: unsigned(),
});

const [small] = SCENARIOS;

/** The nth item. @param {number} n */
export function itemOf(n) {
  return { ...unmarshall(small?.item ?? {}), id: PARTITION, created: n, seenAt: n };
}

/** @param {number} n */
export function keyOf(n) {
  return { id: PARTITION, created: n };
}

/**
 * A client that counts its requests.
 *
 * @param {string} endpoint
 */
export function countingClient(endpoint) {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } });
  /** @type {string[]} */
  const operations = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      args => {
        operations.push(commandName.replace(/Command$/, ''));
        return next(args);
      },
    { step: 'finalizeRequest', name: 'count', priority: 'low' },
  );
  return { client, operations };
}

/** @param {DynamoDBClient} client @param {string} TableName */
export async function createTable(client, TableName) {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'created', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'created', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
}

/** @param {DynamoDBClient} client @param {string} TableName */
export async function dropTable(client, TableName) {
  await client.send(new DeleteTableCommand({ TableName }));
}
