/** The library itself, as an application installs it: the built package, by its name. */
import { deepStrictEqual } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { attributeActions } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, rawAes } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { repeated } from '../measure.mjs';
import { configOf } from '../scenarios.mjs';

/** @typedef {import('../scenarios.mjs').Cell} Cell */

/** How many items are in flight in the concurrent figures. */
export const IN_FLIGHT = 8;

/** An encryptor for a cell. @param {Omit<Cell, 'direction'>} cell */
export function encryptorOf(cell) {
  const { keyring: aes, algorithmSuiteId, ...structure } = configOf(cell);
  const wrappingKey = Buffer.from(aes.wrappingKey, 'base64');
  const keyring =
    cell.keyring === 'raw-aes' ? rawAes({ keyNamespace: aes.keyNamespace, keyName: aes.keyName, wrappingKey }) : warmHierarchical();
  return itemEncryptor({ table: attributeActions(structure), keyring, algorithmSuiteId });
}

/**
 * One at a time and eight in flight. Each has an encryptor of its own, which has made a round trip: branch keys are cached by then.
 *
 * @param {Cell} cell
 * @returns {Promise<import('../measure.mjs').Competitor[]>}
 */
export async function fieldseal(cell) {
  const { item } = cell.scenario;
  const runs = [1, IN_FLIGHT].map(async inFlight => {
    const { encryptAttributes, decryptAttributes } = encryptorOf(cell);
    const encrypted = await encryptAttributes(item);
    deepStrictEqual(await decryptAttributes(encrypted), item);
    const once = cell.direction === 'encrypt' ? () => encryptAttributes(item) : () => decryptAttributes(encrypted);
    return repeated(nameOf('fieldseal', inFlight), once, inFlight);
  });
  return Promise.all(runs);
}

/** The name of a competitor that runs with so many in flight. @param {string} name @param {number} inFlight */
export function nameOf(name, inFlight) {
  return inFlight === 1 ? name : `${name} ×${inFlight}`;
}

function warmHierarchical() {
  const keyStore = memoryKeyStore();
  void keyStore.createKey('tenant-1'); // made before the promise settles
  return hierarchical({ keyStore, branchKey: 'tenant-1', ttlSeconds: 3600 });
}
