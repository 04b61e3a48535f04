// Decrypting some attributes of an item: all of it is verified, and what is not named stays ciphertext.
//
//   node examples/03-selective-decryption.mjs
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { encrypted, key, signed, table } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';

const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();

const employees = table('employees', {
  id: key.partition(),
  department: signed(),
  email: encrypted(),
  salary: encrypted(),
  iban: encrypted(),
});
const { encryptItem, decryptItem } = itemEncryptor({
  table: employees,
  keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client() }),
});

const stored = await encryptItem({ id: 'e-1', department: 'ops', email: 'bo@example.com', salary: 5200, iban: 'AT611904300234573201' });

const view = await decryptItem(stored, { only: ['email'] });
assert.deepEqual(view, { id: 'e-1', department: 'ops', email: 'bo@example.com' });
console.log("only: ['email'] gives", view);

const clear = await decryptItem(stored, { only: [] });
assert.deepEqual(clear, { id: 'e-1', department: 'ops' });
console.log('only: [] verifies the item and gives', clear);

// One wrong bit in an attribute that nobody asked for is noticed all the same.
const tampered = { ...stored, salary: Uint8Array.from(stored.salary, (byte, i) => (i === 5 ? byte ^ 1 : byte)) };
await assert.rejects(decryptItem(tampered, { only: ['email'] }), { code: 'NOT_AUTHENTIC' });
console.log("A changed salary, read with only: ['email']: NOT_AUTHENTIC");

// This keeps plaintext out of a process that has no use for it. It is no access control: the process holds the key of the whole item.

await fakeKms.close();
