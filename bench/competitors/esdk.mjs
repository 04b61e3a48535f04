/**
 * AWS's Encryption SDK for JavaScript: what an application uses that has no item encryptor. Each encrypted attribute becomes a message of its
 * own, bound to the item by its encryption context; nothing covers the other attributes.
 */
import { deepStrictEqual } from 'node:assert/strict';
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import { repeated } from '../measure.mjs';
import { WRAPPING_KEY } from '../scenarios.mjs';

/** @typedef {import('../scenarios.mjs').Cell} Cell */

/** Its default suite, which signs each message with ECDSA P-384, and the same without a signature. */
const SUITES = {
  'esdk 0x578': AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
  'esdk 0x478': AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
};

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

/**
 * Its default suite beside both of ours, the one without a signature beside 0x6700. An item is done when all its messages are; they are started
 * together. Values travel as JSON, which is part of the work, as serialising them is for the library.
 *
 * @param {Cell} cell
 * @returns {Promise<import('../measure.mjs').Competitor[]>}
 */
export async function esdk({ scenario, suite, keyring, direction }) {
  if (keyring !== 'raw-aes') return [];
  const names = suite === '0x6701' ? ['esdk 0x578'] : ['esdk 0x478', 'esdk 0x578'];
  const ring = new RawAesKeyringNode({
    keyNamespace: 'bench',
    keyName: 'wrapping-key',
    unencryptedMasterKey: Uint8Array.from(WRAPPING_KEY),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true,
  });
  const fields = scenario.encryptedNames.map(name => ({ name, value: scenario.item[name] ?? { NULL: true } }));
  const runs = names.map(async name => {
    const encryptAll = () => Promise.all(fields.map(field => encryptField(ring, SUITES[name], field)));
    const messages = await encryptAll();
    const decryptAll = () => Promise.all(messages.map(message => decryptField(ring, message)));
    deepStrictEqual(
      await decryptAll(),
      fields.map(({ value }) => value),
    );
    return repeated(name, direction === 'encrypt' ? encryptAll : decryptAll);
  });
  return Promise.all(runs);
}

/**
 * @param {RawAesKeyringNode} ring
 * @param {AlgorithmSuiteIdentifier} suiteId
 * @param {{ name: string, value: import('../scenarios.mjs').AttributeValue }} field
 */
async function encryptField(ring, suiteId, { name, value }) {
  const encryptionContext = { table: 'Customers', id: 'customer-0123456789', created: '1790000000', attribute: name };
  const { result } = await encrypt(ring, JSON.stringify(value), { suiteId, encryptionContext });
  return result;
}

/** @param {RawAesKeyringNode} ring @param {Buffer} message */
async function decryptField(ring, message) {
  const { plaintext } = await decrypt(ring, message);
  return JSON.parse(plaintext.toString('utf8'));
}
