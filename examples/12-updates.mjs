// Updates keep their expressions. What is not signed is changed in place; the rest is read, verified, changed here and written back.
//
//   node examples/12-updates.mjs
//
// DynamoDB is dynalite and KMS is FakeKms, both in this process. With AWS, use `new DynamoDBClient({})` and leave `kmsClient` out.
import assert from 'node:assert/strict';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

const database = await localDynamoDb();
await database.createTable('accounts-prod', 'id');
const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();

const accounts = table('accounts', {
  id: key.partition(),
  balance: encrypted(),
  address: encrypted().optional(),
  tier: signed(),
  visits: unsigned(), // whoever can write to the table can change it; counting visits needs no key
});
const db = encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), {
  tables: [accounts.at('accounts-prod')],
  keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client() }),
});
const TableName = 'accounts-prod';
const Key = { id: 'a-1' };
await db.send(new PutCommand({ TableName, Item: { ...Key, balance: 100, address: { city: 'Graz' }, tier: 'silver', visits: 0 } }));

// One request, no key.
fakeKms.reset();
await db.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'ADD visits :one', ExpressionAttributeValues: { ':one': 1 } }));
assert.equal(fakeKms.calls.length, 0);

// The condition on the encrypted balance is decided here; the visit is counted by DynamoDB, in the same request as the write-back.
const { Attributes } = await db.send(
  new UpdateCommand({
    TableName,
    Key,
    UpdateExpression: 'SET balance = balance - :price, address.city = :city ADD visits :one',
    ConditionExpression: 'balance >= :price AND tier = :tier',
    ExpressionAttributeValues: { ':price': 30, ':city': 'Linz', ':one': 1, ':tier': 'silver' },
    ReturnValues: 'UPDATED_NEW',
  }),
);
assert.deepEqual(Attributes, { balance: 70, address: { city: 'Linz' }, visits: 2 });
console.log('updated:', Attributes);

// A condition that does not hold is the SDK's own error.
const tooMuch = { UpdateExpression: 'SET balance = balance - :price', ConditionExpression: 'balance >= :price' };
await assert.rejects(db.send(new UpdateCommand({ TableName, Key, ...tooMuch, ExpressionAttributeValues: { ':price': 500 } })), {
  name: 'ConditionalCheckFailedException',
});

// Ten writers at once: none is lost.
const add = { UpdateExpression: 'SET balance = balance + :n', ExpressionAttributeValues: { ':n': 1 } };
await Promise.all(Array.from({ length: 10 }, () => db.send(new UpdateCommand({ TableName, Key, ...add }))));
assert.equal((await db.send(new GetCommand({ TableName, Key }))).Item?.balance, 80);
console.log('ten increments at once: 70 became 80');

// An encrypted value does not leave its encryption.
await assert.rejects(db.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'SET tier = address' })), {
  code: 'DECLASSIFICATION_REFUSED',
});

await database.close();
await fakeKms.close();
