// A table that AWS's Database Encryption SDK in another language writes too: the same configuration, the same items.
//
//   node examples/07-share-config-with-java.mjs
//
// data/written-by-java.json was written by AWS's library for Java, version 3.9.0, with the configuration of data/patients.config.json.
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { attributeActions } from 'fieldseal';
import { inspectItem, itemEncryptor } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';

const { keyring, ...config } = await readJson('./data/patients.config.json');
const fromJava = attributeValues(await readJson('./data/written-by-java.json'));

// logicalTableName, partitionKeyName, attributeActionsOnEncrypt, allowedUnsignedAttributes: the names that Java, .NET and Rust use.
const patients = attributeActions(config);
const { decryptAttributes, encryptAttributes } = itemEncryptor({
  table: patients,
  keyring: rawAes({
    keyNamespace: keyring.keyNamespace,
    keyName: keyring.keyName,
    wrappingKey: Buffer.from(keyring.wrappingKey, 'base64'),
  }),
});

const opened = await decryptAttributes(fromJava);
assert.deepEqual(opened.diagnosis, { S: 'hay fever' });
assert.deepEqual(opened.visits, { L: [{ S: '2026-03-01' }, { S: '2026-09-14' }] });
console.log('Java wrote, this opens:', JSON.stringify(opened));

// And the other way: the same layout, which Java opens. `npm run test:interop` proves it with the live library.
const ours = inspectItem(await encryptAttributes(opened));
const theirs = inspectItem(fromJava);
for (const property of ['formatVersion', 'algorithmSuiteId', 'legend', 'headerBytes', 'footerBytes', 'itemBytes']) {
  assert.equal(ours[property], theirs[property]);
}
const { legend, headerBytes, footerBytes, itemBytes } = ours;
console.log('Both make items of the same form:', { legend, headerBytes, footerBytes, itemBytes });

async function readJson(path) {
  return JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));
}

/** DynamoDB JSON holds bytes as base64; the SDK, and so this library, as a Uint8Array. Enough for items without binary sets. */
function attributeValues(item) {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, 'B' in value ? { B: Buffer.from(value.B, 'base64') } : value]),
  );
}
