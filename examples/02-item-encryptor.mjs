// Encrypting items without a client: for exports, queues, caches, tests, or a database client of your own.
//
//   node examples/02-item-encryptor.mjs
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { encrypted, key, table } from 'fieldseal';
import { inspectItem, itemEncryptor } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';

const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();

const orders = table('orders', {
  customerId: key.partition(),
  orderId: key.sort(),
  address: encrypted(),
  total: encrypted(),
});
const { encryptItem, decryptItem, encryptAttributes, decryptAttributes, explain } = itemEncryptor({
  table: orders,
  keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client() }),
});

// JavaScript values, as the document client has them.
const order = { customerId: 'c-7', orderId: 'o-1', address: { street: 'Lindengasse 5', city: 'Graz' }, total: 49.9 };
const sealed = await encryptItem(order);
assert.ok(sealed.address instanceof Uint8Array);
assert.deepEqual(await decryptItem(sealed), order);
console.log('encryptItem gives the attributes:', Object.keys(sealed).join(', '));

// DynamoDB's own form, as the raw client, streams and exports have it. It also holds numbers that JavaScript cannot.
const exact = { customerId: { S: 'c-7' }, orderId: { S: 'o-2' }, total: { N: '12345678901234567890.12345' }, address: { S: 'unknown' } };
const stored = await encryptAttributes(exact);
assert.deepEqual(await decryptAttributes(stored), exact);
console.log('decryptAttributes gives the exact number:', (await decryptAttributes(stored)).total.N);

// What an item says about itself without any key. Nothing of this is verified.
const { algorithmSuiteId, legend, encryptedDataKeys, headerBytes, footerBytes } = inspectItem(stored);
assert.equal(legend, 'eess'); // in canonical order: total, address, orderId, customerId
console.log('inspectItem says:', { algorithmSuiteId, legend, headerBytes, footerBytes, keyProvider: encryptedDataKeys[0].providerId });

// The error for a changed item is the same whatever was changed. explain() tells a developer more; never show it to outsiders.
const changed = { ...stored, orderId: { S: 'o-3' } };
await assert.rejects(decryptAttributes(changed), { code: 'NOT_AUTHENTIC' });
const { stage, hint } = await explain(changed);
assert.equal(stage, 'data-key');
console.log(`A changed sort key: NOT_AUTHENTIC. explain() says: ${hint}`);

await fakeKms.close();
