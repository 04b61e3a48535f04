// Testing your own code: real encryption, no network, no AWS account, and faults on request.
//
//   node examples/09-test-your-code-with-fake-kms.mjs
import assert from 'node:assert/strict';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, isFieldsealError, key, table } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

// The code under test. It gets its client from outside.
const members = table('members', { id: key.partition(), phone: encrypted() });

async function signUp(db, member) {
  try {
    await db.send(new PutCommand({ TableName: 'members', Item: member, ConditionExpression: 'attribute_not_exists(id)' }));
    return 'welcome';
  } catch (error) {
    if (error.name === 'ConditionalCheckFailedException') return 'you are a member already';
    if (isFieldsealError(error) && error.retryable) return 'please try again';
    throw error;
  }
}

// The test. `maxAttempts: 1` makes the KMS client give up at the first failure; by default the SDK tries three times.
const database = await localDynamoDb();
await database.createTable('members', 'id');
const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();
const plain = DynamoDBDocumentClient.from(database.client);
const db = encryptedDocumentClient(plain, {
  tables: [members.at('members')],
  keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client({ maxAttempts: 1 }) }),
});

assert.equal(await signUp(db, { id: 'm-1', phone: '0664 123456' }), 'welcome');
assert.equal(await signUp(db, { id: 'm-1', phone: '0664 123456' }), 'you are a member already');
console.log('ok  a new member is welcome, once');

const { Item } = await plain.send(new GetCommand({ TableName: 'members', Key: { id: 'm-1' } }));
assert.ok(!JSON.stringify(Item).includes('123456') && !Buffer.from(Item.phone).includes('123456'));
console.log('ok  no phone number reaches the table');

const [call] = fakeKms.calls;
assert.equal(call.operation, 'GenerateDataKey');
assert.equal(call.encryptionContext['aws-crypto-table-name'], 'members');
console.log('ok  KMS sees the encryption context:', Object.keys(call.encryptionContext).join(', '));

const outage = fakeKms.fail({ error: 'throttle' });
assert.equal(await signUp(db, { id: 'm-2', phone: '0664 654321' }), 'please try again');
assert.equal(outage.hits, 1);
outage.remove();
console.log('ok  a throttled KMS asks for another try, and nothing is written');

fakeKms.fail({ operation: 'Decrypt', error: 'access-denied' });
await assert.rejects(db.send(new GetCommand({ TableName: 'members', Key: { id: 'm-1' } })), {
  code: 'KEY_ACCESS_DENIED',
  retryable: false,
});
console.log('ok  without kms:Decrypt there is no phone number: KEY_ACCESS_DENIED');

await fakeKms.close();
await database.close();
