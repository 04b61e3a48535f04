// A policy says who sees which field; what a role may not see is never decrypted.
//
//   node examples/17-who-sees-what.mjs
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { definePolicy, encrypted, key, mask, pick, present, role, signed, table } from 'fieldseal';
import { itemEncryptor, itemViewer } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';

subscribe('fieldseal:decrypt', ({ decryptedAttributes }) => console.log(`  decrypted: ${decryptedAttributes}`));
subscribe('fieldseal:audit', ({ action, actor, role: as, reason }) => console.log(`  audit: ${action} ${actor} ${as ?? reason}`));

const patients = table('patients', {
  id: key.partition(),
  clinic: signed(),
  phone: encrypted().mask(mask.phone()),
  diagnosis: encrypted(),
  insurance: encrypted().mask(mask.last4()),
});

const policy = definePolicy(
  patients,
  {
    patient: { read: { phone: 'reveal', diagnosis: 'reveal', insurance: 'reveal' }, write: ['phone'] },
    doctor: { read: { diagnosis: 'reveal', phone: 'mask' } },
    desk: { read: { phone: 'reveal', insurance: 'mask' } },
  },
  {
    preCheck: ({ sub, job }, { id }) => job !== undefined || sub === id, // may only deny, before any key is used
    classify: ({ sub, job, clinic }, item) => (sub === item.id ? 'patient' : clinic === item.clinic ? (job ?? null) : null), // by verified values alone
  },
);

const keyring = rawAes({ keyNamespace: 'example', keyName: 'one', wrappingKey: randomBytes(32) });
const { encryptItem } = itemEncryptor({ table: patients, keyring });
const { viewItem } = itemViewer({ policy, keyring, actorId: ({ sub }) => sub });

const stored = await encryptItem({ id: 'p-1', clinic: 'north', phone: '+43 660 1234567', diagnosis: 'hay fever', insurance: '1234567890' });

console.log('The front desk:');
const seen = await viewItem(stored, { actor: { sub: 's-7', job: 'desk', clinic: 'north' } });
assert.equal(seen[role], 'desk');
assert.equal(seen.phone, '+43 660 1234567');
assert.equal(`${seen.insurance}`, '****7890');
assert.equal('diagnosis' in seen, false);
console.log('  printed:', seen); // what is revealed does not get into logs
console.log('  sent:', present(seen)); // on purpose

console.log('A doctor of another clinic:');
await assert.rejects(viewItem(stored, { actor: { sub: 'd-2', job: 'doctor', clinic: 'south' } }), { code: 'ACCESS_DENIED' });

console.log('Somebody who wrote herself into the item:');
await assert.rejects(viewItem({ ...stored, clinic: 'south' }, { actor: { sub: 'd-2', job: 'doctor', clinic: 'south' } }), {
  code: 'NOT_AUTHENTIC',
});

// A masked value does not find its way back, and a request changes what it may, not what it says.
await assert.rejects(encryptItem({ id: 'p-1', clinic: 'north', phone: '1', diagnosis: '2', insurance: seen.insurance }), {
  code: 'VALIDATION_FAILED',
});
assert.deepEqual(pick(patients, { phone: '+43 1 000', clinic: 'south', isAdmin: true }, ['phone']), { phone: '+43 1 000' });
console.log('Masked values are not written back; a request gives the fields that were asked for');
