// Builds the public API's objects from the configuration of a recorded item, which is that of the command line.
import { attributeActions } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { multi, rawAes, rawRsa } from 'fieldseal/kms';

/** @param {object} config @returns {import('fieldseal/dynamodb').ItemEncryptor<import('fieldseal').Table>} */
export function encryptorFrom(config) {
  const { keyring, algorithmSuiteId, plaintextOverride, ...structure } = config;
  return itemEncryptor({
    table: attributeActions(structure),
    keyring: keyringFrom(keyring),
    algorithmSuiteId,
    plaintextOverride,
    maxEncryptedDataKeys: 255,
  });
}

export function keyringFrom({ type, ...options }) {
  if (type === 'raw-aes') return rawAes({ ...options, wrappingKey: Buffer.from(options.wrappingKey, 'base64') });
  if (type === 'raw-rsa') return rawRsa(options);
  if (type === 'multi') {
    const generator = options.generator && keyringFrom(options.generator);
    return multi({ ...(generator && { generator }), children: (options.children ?? []).map(keyringFrom) });
  }
  throw new TypeError(`no keyring of type ${type}`);
}

/** DynamoDB JSON, in which bytes are base64, to the values of the SDK. Own properties named `__proto__` stay own. */
export function fromDynamoJson(item) {
  return mapValues(item, valueFrom);
}

/** The reverse of {@link fromDynamoJson}. */
export function toDynamoJson(item) {
  return mapValues(item, valueTo);
}

function valueFrom(value) {
  if ('B' in value) return { B: Buffer.from(value.B, 'base64') };
  if ('BS' in value) return { BS: value.BS.map(member => Buffer.from(member, 'base64')) };
  if ('L' in value) return { L: value.L.map(valueFrom) };
  if ('M' in value) return { M: fromDynamoJson(value.M) };
  return value;
}

function valueTo(value) {
  if ('B' in value) return { B: Buffer.from(value.B).toString('base64') };
  if ('BS' in value) return { BS: value.BS.map(member => Buffer.from(member).toString('base64')) };
  if ('L' in value) return { L: value.L.map(valueTo) };
  if ('M' in value) return { M: toDynamoJson(value.M) };
  return value;
}

function mapValues(item, change) {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, change(value)]));
}
