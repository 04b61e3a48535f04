// Runs AWS's decrypt manifests (aws-dbesdk-decrypt) through the public API. Used by the tests and by `npm run vectors`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { attributeActions } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, rawAes } from 'fieldseal/kms';
import { staticKeyStore } from 'fieldseal/testing';
import { comparableItem, itemOf, parseVectors } from './aws-json.mjs';

const DEFAULT_KEY = 'static-branch-key-1';

/**
 * Every test of every decrypt manifest in a folder, ready to run.
 * @returns {{ file: string, id: string, type: string, description: string, run: () => Promise<void>, decrypt: () => Promise<object>, decryptSigned: () => Promise<object> }[]}
 */
export function awsVectors(folder) {
  const keys = parseVectors(readFileSync(join(folder, 'keys.json'), 'utf8')).keys;
  const files = readdirSync(folder).filter(name => name.endsWith('.json') && name !== 'keys.json');
  return files.sort().flatMap(file => manifestTests(file, parseVectors(readFileSync(join(folder, file), 'utf8')), keys));
}

function manifestTests(file, manifest, keys) {
  return Object.entries(testsOf(manifest)).map(([id, test]) => {
    const encrypted = itemOf(test.encrypted);
    const decrypt = () => encryptorOf(test.config, keys).decryptAttributes(encrypted);
    /** The same item for a reader whose configuration leaves every attribute signed, as its writer had it. */
    const decryptSigned = () => {
      const actions = Object.keys(test.config.attributeActionsOnEncrypt).map(name => [name, 'SIGN_ONLY']);
      const config = { ...test.config, attributeActionsOnEncrypt: Object.fromEntries(actions), allowedUnsignedAttributes: undefined };
      return encryptorOf(config, keys).decryptAttributes(encrypted);
    };
    const run = test.type === 'positive-decrypt' ? () => mustOpen(decrypt, test.plaintext) : () => mustFail(decrypt, test.type);
    return { file, id, type: test.type, description: test.description ?? '', run, decrypt, decryptSigned };
  });
}

/** The tests of a decrypt manifest, or those of the records that suites for a database bring along encrypted. */
function testsOf(file) {
  if (file.manifest?.type === 'aws-dbesdk-decrypt') return file.tests;
  const records = (file.DecryptTests ?? []).flatMap(({ Config, EncryptedRecords, PlainTextRecords }) =>
    EncryptedRecords.map((encrypted, i) => ({ type: 'positive-decrypt', config: Config, encrypted, plaintext: PlainTextRecords[i] })),
  );
  return { ...records };
}

async function mustOpen(decrypt, plaintext) {
  const opened = await decrypt();
  if (!isDeepStrictEqual(comparableItem(opened), comparableItem(itemOf(plaintext)))) throw new Error('it opens, but to something else');
}

async function mustFail(decrypt, type) {
  if (type !== 'negative-decrypt') throw new Error(`tests of type ${type} are not known`);
  let opened = false;
  try {
    await decrypt();
    opened = true;
  } catch (error) {
    if (error.name !== 'FieldsealError') throw error;
  }
  if (opened) throw new Error('it opens, and must not');
}

function encryptorOf(config, keys) {
  const table = attributeActions({
    logicalTableName: config.logicalTableName ?? 'GazelleVectorTable',
    partitionKeyName: config.partitionKeyName ?? 'RecNum',
    sortKeyName: config.sortKeyName,
    attributeActionsOnEncrypt: config.attributeActionsOnEncrypt ?? {},
    allowedUnsignedAttributes: config.allowedUnsignedAttributes,
    allowedUnsignedAttributePrefix: config.allowedUnsignedAttributePrefix,
  });
  return itemEncryptor({
    table,
    keyring: keyringOf(config.key, keys),
    algorithmSuiteId: config.algorithmSuiteId,
    plaintextOverride: config.plaintextOverride,
  });
}

/** `description` is a key description of AWS's Material Providers Library; hierarchical over the static branch key by default. */
function keyringOf(description, keys) {
  const material = keys[description?.key ?? DEFAULT_KEY];
  if (material === undefined) throw new Error(`keys.json has no key "${description.key}"`);
  if (material.type === 'symmetric') {
    const wrappingKey = Buffer.from(material.material, 'base64');
    return rawAes({ keyNamespace: description['provider-id'], keyName: material['key-id'], wrappingKey });
  }
  const store = staticKeyStore({
    branchKeyId: material['key-id'],
    version: material.branchKeyVersion,
    key: Buffer.from(material.branchKey, 'base64'),
  });
  return hierarchical({ keyStore: store, branchKey: material['key-id'], ttlSeconds: 300 });
}
