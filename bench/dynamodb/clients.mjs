/** Who takes turns: the plain document client, and wrapped ones, each on a table of its own in the same database. */
import { pid } from 'node:process';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms, rawAes } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { SUITE_IDS, WRAPPING_KEY } from '../scenarios.mjs';
import { countingClient, createTable, customers, dropTable } from './table.mjs';

/**
 * @typedef {object} Client
 * @property {string} name
 * @property {string} TableName
 * @property {DynamoDBDocumentClient} db
 * @property {string[]} operations the requests so far
 * @property {FakeKms | undefined} fake its KMS, where it has one
 * @property {() => Promise<void>} close
 */

/** The name of the client that counts calls to KMS; it is not measured. */
export const COUNTED = 'with KMS';

/** @param {string} endpoint @returns {Promise<Client[]>} */
export async function clientsOf(endpoint) {
  const keyring = rawAes({ keyNamespace: 'bench', keyName: 'public', wrappingKey: WRAPPING_KEY });
  const fake = new FakeKms();
  const wrapped = options => (base, TableName) => encryptedDocumentClient(base, { tables: [customers.at(TableName)], ...options });
  return [
    await clientOf(endpoint, 'plain', base => base),
    await clientOf(endpoint, '0x6700', wrapped({ keyring, algorithmSuiteId: SUITE_IDS['0x6700'] })),
    await clientOf(endpoint, '0x6701', wrapped({ keyring, algorithmSuiteId: SUITE_IDS['0x6701'] })),
    await clientOf(endpoint, COUNTED, wrapped({ keyring: kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() }) }), fake),
  ];
}

/**
 * @param {string} endpoint
 * @param {string} name
 * @param {(base: DynamoDBDocumentClient, TableName: string) => DynamoDBDocumentClient} wrap
 * @param {FakeKms} [fake]
 * @returns {Promise<Client>}
 */
async function clientOf(endpoint, name, wrap, fake) {
  const { client, operations } = countingClient(endpoint);
  const TableName = `bench-${name.replaceAll(' ', '-')}-${pid}`;
  await createTable(client, TableName);
  operations.length = 0;
  return {
    name,
    TableName,
    db: wrap(DynamoDBDocumentClient.from(client), TableName),
    operations,
    fake,
    async close() {
      await dropTable(client, TableName);
      client.destroy();
      await fake?.close();
    },
  };
}
