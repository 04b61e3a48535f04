// Keyrings of the AWS Encryption SDK for JavaScript work as they are: a multi-keyring with a recovery key, for instance.
//
//   node examples/08-esdk-keyrings.mjs
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  KmsKeyringNode,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node';
import { encrypted, key, table } from 'fieldseal';
import { inspectItem, itemEncryptor } from 'fieldseal/dynamodb';
import { FakeKms } from 'fieldseal/testing';

const fakeKms = new FakeKms();
const { arn } = fakeKms.createKey();
const recovery = generateKeyPairSync('rsa', {
  modulusLength: 3072,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

// Every item under a KMS key and under a recovery key whose private half is not in this process.
const daily = new KmsKeyringNode({ generatorKeyId: arn, clientProvider: () => fakeKms.client() });
const recoveryWriter = rsaKeyring({ publicKey: recovery.publicKey });
const keyring = new MultiKeyringNode({ generator: daily, children: [recoveryWriter] });

const notes = table('notes', { id: key.partition(), text: encrypted() });
const { encryptAttributes } = itemEncryptor({ table: notes, keyring });
const stored = await encryptAttributes({ id: { S: 'n-1' }, text: { S: 'only for us' } });

const keys = inspectItem(stored).encryptedDataKeys.map(({ providerId, bytes }) => `${providerId} (${bytes} bytes)`);
assert.equal(keys.length, 2);
console.log('The item has a data key for each of:', keys.join(', '));

// Each key alone opens the item.
for (const [name, alone] of Object.entries({ daily, recovery: rsaKeyring({ privateKey: recovery.privateKey }) })) {
  const { decryptAttributes } = itemEncryptor({ table: notes, keyring: alone });
  assert.deepEqual((await decryptAttributes(stored)).text, { S: 'only for us' });
  console.log(`The ${name} key alone opens it`);
}

// Without utf8Sorting the AWS Encryption SDK for JavaScript orders the encryption context otherwise than all other languages.
const sortedByLocale = new RawAesKeyringNode({
  keyNamespace: 'examples',
  keyName: 'k',
  unencryptedMasterKey: Uint8Array.from(randomBytes(32)),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
});
assert.throws(() => itemEncryptor({ table: notes, keyring: sortedByLocale }), { code: 'KEYRING_REFUSED' });
console.log('A raw AES keyring without utf8Sorting: true: KEYRING_REFUSED');

await fakeKms.close();

function rsaKeyring(rsaKey) {
  return new RawRsaKeyringNode({ keyNamespace: 'examples', keyName: 'recovery', rsaKey, oaepHash: 'sha256' });
}
