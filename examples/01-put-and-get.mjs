// The whole of it: declare which attributes are encrypted, wrap the document client, put and get as before.
//
//   node examples/01-put-and-get.mjs
//
// DynamoDB is dynalite and KMS is FakeKms, both in this process. With AWS, use `new DynamoDBClient({})` and leave `kmsClient` out.
import assert from 'node:assert/strict';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

const database = await localDynamoDb();
await database.createTable('users-prod', 'id');
const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();

// 'users' is the logical name: it is signed into every item. 'users-prod' is where the items are.
const users = table('users', {
  id: key.partition(),
  email: encrypted(),
  ssn: encrypted(),
  plan: signed(), // readable by everybody with access to the table, changeable only with the key
  seenAt: unsigned(), // readable and changeable by everybody with access to the table
});

const plain = DynamoDBDocumentClient.from(database.client);
const db = encryptedDocumentClient(plain, {
  tables: [users.at('users-prod')],
  keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client() }),
});

const user = { id: 'u-1', email: 'ann@example.com', ssn: '123-45-6789', plan: 'silver', seenAt: 1790000000 };
await db.send(new PutCommand({ TableName: 'users-prod', Item: user }));

const { Item: opened } = await db.send(new GetCommand({ TableName: 'users-prod', Key: { id: 'u-1' } }));
const { Item: stored } = await plain.send(new GetCommand({ TableName: 'users-prod', Key: { id: 'u-1' } }));

assert.deepEqual(opened, user);
assert.equal(stored.plan, 'silver');
assert.ok(stored.ssn instanceof Uint8Array);
assert.ok(!Buffer.from(stored.ssn).includes('6789'));

console.log('The encrypted client reads:', opened);
console.log('The table holds:', {
  ...stored,
  email: `${stored.email.length} bytes`,
  ssn: `${stored.ssn.length} bytes`,
  aws_dbe_head: `${stored.aws_dbe_head.length} bytes`,
  aws_dbe_foot: `${stored.aws_dbe_foot.length} bytes`,
});
console.log('KMS was called for:', fakeKms.calls.map(call => call.operation).join(', '));

await database.close();
await fakeKms.close();
