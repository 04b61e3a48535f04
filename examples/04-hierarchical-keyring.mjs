// One branch key for each tenant, cached: many items, few KMS calls, and a tenant whose data can be erased by erasing one key.
//
//   node examples/04-hierarchical-keyring.mjs
//
// The key store is in memory here. With AWS it is a table: dynamoDbKeyStore({ table: 'branch-keys', kmsKeyArn }).
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { encrypted, key, signed, table } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';

const keyStore = memoryKeyStore();

// Branch key ids end up in the key table, in every item and in CloudTrail: use random ids, not the names of customers.
const branchKeyOf = new Map();
for (const tenant of ['acme', 'globex']) {
  const { branchKeyId } = await keyStore.createKey();
  branchKeyOf.set(tenant, branchKeyId);
}

const invoices = table('invoices', {
  id: key.partition(),
  tenant: signed({ context: true }), // in the encryption context, so the supplier below can read it
  amount: encrypted(),
});
const { encryptItem, decryptItem } = itemEncryptor({
  table: invoices,
  keyring: hierarchical({
    keyStore,
    branchKey: ({ attribute }) => branchKeyOf.get(attribute('tenant')), // may be asynchronous
    ttlSeconds: 300,
  }),
});

const written = [];
for (let i = 0; i < 200; i++) {
  written.push(await encryptItem({ id: `i-${i}`, tenant: i % 2 === 0 ? 'acme' : 'globex', amount: 100 + i }));
}
for (const item of written) await decryptItem(item);
const { active, version } = keyStore.reads;
assert.deepEqual({ active, version }, { active: 2, version: 0 });
console.log(`200 items of 2 tenants, written and read: ${active + version} reads of the key store`);

// The tenant is signed and decides the key: an item cannot be moved to another tenant.
await assert.rejects(decryptItem({ ...written[0], tenant: 'globex' }), { code: 'NOT_AUTHENTIC' });
console.log("acme's item with the tenant set to globex: NOT_AUTHENTIC");

// A tenant without a branch key is an error before anything is written.
await assert.rejects(encryptItem({ id: 'i-200', tenant: 'initech', amount: 1 }), { code: 'MISSING_CONTEXT' });
console.log('An item of a tenant that has no branch key: MISSING_CONTEXT');

// Rotation: new items use the new version at once here, and in other processes once what they have cached is over. Old items stay readable.
await keyStore.rotate(branchKeyOf.get('acme'));
assert.equal((await decryptItem(written[0])).amount, 100);
console.log('After a rotation, an item of the old version still opens');
