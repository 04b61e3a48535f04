// Tests that notice when something stops being encrypted: what is stored, under which key, and whether keys stay in memory.
//
//   node examples/14-assert-what-is-stored.mjs
import assert from 'node:assert/strict';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table, unsigned } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { assertEncrypted, assertNoPlaintext, FakeKms, trackKeys } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

const database = await localDynamoDb();
await database.createTable('patients', 'id');
const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();
const plain = DynamoDBDocumentClient.from(database.client);
const keyring = kms({ kmsKeyId: arn, kmsClient: fakeKms.client({ maxAttempts: 1 }) });
const dbOf = schema => encryptedDocumentClient(plain, { tables: [schema.at('patients')], keyring });

const patients = table('patients', { id: key.partition(), name: encrypted(), ssn: encrypted() });
const ann = { id: 'p-1', name: 'Ann Example', ssn: '078-05-1120' };

const keys = trackKeys();
await dbOf(patients).send(new PutCommand({ TableName: 'patients', Item: ann }));
assert.ok(keys.buffers > 0);
assert.equal(keys.unzeroed(), 0);
keys.stop();
console.log('ok  every key that the write made is zeroed:', keys.buffers, 'buffers');

const stored = await plain.send(new ScanCommand({ TableName: 'patients' })); // with the plain client: as it is in the table
assertEncrypted(stored, { attributes: ['name', 'ssn'], keyIds: [arn] });
assertNoPlaintext(stored, ann.ssn, 'example');
console.log('ok  what is stored is encrypted, under the key that is meant, and holds no plaintext');

// A change of the schema that nobody meant: the number is not encrypted any more.
const careless = table('patients', { id: key.partition(), name: encrypted(), ssn: unsigned() });
await dbOf(careless).send(new PutCommand({ TableName: 'patients', Item: { ...ann, id: 'p-2' } }));
const scanned = await plain.send(new ScanCommand({ TableName: 'patients' }));
assert.throws(() => assertEncrypted(scanned, { attributes: ['ssn'] }), /attribute "ssn" of the item at Items\[\d\] is not encrypted/);
assert.throws(
  () => assertNoPlaintext(scanned, ann.ssn),
  error => {
    assert.ok(!error.message.includes(ann.ssn));
    console.log('ok  a careless schema is caught, and the message holds no value:', error.message.split('\n').at(-1).trim());
    return true;
  },
);

await fakeKms.close();
await database.close();
