/**
 * What is encrypted: three sizes of item, two suites, two keyrings, two directions. A cell is one combination of the four.
 *
 * Items and configurations are DynamoDB JSON without binary values, so that every competitor takes the very same ones.
 */
import { Buffer } from 'node:buffer';

/** @typedef {import('@aws-sdk/client-dynamodb').AttributeValue} AttributeValue */
/** @typedef {Record<string, AttributeValue>} Item */
/** @typedef {'0x6700' | '0x6701'} Suite */
/** @typedef {'raw-aes' | 'hierarchical'} KeyringName */
/** @typedef {'encrypt' | 'decrypt'} Direction */
/** @typedef {{ name: string, about: string, encryptedNames: string[], item: Item }} Scenario */
/** @typedef {{ scenario: Scenario, suite: Suite, keyring: KeyringName, direction: Direction }} Cell */

const ENCRYPTED_LENGTH = 40;
const MAP_ENTRIES = 40;
const LARGE_LENGTH = 300 * 1024;

/** The wrapping key of the raw AES keyring: public, for measurements only. */
export const WRAPPING_KEY = Buffer.from('ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=', 'base64');

/** Names of the suites as they are configured. @type {Record<Suite, string>} */
export const SUITE_IDS = {
  '0x6700': 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384',
  '0x6701': 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384',
};

/** @type {readonly Suite[]} */
export const SUITES = ['0x6700', '0x6701'];
/** @type {readonly KeyringName[]} */
export const KEYRINGS = ['raw-aes', 'hierarchical'];
/** @type {readonly Direction[]} */
export const DIRECTIONS = ['encrypt', 'decrypt'];

const KEYS = { id: { S: 'customer-0123456789' }, created: { N: '1790000000' } };

/** @type {readonly Scenario[]} */
export const SCENARIOS = [
  {
    name: 'S',
    about: '10 attributes, 5 of them encrypted strings of 40 bytes',
    encryptedNames: ['email', 'phone', 'street', 'city', 'taxNumber'],
    item: {
      ...KEYS,
      ...Object.fromEntries(['email', 'phone', 'street', 'city', 'taxNumber'].map(name => [name, { S: text(ENCRYPTED_LENGTH, name) }])),
      status: { S: 'active' },
      revision: { N: '17' },
      verified: { BOOL: true },
    },
  },
  {
    name: 'M',
    about: 'one encrypted map of 10 KB, nested three levels deep',
    encryptedNames: ['document'],
    item: { ...KEYS, document: { M: Object.fromEntries(Array.from({ length: MAP_ENTRIES }, (_, i) => [`order-${i}`, order(i)])) } },
  },
  {
    name: 'L',
    about: 'one encrypted string of 300 KB',
    encryptedNames: ['content'],
    item: { ...KEYS, content: { S: text(LARGE_LENGTH, 'content') } },
  },
];

/**
 * The configuration of a cell, as the command line and the peers take it. The keyring is always the raw AES one: peers know no other.
 *
 * @param {Pick<Cell, 'scenario' | 'suite'>} cell
 */
export function configOf({ scenario: { item, encryptedNames }, suite }) {
  const action = name => (encryptedNames.includes(name) ? 'ENCRYPT_AND_SIGN' : 'SIGN_ONLY');
  return {
    logicalTableName: 'Customers',
    partitionKeyName: 'id',
    sortKeyName: 'created',
    attributeActionsOnEncrypt: Object.fromEntries(Object.keys(item).map(name => [name, action(name)])),
    algorithmSuiteId: SUITE_IDS[suite],
    keyring: { type: 'raw-aes', keyNamespace: 'bench', keyName: 'wrapping-key', wrappingKey: WRAPPING_KEY.toString('base64') },
  };
}

/** All cells, or those that the options leave. @param {import('./options.mjs').Options} options @returns {Cell[]} */
export function cellsOf({ only, suites, keyrings, directions }) {
  return SCENARIOS.filter(({ name }) => only.includes(name)).flatMap(scenario =>
    suites.flatMap(suite => keyrings.flatMap(keyring => directions.map(direction => ({ scenario, suite, keyring, direction })))),
  );
}

/** A flat ASCII text of this many bytes. @param {number} length @param {string} seed */
function text(length, seed) {
  return Buffer.alloc(length, `${seed} 0123456789 abcdefghijklmnopqrstuvwxyz `).toString('latin1');
}

/** About 250 bytes once serialised. @param {number} index @returns {AttributeValue} */
function order(index) {
  const line = (product, count) => ({ M: { product: { S: `product-${index}-${product}` }, count: { N: String(count) } } });
  return {
    M: {
      note: { S: text(60, `note ${index}`) },
      total: { N: `${index * 7}.25` },
      paid: { BOOL: index % 2 === 0 },
      lines: { L: [line('a', 1), line('b', 12)] },
    },
  };
}
