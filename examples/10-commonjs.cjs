// CommonJS: the package is ESM, and `require` loads it from Node 20.19 on.
//
//   node examples/10-commonjs.cjs
require('./support/quiet.mjs');
const assert = require('node:assert/strict');
const { encrypted, key, table } = require('fieldseal');
const { itemEncryptor } = require('fieldseal/dynamodb');
const { kms } = require('fieldseal/kms');
const { FakeKms } = require('fieldseal/testing');

const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();
const users = table('users', { id: key.partition(), email: encrypted() });
const { encryptItem, decryptItem } = itemEncryptor({ table: users, keyring: kms({ kmsKeyId: arn, kmsClient: fakeKms.client() }) });

async function main() {
  const stored = await encryptItem({ id: 'u-1', email: 'ann@example.com' });
  const opened = await decryptItem(stored);
  assert.deepEqual(opened, { id: 'u-1', email: 'ann@example.com' });
  console.log(`Node ${process.version}, require(): encrypted ${stored.email.length} bytes, decrypted`, opened);
  await fakeKms.close();
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
