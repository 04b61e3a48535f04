// The same for DynamoDBClient, which speaks DynamoDB's own form: { name: { S: 'Ann' } }.
//
//   node examples/05-raw-client.mjs
import assert from 'node:assert/strict';
import { GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table, unsigned } from 'fieldseal';
import { encryptedClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

const database = await localDynamoDb();
await database.createTable('accounts', 'id');
await database.createTable('settings', 'id');
const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();

const accounts = table('accounts', { id: key.partition(), balance: encrypted(), note: encrypted().optional(), seenAt: unsigned() });
const client = encryptedClient(database.client, {
  tables: [accounts.at('accounts')],
  keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client() }),
});

// 38 digits survive: nothing here is ever a JavaScript number.
const item = { id: { S: 'a-1' }, balance: { N: '12345678901234567890.123456789012345678' }, seenAt: { N: '1790000000' } };
await client.send(new PutItemCommand({ TableName: 'accounts', Item: item }));
const { Item } = await client.send(new GetItemCommand({ TableName: 'accounts', Key: { id: { S: 'a-1' } } }));
assert.deepEqual(Item, item);
console.log('balance comes back as', Item.balance);

// ReturnValues are decrypted too.
const put = new PutItemCommand({ TableName: 'accounts', Item: { ...item, balance: { N: '0' } }, ReturnValues: 'ALL_OLD' });
const { Attributes } = await client.send(put);
assert.deepEqual(Attributes, item);
console.log('ReturnValues: ALL_OLD gives', Attributes.balance);

// A document client over an encrypted client is encrypted as well.
const documents = DynamoDBDocumentClient.from(client);
const { Item: account } = await documents.send(new GetCommand({ TableName: 'accounts', Key: { id: 'a-1' } }));
assert.equal(account.balance, 0);
console.log('A document client over it reads', account);

// What the server cannot decide on ciphertext is refused before anything is sent. Other tables are not touched.
const filter = { FilterExpression: 'balance > :b', ExpressionAttributeValues: { ':b': { N: '0' } } };
await assert.rejects(client.send(new ScanCommand({ TableName: 'accounts', ...filter })), { code: 'OPERATION_REFUSED' });
const { Count } = await client.send(new ScanCommand({ TableName: 'settings', ...filter }));
assert.equal(Count, 0);
console.log('Filter on an encrypted attribute: OPERATION_REFUSED. The same on another table: as always');

await database.close();
await fakeKms.close();
