import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateSigningKey, SIGNATURE_LENGTH, type SigningKey, signDigest, verifySignature } from '../../src/format/signature.ts';

const digest = createHash('sha384').update('a canonical record').digest();
const publicKeyOf = ({ privateKey }: SigningKey) => createPublicKey(privateKey);

test('200 signatures have 103 bytes and verify, also by Node alone', async () => {
  const key = await generateSigningKey();
  const signatures = await Promise.all(Array.from({ length: 200 }, () => signDigest(key.privateKey, digest)));
  for (const signature of signatures) {
    expect(signature).toHaveLength(SIGNATURE_LENGTH);
    expect(verify('sha384', digest, publicKeyOf(key), signature)).toBe(true); // the digest is the message, hashed again
    expect(await verifySignature(key.publicKey, digest, signature)).toBe(true);
  }
  expect(new Set(signatures.map(signature => Buffer.from(signature).toString('hex'))).size).toBe(200);
});

test('Node by itself would write other lengths', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const lengths = new Set(Array.from({ length: 100 }, () => sign('sha384', digest, privateKey).length));
  expect(lengths.size).toBeGreaterThan(1);
});

test('a digest is not taken for the hash itself', async () => {
  const key = await generateSigningKey();
  const signature = await signDigest(key.privateKey, digest);
  const hashOfDigest = createHash('sha384').update(digest).digest();
  expect(await verifySignature(key.publicKey, hashOfDigest, signature)).toBe(false);
});

describe('a signing key', () => {
  test('is new each time', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, generateSigningKey));
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(20);
  });

  test('names its compressed point in 68 characters of base64, for even and odd y', async () => {
    const starts = new Set<number | undefined>();
    for (const key of await Promise.all(Array.from({ length: 40 }, generateSigningKey))) {
      const point = Buffer.from(key.publicKey, 'base64');
      expect([point.length, key.publicKey.length]).toEqual([49, 68]);
      const { x } = publicKeyOf(key).export({ format: 'jwk' });
      expect(point.subarray(1).toString('base64url')).toBe(x);
      starts.add(point[0]);
    }
    expect([...starts].sort()).toEqual([2, 3]);
  });
});

describe('no public key or signature makes verification throw:', () => {
  const cases: Readonly<Record<string, (key: SigningKey, signature: Uint8Array) => readonly [key: string, signature: Uint8Array]>> = {
    'an empty key': (_, signature) => ['', signature],
    'a key that is no base64': (_, signature) => ['*'.repeat(68), signature],
    'base64 with white space': ({ publicKey }, signature) => [`${publicKey}\n`, signature],
    'an uncompressed point': (_, signature) => [Buffer.concat([Buffer.of(4), Buffer.alloc(96, 1)]).toString('base64'), signature],
    'a point that is not on the curve': (_, signature) => [
      Buffer.concat([Buffer.of(2), Buffer.alloc(48, 0xff)]).toString('base64'),
      signature,
    ],
    'the point at infinity': (_, signature) => [Buffer.alloc(1).toString('base64'), signature],
    'an empty signature': ({ publicKey }) => [publicKey, Buffer.alloc(0)],
    'a signature of zeros': ({ publicKey }) => [publicKey, Buffer.alloc(103)],
    'a truncated signature': ({ publicKey }, signature) => [publicKey, signature.subarray(0, 102)],
    'a signature with a byte too many': ({ publicKey }, signature) => [publicKey, Buffer.concat([signature, Buffer.of(0)])],
  };

  test.each(Object.entries(cases))('%s', async (_, change) => {
    const key = await generateSigningKey();
    const [publicKey, signature] = change(key, await signDigest(key.privateKey, digest));
    expect(await verifySignature(publicKey, digest, signature)).toBe(false);
  });
});
