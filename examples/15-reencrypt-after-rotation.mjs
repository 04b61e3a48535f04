// After the rotation of a branch key: bring a whole table under the new version, while others go on writing.
//
//   node examples/15-reencrypt-after-rotation.mjs
//
// DynamoDB is dynalite and the key store is in memory, both in this process. With AWS it is a table: dynamoDbKeyStore({ … }).
import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { DynamoDBDocumentClient, GetCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table, unsigned } from 'fieldseal';
import { batchWriteAll, encryptedDocumentClient, reencrypt, reencryptAll } from 'fieldseal/dynamodb';
import { hierarchical } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

const database = await localDynamoDb();
await database.createTable('users-prod', 'id');
const keyStore = memoryKeyStore();
const { branchKeyId } = await keyStore.createKey();

const TableName = 'users-prod';
const users = table('users', { id: key.partition(), email: encrypted(), visits: unsigned() });
const plain = DynamoDBDocumentClient.from(database.client);

/** A client as each process has one: it keeps branch keys for a minute. */
function connect() {
  const keyring = hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds: 60 });
  return encryptedDocumentClient(plain, { tables: [users.at(TableName)], keyring });
}

const items = Array.from({ length: 40 }, (_, i) => ({ id: `u-${i}`, email: `user${i}@example.com`, visits: 0 }));
await batchWriteAll(connect(), { RequestItems: { [TableName]: items.map(Item => ({ PutRequest: { Item } })) } });

// Old items stay readable after a rotation, for which the old version of the key must stay. Re-encryption makes it needless.
const { version } = await keyStore.rotate(branchKeyId);
const db = connect(); // in production: begin once the time to live of all writers is over
let audited = 0;
subscribe('fieldseal:audit', ({ action }) => {
  if (action === 'item-reencrypted') audited++;
});

// The plain client scans: the items stay ciphertext until they are verified, one by one. No plaintext is handed out, and none can get lost.
const pages = paginateScan({ client: plain, pageSize: 10 }, { TableName });
const work = reencryptAll(db, {
  TableName,
  pages,
  concurrency: 4,
  onProgress: ({ scanned, reencrypted, LastEvaluatedKey }) =>
    console.log(`${scanned} looked at, ${reencrypted} encrypted anew; to go on from here: ${JSON.stringify(LastEvaluatedKey)}`),
  onItemError: ({ key: failed, error }) => console.log(`${failed.id}: ${error.code}`),
});

// Somebody changes an item meanwhile. Neither change is lost.
const update = { UpdateExpression: 'SET email = :e ADD visits :one', ExpressionAttributeValues: { ':e': 'new@example.com', ':one': 1 } };
await db.send(new UpdateCommand({ TableName, Key: { id: 'u-39' }, ...update }));

const { scanned, gone, failed } = await work;
assert.deepEqual({ scanned, gone, failed }, { scanned: 40, gone: 0, failed: 0 });
console.log(`audited: ${audited} items`);

const { Item } = await db.send(new GetCommand({ TableName, Key: { id: 'u-39' } }));
assert.deepEqual(Item, { id: 'u-39', email: 'new@example.com', visits: 1 });

// Once more: there is nothing left to do, so nothing is written.
const again = await reencryptAll(db, { TableName, pages: paginateScan({ client: plain }, { TableName }) });
assert.deepEqual(again, { scanned: 40, reencrypted: 0, current: 40, gone: 0, failed: 0 });

// A single item, by its key. The result names keys, and nothing that the item holds.
const { outcome, to } = await reencrypt(db, { TableName, Key: { id: 'u-1' } });
assert.deepEqual({ outcome, to }, { outcome: 'current', to: [{ keyId: branchKeyId, version }] });
console.log(`u-1 is ${outcome}, under version ${version}`);

await database.close();
