// Encrypts and decrypts the items that come on standard input, forgets them, and writes its heap to standard output.
// Run with --expose-gc, and with the folder of the built package.
import { join } from 'node:path';
import { stdin, stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { getHeapSnapshot } from 'node:v8';

const load = name => import(pathToFileURL(join(process.argv[2], name)));

async function roundTrip() {
  const [{ attributeActions }, { itemEncryptor }, { hierarchical }, { memoryKeyStore }] = await Promise.all(
    ['index.js', 'dynamodb/index.js', 'keys/index.js', 'testing/index.js'].map(load),
  );
  let input = '';
  for await (const chunk of stdin.setEncoding('utf8')) input += chunk;
  const { items, kept } = JSON.parse(input);
  globalThis.kept = [kept];
  const keyStore = memoryKeyStore();
  const { branchKeyId } = await keyStore.createKey();
  const keyring = hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds: 300, rereadCache: { maxAgeSeconds: 300 } });
  const table = attributeActions({
    logicalTableName: 'users',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN' },
  });
  const encryptor = itemEncryptor({ table, keyring });
  for (const item of items) {
    const opened = await encryptor.decryptItem(await encryptor.encryptItem(item));
    if (opened.ssn !== item.ssn) throw new Error('an item changed');
  }
  return encryptor; // it stays: what it keeps is what is looked at
}

globalThis.encryptor = await roundTrip();
for (let turn = 0; turn < 10; turn++) {
  await new Promise(resolve => setTimeout(resolve, 20));
  globalThis.gc();
}
await pipeline(getHeapSnapshot(), stdout);
