/** Arbitrary keyrings, each with the keys by which the reference does the same. */
import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { hierarchical, type Keyring, multi, rawAes, rawRsa } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import type { BranchKey, RawAesKey, RawRsaKey, WrappingKey } from '../reference/wrapping.ts';

export interface Recipients {
  readonly keyring: Keyring;
  /** In the order of the encrypted data keys. */
  readonly keys: readonly WrappingKey[];
  /** What reports of failures show instead of keys in PEM. */
  readonly [fc.toStringMethod]: () => string;
}

function recipientsOf(keyring: Keyring, ...keys: readonly WrappingKey[]): Recipients {
  const shown = keys.map(({ kind }) => kind).join(' and ');
  return { keyring, keys, [fc.toStringMethod]: () => `<${shown}>` };
}

const rsaPairs = [0, 1].map(() =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }),
);

const providerName = fc
  .oneof(fc.constantFrom('app', 'aes-256'), fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }))
  .filter(name => name !== 'aws-kms');
const keyBytes = (length: number): fc.Arbitrary<Buffer> => fc.uint8Array({ minLength: length, maxLength: length }).map(Buffer.from);

const aesKey: fc.Arbitrary<RawAesKey> = fc.record({
  kind: fc.constant('raw-aes'),
  keyNamespace: providerName,
  keyName: providerName,
  wrappingKey: fc.constantFrom(16, 24, 32).chain(keyBytes),
});

const rsaKey: fc.Arbitrary<RawRsaKey> = fc
  .record({
    kind: fc.constant('raw-rsa'),
    keyNamespace: providerName,
    keyName: providerName,
    pair: fc.constantFrom(...rsaPairs),
  })
  .map(({ pair, ...names }) => ({ ...names, ...pair }));

const branchKey: fc.Arbitrary<BranchKey> = fc.record({
  kind: fc.constant('branch'),
  branchKeyId: fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  version: fc.uuid(),
  branchKey: keyBytes(32).filter(key => key.some(byte => byte !== 0)), // a key of zeros is refused as one that was zeroed in use
});

function keyringOf(key: WrappingKey): Keyring {
  if (key.kind === 'raw-aes') return rawAes({ keyNamespace: key.keyNamespace, keyName: key.keyName, wrappingKey: key.wrappingKey });
  if (key.kind === 'raw-rsa') {
    const { kind: _, ...options } = key;
    return rawRsa(options);
  }
  const keyStore = memoryKeyStore();
  keyStore.put({ branchKeyId: key.branchKeyId, version: key.version, key: key.branchKey });
  return hierarchical({ keyStore, branchKey: key.branchKeyId, ttlSeconds: 60 });
}

const single = fc.oneof<fc.Arbitrary<WrappingKey>[]>(aesKey, rsaKey, branchKey);

/** One to four recipients of any kind; multi-keyrings also within multi-keyrings. */
export const recipients: fc.Arbitrary<Recipients> = fc.oneof(
  { weight: 3, arbitrary: single.map(key => recipientsOf(keyringOf(key), key)) },
  { weight: 2, arbitrary: fc.tuple(single, fc.array(single, { minLength: 1, maxLength: 3 }), fc.boolean()).map(multiOf) },
);

function multiOf([generator, children, nested]: [WrappingKey, WrappingKey[], boolean]): Recipients {
  const [first, ...others] = children.map(keyringOf);
  const inner = nested && first !== undefined ? [multi({ generator: first, children: others })] : [first, ...others];
  const keyring = multi({ generator: keyringOf(generator), children: inner.filter(child => child !== undefined) });
  return recipientsOf(keyring, generator, ...children);
}
