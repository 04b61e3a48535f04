// Queries, paginators, batches and transactions on an encrypted table.
//
//   node examples/13-queries-and-batches.mjs
//
// DynamoDB is dynalite and KMS is FakeKms, both in this process. dynalite has no transactions: with AWS, TransactWriteCommand works as well.
import assert from 'node:assert/strict';
import { DynamoDBDocumentClient, PutCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table } from 'fieldseal';
import { batchGetAll, batchWriteAll, encryptedDocumentClient, itemFailures } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

const database = await localDynamoDb();
await database.createTable('orders-prod', 'customer', 'order');
const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();

const orders = table('orders', {
  customer: key.partition(),
  order: key.sort(),
  address: encrypted(),
  amount: encrypted(),
  state: signed(),
});
const plain = DynamoDBDocumentClient.from(database.client);
const keyring = kms({ kmsKeyId: arn, kmsClient: fakeKms.client() });
const db = encryptedDocumentClient(plain, { tables: [orders.at('orders-prod')], keyring, onItemError: 'collect' });
const TableName = 'orders-prod';

// Any number of items: 25 to a request, and what DynamoDB did not get to is sent again.
const items = Array.from({ length: 60 }, (_, i) => ({
  customer: 'c-1',
  order: `o-${String(i).padStart(3, '0')}`,
  address: `Elm Street ${i}`,
  amount: i,
  state: i % 2 === 0 ? 'open' : 'paid',
}));
await batchWriteAll(db, { RequestItems: { [TableName]: items.map(Item => ({ PutRequest: { Item } })) } });

// Keys and signed attributes can be asked for; the projection is applied once the whole item is verified.
const { Items } = await db.send(
  new QueryCommand({
    TableName,
    KeyConditionExpression: 'customer = :c AND #o BETWEEN :from AND :to',
    FilterExpression: '#s = :open',
    ProjectionExpression: '#o, address',
    ExpressionAttributeNames: { '#o': 'order', '#s': 'state' },
    ExpressionAttributeValues: { ':c': 'c-1', ':from': 'o-000', ':to': 'o-003', ':open': 'open' },
  }),
);
assert.deepEqual(Items, [
  { order: 'o-000', address: 'Elm Street 0' },
  { order: 'o-002', address: 'Elm Street 2' },
]);
console.log('open orders:', Items);

// An encrypted attribute cannot be asked for: DynamoDB would compare ciphertext and find nothing.
const filter = { FilterExpression: 'amount > :n', ExpressionAttributeValues: { ':c': 'c-1', ':n': 10 } };
await assert.rejects(db.send(new QueryCommand({ TableName, KeyConditionExpression: 'customer = :c', ...filter })), {
  code: 'OPERATION_REFUSED',
});

// Somebody spoils an item. `onItemError: 'collect'` leaves it out and tells of it; the default would fail the page.
await plain.send(new PutCommand({ TableName, Item: { ...items[7], aws_dbe_head: new Uint8Array(9), aws_dbe_foot: new Uint8Array(9) } }));
let read = 0;
const input = { TableName, KeyConditionExpression: 'customer = :c', ExpressionAttributeValues: { ':c': 'c-1' } };
for await (const page of paginateQuery({ client: db, pageSize: 20 }, input)) {
  read += page.Items.length;
  for (const { key: failed, error } of itemFailures(page)) console.log(`${failed.order} cannot be opened: ${error.code}`);
}
assert.equal(read, 59);

// In the order of the keys.
const keys = ['o-001', 'o-059', 'o-xxx'].map(order => ({ customer: 'c-1', order }));
const { items: found } = await batchGetAll(db, { RequestItems: { [TableName]: { Keys: keys } } });
assert.deepEqual(
  found[TableName].map(item => item?.amount),
  [1, 59, undefined],
);
console.log('by key:', found[TableName].map(item => item?.address ?? 'not there').join(', '));

await database.close();
await fakeKms.close();
