/**
 * The cryptographic operations of one item by bare `node:crypto`, in the order of the format and each in the cheapest way known (HKDF as
 * HMACs, whose first step two keys share; one key object for what a keyring holds), and nothing else: no serialising, sorting, checking,
 * zeroing or copying. What opens is what was sealed: the keys are derived, so every tag is a true one.
 */
import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY_LENGTH = 32;
const TAG_LENGTH = 16;
const STRIDE = 48;
const NO_SALT = Buffer.alloc(64);
const FIRST_BLOCK = Buffer.of(1);
const ZERO_IV = Buffer.alloc(12);
const ZERO_BLOCK = Buffer.alloc(16);
const INFO = { enc: Buffer.alloc(32, 1), mac: Buffer.alloc(32, 2), commit: Buffer.alloc(18, 3), root: Buffer.alloc(18, 4) };

/** @typedef {import('./shape.mjs').Shape} Shape */
/** @typedef {{ iv: Buffer, salt: Buffer | undefined, text: Buffer, tag: Buffer }} Sealed */
/** @typedef {{ messageId: Buffer, intermediate: Sealed, dataKey: Sealed, commitment: Buffer, sealed: Sealed[], digest: Buffer, tag: Buffer }} Record_ */
/**
 * Wraps the intermediate key: AES-GCM under a fixed key, or under one that is derived from it and a salt.
 *
 * @typedef {{ wrap: (key: Buffer, aad: Buffer) => Sealed, unwrap: (sealed: Sealed, aad: Buffer) => Buffer }} Wrapping
 */

/** @param {Shape} shape @param {Wrapping} wrapping @returns {Record_} */
export function sealRecord({ context, headerBody, canonicalRecord, fields }, wrapping) {
  const dataKey = randomBytes(KEY_LENGTH);
  const intermediateKey = randomBytes(KEY_LENGTH);
  const messageId = randomBytes(32);
  const intermediate = wrapping.wrap(intermediateKey, context);
  const ofIntermediateKey = extract(intermediateKey);
  const sealedKey = seal(expand(ofIntermediateKey, INFO.enc), ZERO_IV, context, dataKey);
  const ofDataKey = extract(dataKey);
  const commitment = hmac('sha512', expand(ofDataKey, INFO.commit, messageId), headerBody);
  const keys = fieldKeys(expand(ofDataKey, INFO.root, messageId), fields.length);
  const sealed = fields.map(({ path, value }, i) => seal(keyAt(keys, i), nonceAt(keys, i), path, value));
  const digest = createHash('sha384').update(canonicalRecord).digest();
  const tag = hmac('sha384', expand(ofIntermediateKey, INFO.mac), digest);
  return { messageId, intermediate, dataKey: sealedKey, commitment, sealed, digest, tag };
}

/** @param {Shape} shape @param {Wrapping} wrapping @param {Record_} record */
export function openRecord({ context, headerBody, canonicalRecord, fields }, wrapping, record) {
  const intermediateKey = wrapping.unwrap(record.intermediate, context);
  const ofIntermediateKey = extract(intermediateKey);
  const ofDataKey = extract(open(expand(ofIntermediateKey, INFO.enc), record.dataKey, context));
  const commitment = hmac('sha512', expand(ofDataKey, INFO.commit, record.messageId), headerBody);
  if (!timingSafeEqual(commitment, record.commitment)) throw new Error('the commitment differs');
  const digest = createHash('sha384').update(canonicalRecord).digest();
  if (!timingSafeEqual(hmac('sha384', expand(ofIntermediateKey, INFO.mac), digest), record.tag)) throw new Error('the tag differs');
  const keys = fieldKeys(expand(ofDataKey, INFO.root, record.messageId), fields.length);
  const opened = fields.map(({ path }, i) => open(keyAt(keys, i), { ...record.sealed[i], iv: nonceAt(keys, i) }, path));
  return { digest, opened };
}

/** How a keyring wraps. @param {import('../scenarios.mjs').KeyringName} keyring @returns {Wrapping} */
export function wrappingOf(keyring) {
  const fixedKey = createSecretKey(randomBytes(KEY_LENGTH));
  if (keyring === 'raw-aes') {
    return {
      wrap: (key, aad) => seal(fixedKey, randomBytes(12), aad, key),
      unwrap: (sealed, aad) => open(fixedKey, sealed, aad),
    };
  }
  return {
    wrap: (key, aad) => {
      const salt = randomBytes(16);
      return { ...seal(hmac('sha256', fixedKey, salt), randomBytes(12), aad, key), salt };
    },
    unwrap: (sealed, aad) => open(hmac('sha256', fixedKey, sealed.salt ?? ZERO_BLOCK), sealed, aad),
  };
}

/** The first step of HKDF-SHA512. @param {Buffer} key */
function extract(key) {
  return hmac('sha512', NO_SALT, key);
}

/** Its second step. @param {Buffer} pseudorandomKey @param {Buffer} info @param {Buffer} [messageId] */
function expand(pseudorandomKey, info, messageId) {
  const block = createHmac('sha512', pseudorandomKey).update(info);
  if (messageId !== undefined) block.update(messageId);
  return block.update(FIRST_BLOCK).digest().subarray(0, KEY_LENGTH);
}

/** @param {string} hash @param {Buffer | import('node:crypto').KeyObject} key @param {Buffer} input */
function hmac(hash, key, input) {
  return createHmac(hash, key).update(input).digest();
}

/** @param {Buffer | import('node:crypto').KeyObject} key @param {Buffer} iv @param {Uint8Array} aad @param {Buffer} plaintext @returns {Sealed} */
function seal(key, iv, aad, plaintext) {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(aad);
  const text = cipher.update(plaintext);
  cipher.final();
  return { iv, salt: undefined, text, tag: cipher.getAuthTag() };
}

/** @param {Buffer | import('node:crypto').KeyObject} key @param {Sealed} sealed @param {Uint8Array} aad */
function open(key, { iv, text, tag }, aad) {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_LENGTH });
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(text);
  decipher.final();
  return plaintext;
}

/** Key and nonce of every field, from one key stream. @param {Buffer} root @param {number} count */
function fieldKeys(root, count) {
  return createCipheriv('aes-256-ctr', root, ZERO_BLOCK).update(Buffer.alloc(STRIDE * count));
}

/** @param {Buffer} keys @param {number} index */
function keyAt(keys, index) {
  return keys.subarray(STRIDE * index, STRIDE * index + KEY_LENGTH);
}

/** @param {Buffer} keys @param {number} index */
function nonceAt(keys, index) {
  return keys.subarray(STRIDE * index + KEY_LENGTH, STRIDE * index + KEY_LENGTH + ZERO_IV.length);
}
