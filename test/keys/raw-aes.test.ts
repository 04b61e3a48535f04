import { Buffer } from 'node:buffer';
import { inspect } from 'node:util';
import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-node';
import {
  AlgorithmSuiteIdentifier,
  EncryptedDataKey as EsdkEncryptedDataKey,
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
  unwrapDataKey,
} from '@aws-crypto/material-management-node';
import fc from 'fast-check';
import { type EncryptedDataKey, type EncryptionContext, freezeContext, serializeContext } from 'fieldseal/format';
import { rawAes } from 'fieldseal/kms';
import { describe, expect, it } from 'vitest';
import { runs, SLOW } from '../property/runs.ts';
import { text } from '../property/values.ts';
import { codeOf } from '../security/support.ts';

const SUITE = new NodeAlgorithmSuite(AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY);
const WRAPPING_SUITES = {
  16: RawAesWrappingSuiteIdentifier.AES128_GCM_IV12_TAG16_NO_PADDING,
  24: RawAesWrappingSuiteIdentifier.AES192_GCM_IV12_TAG16_NO_PADDING,
  32: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
} as const;
const names = { keyNamespace: 'näme space', keyName: 'kéy 🗝' };
const context = freezeContext([
  ['aws-crypto-attr.Pk', 'UTF-8 order differs from that of a locale'],
  ['aws-crypto-attr.aaa', '…'],
]);

type KeyLength = keyof typeof WRAPPING_SUITES;
const wrappingKey = (length: KeyLength): Uint8Array => Buffer.alloc(length, length);

function theirs(length: KeyLength): RawAesKeyringNode {
  return new RawAesKeyringNode({
    ...names,
    unencryptedMasterKey: Uint8Array.from(wrappingKey(length)),
    wrappingSuite: WRAPPING_SUITES[length],
    utf8Sorting: true,
  });
}

function ours(length: KeyLength, more: Partial<Parameters<typeof rawAes>[0]> = {}) {
  const [leaf] = rawAes({ ...names, wrappingKey: wrappingKey(length), ...more }).leaves;
  if (leaf?.generate === undefined) throw new TypeError('a raw AES keyring has one leaf, which writes');
  const generate = leaf.generate.bind(leaf);
  return {
    wrap: (under: EncryptionContext) => generate(under, serializeContext(under)),
    unwrap: (edk: EncryptedDataKey, under: EncryptionContext) => leaf.unwrap(edk, under, serializeContext(under)),
  };
}

async function theyWrap(length: KeyLength, under: EncryptionContext) {
  const material = new NodeEncryptionMaterial(SUITE, under);
  await theirs(length).onEncrypt(material);
  const [edk] = material.encryptedDataKeys;
  if (edk?.rawInfo === undefined) throw new TypeError('one data key was wrapped');
  const encryptedKey = { providerId: edk.providerId, providerInfo: edk.rawInfo, ciphertext: edk.encryptedDataKey };
  return { key: Buffer.from(unwrapDataKey(material.getUnencryptedDataKey())), encryptedKey };
}

async function theyUnwrap(length: KeyLength, { providerId, providerInfo, ciphertext }: EncryptedDataKey, under: EncryptionContext) {
  const material = new NodeDecryptionMaterial(SUITE, under);
  const edk = new EsdkEncryptedDataKey({
    providerId,
    providerInfo: Buffer.from(providerInfo).toString('utf8'),
    rawInfo: Uint8Array.from(providerInfo),
    encryptedDataKey: Uint8Array.from(ciphertext),
  });
  await theirs(length).onDecrypt(material, [edk]);
  return material.hasUnencryptedDataKey ? Buffer.from(unwrapDataKey(material.getUnencryptedDataKey())) : undefined;
}

describe.each([16, 24, 32] as const)('a raw AES key of %i bytes, beside the keyring of the AWS Encryption SDK for JavaScript', length => {
  it('it unwraps what ours wrapped', async () => {
    const { key, encryptedKey } = await ours(length).wrap(context);
    expect(await theyUnwrap(length, encryptedKey, context)).toEqual(Buffer.from(key));
  });

  it('ours unwraps what it wrapped', async () => {
    const { key, encryptedKey } = await theyWrap(length, context);
    expect(Buffer.from((await ours(length).unwrap(encryptedKey, context)) ?? [])).toEqual(key);
  });

  it('both refuse the same changes', async () => {
    const { encryptedKey } = await theyWrap(length, context);
    for (const ciphertext of changes(encryptedKey.ciphertext)) {
      expect(await theyUnwrap(length, { ...encryptedKey, ciphertext }, context)).toBeUndefined();
      expect(await codeOf(() => ours(length).unwrap({ ...encryptedKey, ciphertext }, context))).toBe('NOT_AUTHENTIC');
    }
    const otherContext = freezeContext([['aws-crypto-attr.aaa', '…']]);
    expect(await codeOf(() => ours(length).unwrap(encryptedKey, otherContext))).toBe('NOT_AUTHENTIC');
  });
});

describe('a raw AES key', () => {
  it('wraps under any context as the AWS Encryption SDK for JavaScript does', SLOW, async () => {
    const entries = fc.uniqueArray(fc.tuple(text, text), { minLength: 1, maxLength: 6, selector: ([key]) => key });
    await fc.assert(
      fc.asyncProperty(entries, async given => {
        const under = freezeContext(given);
        const { key, encryptedKey } = await ours(32).wrap(under);
        expect(await theyUnwrap(32, encryptedKey, under)).toEqual(Buffer.from(key));
        const fromThem = await theyWrap(32, under);
        expect(Buffer.from((await ours(32).unwrap(fromThem.encryptedKey, under)) ?? [])).toEqual(fromThem.key);
      }),
      runs(50),
    );
  });

  it('makes a key and an IV of its own each time', async () => {
    const { wrap } = ours(32);
    const wrapped = await Promise.all(Array.from({ length: 50 }, () => wrap(context)));
    expect(new Set(wrapped.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(50);
    expect(new Set(wrapped.map(({ encryptedKey }) => Buffer.from(encryptedKey.providerInfo.subarray(-12)).toString('hex'))).size).toBe(50);
  });

  it('gives keys in backing stores of their own', async () => {
    const { key, encryptedKey } = await ours(32).wrap(context);
    const opened = await ours(32).unwrap(encryptedKey, context);
    expect([key.buffer.byteLength, opened?.buffer.byteLength]).toEqual([32, 32]);
  });

  it('leaves alone what other keys wrapped', async () => {
    const { encryptedKey } = await ours(32).wrap(context);
    for (const other of [{ keyNamespace: 'other' }, { keyName: 'other' }, { keyName: `${names.keyName}!` }]) {
      expect(await ours(32, other).unwrap(encryptedKey, context)).toBeUndefined();
    }
    for (const providerInfo of changes(encryptedKey.providerInfo.subarray(0, -12)).map(start => Buffer.concat([start, Buffer.alloc(12)]))) {
      expect(await ours(32).unwrap({ ...encryptedKey, providerInfo }, context)).toBeUndefined();
    }
  });

  it('takes a context that the AWS Encryption SDK for JavaScript has no room for', async () => {
    const large = freezeContext(['a', 'b', 'c'].map(name => [name, 'x'.repeat(40_000)] as const));
    const { key, encryptedKey } = await ours(32).wrap(large);
    expect(Buffer.from((await ours(32).unwrap(encryptedKey, large)) ?? [])).toEqual(Buffer.from(key));
  });

  it('is shown nowhere', () => {
    const keyring = rawAes({ ...names, wrappingKey: Buffer.from('0123456789abcdef0123456789abcdef') });
    const shown = inspect(keyring, { depth: 10, showHidden: true }) + inspect(keyring.leaves, { depth: 10, showHidden: true });
    expect(shown).not.toMatch(/0123456789abcdef|30 31 32|48,\s*49/);
  });

  it.each([
    ['of zeros', { wrappingKey: new Uint8Array(32) }],
    ['as a text', { wrappingKey: 'x'.repeat(32) as never }],
    ['without a namespace', { keyNamespace: '' }],
    ['with a name that is no text', { keyName: 1 as never }],
    ['with a lone surrogate in its name', { keyName: '\ud800' }],
    ['in the namespace of KMS', { keyNamespace: 'aws-kms' }],
  ])('%s is CONFIG_INVALID', async (_, more) => {
    expect(await codeOf(() => ours(32, more))).toBe('CONFIG_INVALID');
  });
});

/** One bit flipped at both ends and in the middle, a byte less and a byte more. */
function changes(bytes: Uint8Array): Uint8Array[] {
  const flipped = [0, bytes.length >> 1, bytes.length - 1].map(at => Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 1 : byte)));
  return [...flipped, bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)])];
}
