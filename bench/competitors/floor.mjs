/**
 * What cannot be gone below: the primitives of a cell alone, one item at a time and synchronously. Suite 0x6701 has more floors: the same on
 * Node's thread pool with eight items in flight, and in both ways ECDSA P-384 alone, which takes so long that little else counts:
 *
 * - `ecdsa floor`: what an item needs, since each has a key pair of its own. To write: make the pair, sign. To read: load the public key, verify.
 * - `bare verify`: verification under a key that is loaded already, which no reader of items has.
 */
import { Buffer } from 'node:buffer';
import { createPublicKey, generateKeyPair, generateKeyPairSync, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { generateSigningKey } from 'fieldseal/format';
import { repeated } from '../measure.mjs';
import { IN_FLIGHT, nameOf } from './fieldseal.mjs';
import { openRecord, sealRecord, wrappingOf } from './primitives.mjs';
import { shapeOf } from './shape.mjs';

/** @typedef {import('../measure.mjs').Competitor} Competitor */
/** @typedef {import('../scenarios.mjs').Cell} Cell */
/** @typedef {import('node:crypto').KeyObject | import('node:crypto').PublicKeyInput} PublicKey */
/** @typedef {{ sign: (digest: Buffer) => unknown, verify: (signed: Signed, key: PublicKey) => unknown }} Ecdsa */
/** @typedef {{ digest: Buffer, signature: Buffer }} Signed */

const HASH = 'sha384';
const CURVE = { namedCurve: 'P-384' };
/** What precedes a compressed point in a DER public key. */
const SPKI_PREFIX = Buffer.from('3046301006072a8648ce3d020106052b81040022033200', 'hex');

const generateOnPool = promisify(generateKeyPair);
const signOnPool = promisify(sign);
const verifyOnPool = promisify(verify);

/** Synchronous calls. @type {Ecdsa} */
const ONE_AT_A_TIME = {
  sign: digest => sign(HASH, digest, generateKeyPairSync('ec', CURVE).privateKey),
  verify: ({ digest, signature }, key) => refuseInvalid(verify(HASH, digest, key, signature)),
};

/** Asynchronous calls, which Node runs on its thread pool; it loads keys before. @type {Ecdsa} */
const ON_THREAD_POOL = {
  sign: async digest => signOnPool(HASH, digest, (await generateOnPool('ec', CURVE)).privateKey),
  verify: async ({ digest, signature }, key) => refuseInvalid(await verifyOnPool(HASH, digest, key, signature)),
};

/**
 * @param {Cell} cell
 * @returns {Promise<Competitor[]>}
 */
export async function floor(cell) {
  const shape = await shapeOf(cell);
  const wrapping = wrappingOf(cell.keyring);
  const record = sealRecord(shape, wrapping);
  const write = () => sealRecord(shape, wrapping).digest;
  const read = () => openRecord(shape, wrapping, record);
  if (cell.suite === '0x6700') return [repeated('floor', cell.direction === 'encrypt' ? write : read)];

  const { signed, storedKey, loadedKey } = await signedBy(record.digest);
  return [
    { inFlight: 1, ecdsa: ONE_AT_A_TIME },
    { inFlight: IN_FLIGHT, ecdsa: ON_THREAD_POOL },
  ].flatMap(({ inFlight, ecdsa }) => {
    const competitor = (name, once) => repeated(nameOf(name, inFlight), once, inFlight);
    if (cell.direction === 'encrypt') {
      return [competitor('floor', () => ecdsa.sign(write())), competitor('ecdsa floor', () => ecdsa.sign(record.digest))];
    }
    const readSigned = () => {
      read();
      return ecdsa.verify(signed, storedKey);
    };
    return [
      competitor('floor', readSigned),
      competitor('ecdsa floor', () => ecdsa.verify(signed, storedKey)),
      competitor('bare verify', () => ecdsa.verify(signed, loadedKey)),
    ];
  });
}

/** A signature, and its public key as an item stores it and as a key that was loaded and used before. @param {Buffer} digest */
async function signedBy(digest) {
  const { publicKey, privateKey } = await generateSigningKey();
  const signed = { digest, signature: sign(HASH, digest, privateKey) };
  const storedKey = { key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' };
  return { signed, storedKey, loadedKey: createPublicKey(storedKey) };
}

/** @param {boolean} isValid */
function refuseInvalid(isValid) {
  if (!isValid) throw new Error('the signature does not verify');
}
