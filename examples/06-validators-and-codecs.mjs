// Validators run before encryption; any Standard Schema will do (zod here, or valibot, arktype). Codecs store what DynamoDB cannot.
//
//   node examples/06-validators-and-codecs.mjs
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { codec, encrypted, key, signed, table } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { z } from 'zod';

const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();

const day = codec(z.date(), {
  encode: date => date.toISOString().slice(0, 10),
  decode: text => new Date(`${text}T00:00:00Z`),
});

const patients = table('patients', {
  id: key.partition(z.uuid()),
  name: signed(z.string().trim().min(1)),
  bornOn: encrypted(day),
  allergies: encrypted(z.array(z.string())).optional(),
  plan: signed(z.enum(['basic', 'plus']).default('basic')),
});
const { encryptItem, decryptItem } = itemEncryptor({
  table: patients,
  keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client() }),
});

const id = '0199d8a5-8c1e-7c3a-9d2e-5b8f0f3f6a10';
const stored = await encryptItem({ id, name: '  Ann ', bornOn: new Date('1990-05-17') });
const patient = await decryptItem(stored);
assert.deepEqual(patient, { id, name: 'Ann', bornOn: new Date('1990-05-17'), plan: 'basic' });
console.log('Trimmed, defaulted, and the Date is a Date again:', patient);

// What a validator says may quote the value it refused. Errors here name the attribute and the path, never the value.
const wrong = { id, name: 'Bo', bornOn: new Date('1991-01-01'), allergies: ['nuts', 4711] };
const refusal = await encryptItem(wrong).catch(error => error);
assert.equal(refusal.code, 'VALIDATION_FAILED');
assert.ok(!JSON.stringify(refusal).includes('4711'));
console.log(`${refusal.code}: ${refusal.message}`);

// A name that the schema does not declare is refused: no mass assignment, no personal data that slips in.
const unknown = await encryptItem({ id, name: 'Bo', bornOn: new Date('1991-01-01'), isAdmin: true }).catch(error => error);
assert.equal(unknown.code, 'ATTRIBUTE_UNKNOWN');
console.log(`${unknown.code}: ${unknown.message}`);

await fakeKms.close();
