// Tenants come, stay through an outage, and go: keys that are made when they are first needed, figures of the cache, and erasing a tenant for good.
//
//   node examples/16-tenants.mjs
//
// The key store is in memory here. With AWS it is a table: dynamoDbKeyStore({ table: 'branch-keys', kmsKeyArn }).
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { encrypted, key, signed, table } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { branchKeyPer, hierarchical, shred } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';

subscribe('fieldseal:audit', ({ action, branchKeyId }) => console.log(`  audit: ${action} ${branchKeyId ?? ''}`));

let hours = 0; // a clock of our own, so that this program need not wait
const clock = () => hours * 3_600_000;

const keyStore = memoryKeyStore();
const branchKey = branchKeyPer('tenant', { namespace: '6f1d1c9e-5d1b-4f43-9a65-2f4e7b1e3f20' }); // UUIDs, no names
const keyring = hierarchical({
  keyStore,
  branchKey,
  provision: { 'made-by': 'example' }, // a new tenant needs no preparation
  ttlSeconds: 3600,
  staleOnOutageSeconds: 1800,
  clocks: { wall: clock, monotonic: clock },
});
const notes = table('notes', { id: key.partition(), tenant: signed({ context: true }), text: encrypted() });
const { encryptItem, decryptItem } = itemEncryptor({ table: notes, keyring });

console.log('Two tenants write for the first time:');
const acme = await encryptItem({ id: '1', tenant: 'acme', text: 'a secret of acme' });
const globex = await encryptItem({ id: '2', tenant: 'globex', text: 'a secret of globex' });

for (let i = 0; i < 100; i++) await decryptItem(acme);
const { branchKeys, longestUseAfterRevocationSeconds } = keyring.stats();
assert.deepEqual({ hits: branchKeys.hits, loads: branchKeys.loads }, { hits: 100, loads: 4 }); // each tenant was looked for before it was made
console.log(
  `100 reads: ${branchKeys.hits} hits. After a revocation this process goes on for ${longestUseAfterRevocationSeconds} s at most`,
);

hours += 1.2; // the keys have expired
const outage = keyStore.fail({ error: 'unavailable' });
assert.equal((await decryptItem(acme)).text, 'a secret of acme');
await assert.rejects(encryptItem({ id: '3', tenant: 'initech', text: '…' }), { code: 'KEY_UNAVAILABLE', retryable: true });
console.log('The key store is out: tenants that are cached go on, others may try again');
outage.remove();

console.log('A tenant leaves:');
const branchKeyId = branchKey.idOf('acme');
const { versions, notErased } = await shred(branchKeyId, { keyring, dryRun: true });
console.log(`  ${versions.length} version would be removed; not erased: ${notErased.length} kinds of copies, such as ${notErased[0]}`);
await shred(branchKeyId, { keyring, confirm: branchKeyId });
await assert.rejects(decryptItem(acme), { code: 'KEY_SHREDDED' });
await assert.rejects(encryptItem({ id: '4', tenant: 'acme', text: '…' }), { code: 'KEY_SHREDDED' }); // and does not come back
assert.equal((await decryptItem(globex)).text, 'a secret of globex');
console.log('acme cannot be read any more, by anybody; globex can');

keyring.dispose(); // cached keys are zeroed; or write: using keyring = …
