/**
 * What cannot be gone below: the primitives of a cell alone, one item at a time and synchronously. Suite 0x6701 has more floors: the same on
 * Node's thread pool with eight items in flight, and in both ways ECDSA P-384 alone, which takes so long that little else counts:
 *
 * - `ecdsa floor`: what an item needs, since each has a key pair of its own. To write: make the pair, sign. To read: load the public key, verify.
 *   WebCrypto loads it: nothing in Node is faster.
 * - `bare verify`: verification under a key that is loaded already, which no reader of items has.
 */
import { Buffer } from 'node:buffer';
import { generateKeyPair, generateKeyPairSync, KeyObject, sign, verify, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { generateSigningKey } from 'fieldseal/format';
import { repeated } from '../measure.mjs';
import { IN_FLIGHT, nameOf } from './fieldseal.mjs';
import { openRecord, sealRecord, wrappingOf } from './primitives.mjs';
import { shapeOf } from './shape.mjs';

/** @typedef {import('../measure.mjs').Competitor} Competitor */
/** @typedef {import('../scenarios.mjs').Cell} Cell */
/** @typedef {{ sign: (digest: Buffer) => unknown, verify: (signed: Signed, key: KeyObject) => unknown }} Ecdsa */
/** @typedef {{ digest: Buffer, signature: Buffer }} Signed */

const HASH = 'sha384';
const CURVE = { namedCurve: 'P-384' };

const generateOnPool = promisify(generateKeyPair);
const signOnPool = promisify(sign);
const verifyOnPool = promisify(verify);

/** Synchronous calls. @type {Ecdsa} */
const ONE_AT_A_TIME = {
  sign: digest => sign(HASH, digest, generateKeyPairSync('ec', CURVE).privateKey),
  verify: ({ digest, signature }, key) => refuseInvalid(verify(HASH, digest, key, signature)),
};

/** Asynchronous calls, which Node runs on its thread pool. @type {Ecdsa} */
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

  const { signed, point } = await signedBy(record.digest);
  const loadedKey = await load(point);
  return [
    { inFlight: 1, ecdsa: ONE_AT_A_TIME },
    { inFlight: IN_FLIGHT, ecdsa: ON_THREAD_POOL },
  ].flatMap(({ inFlight, ecdsa }) => {
    const competitor = (name, once) => repeated(nameOf(name, inFlight), once, inFlight);
    if (cell.direction === 'encrypt') {
      return [competitor('floor', () => ecdsa.sign(write())), competitor('ecdsa floor', () => ecdsa.sign(record.digest))];
    }
    const loadAndVerify = async () => ecdsa.verify(signed, await load(point));
    const readSigned = () => {
      read();
      return loadAndVerify();
    };
    return [
      competitor('floor', readSigned),
      competitor('ecdsa floor', loadAndVerify),
      competitor('bare verify', () => ecdsa.verify(signed, loadedKey)),
    ];
  });
}

/** A signature, and the compressed point of its public key, as an item stores it. @param {Buffer} digest */
async function signedBy(digest) {
  const { publicKey, privateKey } = await generateSigningKey();
  const signed = { digest, signature: sign(HASH, digest, privateKey) };
  return { signed, point: Buffer.from(publicKey, 'base64') };
}

/** @param {Buffer} point */
async function load(point) {
  return KeyObject.from(await webcrypto.subtle.importKey('raw', point, { name: 'ECDSA', ...CURVE }, true, ['verify']));
}

/** @param {boolean} isValid */
function refuseInvalid(isValid) {
  if (!isValid) throw new Error('the signature does not verify');
}
