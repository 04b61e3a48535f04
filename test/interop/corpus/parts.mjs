/**
 * Building blocks of the corpus: attribute values, keyrings and cases.
 *
 * Objects are built with computed keys, spread or Object.fromEntries and never by assignment, so
 * that an attribute or map key named `__proto__` stays an ordinary property.
 */
import { Buffer } from 'node:buffer';
import { AES_128, AES_192, AES_256, AES_256_OTHER, RSA_2048, RSA_4096 } from '../keys.mjs';

/** @typedef {Record<string, unknown>} Value a DynamoDB JSON value such as {"N":"1"} */
/** @typedef {Record<string, Value>} Item */
/** @typedef {Record<string, unknown>} Keyring */
/**
 * @typedef {object} Config the configuration of the fieldseal command line
 * @property {string} logicalTableName
 * @property {string} partitionKeyName
 * @property {string} [sortKeyName]
 * @property {string} [algorithmSuiteId]
 * @property {Record<string, string>} attributeActionsOnEncrypt
 * @property {string[]} [allowedUnsignedAttributes]
 * @property {string} [allowedUnsignedAttributePrefix]
 * @property {string} [plaintextOverride]
 * @property {Keyring} keyring
 */
/**
 * @typedef {object} Case
 * @property {string} name
 * @property {Config} config
 * @property {Item} item the plaintext
 * @property {string} [note]
 * @property {boolean} [large] hundreds of kilobytes
 */
/** @typedef {Case & { reason: string, peers: string[] }} Rejection what the named peers refuse to encrypt */

/** @param {string} text @returns {Value} */
export const S = text => ({ S: text });
/** @param {string} number @returns {Value} */
export const N = number => ({ N: number });
/** @param {number[]} bytes @returns {Value} */
export const B = (...bytes) => ({ B: base64(bytes) });
/** @param {boolean} value @returns {Value} */
export const BOOL = value => ({ BOOL: value });
/** @returns {Value} */
export const NULL = () => ({ NULL: true });
/** @param {string[]} members @returns {Value} */
export const SS = (...members) => ({ SS: members });
/** @param {string[]} members @returns {Value} */
export const NS = (...members) => ({ NS: members });
/** @param {number[][]} members @returns {Value} */
export const BS = (...members) => ({ BS: members.map(base64) });
/** @param {Value[]} members @returns {Value} */
export const L = (...members) => ({ L: members });
/** @param {[string, Value][]} entries @returns {Value} */
export const M = (...entries) => ({ M: Object.fromEntries(entries) });

/** @param {Iterable<number>} bytes */
function base64(bytes) {
  return Buffer.from(Uint8Array.from(bytes)).toString('base64');
}

export const ENCRYPT = 'ENCRYPT_AND_SIGN';
export const SIGN = 'SIGN_ONLY';
export const CONTEXT = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
export const NOTHING = 'DO_NOTHING';

/** 0x6700 */
export const WITHOUT_ECDSA = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384';
/** 0x6701 */
export const WITH_ECDSA = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384';

/** @param {string} wrappingKey @param {string} keyName @returns {Keyring} */
export const rawAes = (wrappingKey, keyName) => ({ type: 'raw-aes', keyNamespace: 'interop', keyName, wrappingKey });
/** @param {{ publicKey?: string, privateKey?: string }} pair @param {string} [paddingScheme] @returns {Keyring} */
export const rawRsa = (pair, paddingScheme) => ({
  type: 'raw-rsa',
  keyNamespace: 'interop',
  keyName: 'rsa',
  ...pair,
  ...(paddingScheme === undefined ? {} : { paddingScheme }),
});
/** @param {Keyring} generator @param {Keyring[]} children @returns {Keyring} */
export const multi = (generator, ...children) => ({ type: 'multi', generator, children });

export const aes256 = rawAes(AES_256, 'aes-256');
export const otherAes256 = rawAes(AES_256_OTHER, 'other-aes-256');
export const aes192 = rawAes(AES_192, 'aes-192');
export const aes128 = rawAes(AES_128, 'aes-128');
export const rsa2048 = rawRsa(RSA_2048);
export const rsa4096 = rawRsa(RSA_4096);

/**
 * A configuration over the attribute `id`, which is the partition key and signed as the version asks.
 *
 * @param {Record<string, string>} actions the actions of the other attributes
 * @param {Partial<Config>} [settings] what differs from the ordinary
 * @returns {Config}
 */
export function config(actions, settings = {}) {
  const names = [settings.partitionKeyName ?? 'id', ...(settings.sortKeyName === undefined ? [] : [settings.sortKeyName])];
  const keyAction = Object.values(actions).includes(CONTEXT) ? CONTEXT : SIGN;
  return {
    logicalTableName: 'interop',
    partitionKeyName: 'id',
    algorithmSuiteId: WITHOUT_ECDSA,
    keyring: aes256,
    ...settings,
    attributeActionsOnEncrypt: { ...Object.fromEntries(names.map(name => [name, keyAction])), ...actions },
  };
}

/** A small deterministic generator (mulberry32) of numbers in [0, 1). @param {number} seed */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
