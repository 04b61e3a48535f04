import { Buffer } from 'node:buffer';
import { generateKeyPair, KeyObject, sign, verify, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { decodeBase64 } from '../bytes/base64.ts';

/** Every signature in a footer has exactly this many bytes (MPL's SignUtils forces it). */
export const SIGNATURE_LENGTH = 103;

const COORDINATE_LENGTH = 48;
const POINT_LENGTH = 1 + COORDINATE_LENGTH;
const ECDSA_P384 = { name: 'ECDSA', namedCurve: 'P-384' };
/** Order of P-384 (SEC 2, section 2.5.1). */
const ORDER = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;

/** A one-item signing key: `publicKey` is the compressed point in base64, as the encryption context holds it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

const generate = promisify(generateKeyPair);

/** Makes a P-384 key pair on the thread pool. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generate('ec', { namedCurve: 'P-384' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const yIsOdd = (Buffer.from(y, 'base64url').at(-1) ?? 0) & 1;
  const point = Buffer.concat([Buffer.of(2 + yIsOdd), Buffer.from(x, 'base64url')]);
  return { privateKey, publicKey: point.toString('base64') };
}

/**
 * Signs a record digest: ECDSA P-384 with SHA-384 over the digest as the message, DER of exactly 103 bytes. Of (r, s) and (r, n-s), both
 * valid, at most one has that length; when neither has, it signs again (MPL's SignUtils does the same).
 */
export async function signDigest(privateKey: KeyObject, digest: Uint8Array): Promise<Uint8Array> {
  for (;;) {
    const signature = await signOnce(privateKey, digest);
    const r = unsigned(signature.subarray(0, COORDINATE_LENGTH));
    const s = unsigned(signature.subarray(COORDINATE_LENGTH));
    for (const candidate of [s, ORDER - s]) {
      const der = derSignature(r, candidate);
      if (der.length === SIGNATURE_LENGTH) return der;
    }
  }
}

/** Verifies on the thread pool. A key or signature that cannot be parsed is a signature that does not verify. */
export async function verifySignature(publicKey: string, digest: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const key = await importPublicKey(publicKey);
  if (key === undefined) return false;
  return new Promise(resolve => verify('sha384', digest, key, signature, (error, valid) => resolve(error === null && valid)));
}

/** WebCrypto takes the point as it is, in two thirds of the time of `createPublicKey`; either refuses one that is not on the curve. */
async function importPublicKey(publicKey: string): Promise<KeyObject | undefined> {
  const point = decodeBase64(publicKey);
  if (point?.length !== POINT_LENGTH || (point[0] !== 2 && point[0] !== 3)) return undefined;
  try {
    return KeyObject.from(await webcrypto.subtle.importKey('raw', point, ECDSA_P384, true, ['verify']));
  } catch {
    return undefined;
  }
}

function signOnce(privateKey: KeyObject, digest: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    sign('sha384', digest, { key: privateKey, dsaEncoding: 'ieee-p1363' }, (error, signature) =>
      error ? reject(error) : resolve(signature),
    ),
  );
}

function derSignature(r: bigint, s: bigint): Uint8Array {
  const body = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

function derInteger(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const padding = (bytes[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.of(0x02, bytes.length + padding.length, ...padding), bytes]);
}

function unsigned(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}
