import { randomBytes } from 'node:crypto';
import { BranchKeyStoreNode, KmsHierarchicalKeyRingNode } from '@aws-crypto/client-node';
import { NodeBranchKeyMaterial } from '@aws-crypto/material-management';
import {
  AlgorithmSuiteIdentifier,
  EncryptedDataKey,
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
  unwrapDataKey,
} from '@aws-crypto/material-management-node';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { freezeContext, serializeContext } from 'fieldseal/format';
import { hierarchical } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, encryptor, S, SYMMETRIC, tenantUsers, users } from '../security/support.ts';

const item = (id: string, tenant: string) => ({ id: S(id), tenantId: S(tenant), ssn: S('x') });
const perTenant = ({ context }: { context: Readonly<Record<string, string>> }): string => `branch-${context.tenantId}`;

describe('the hierarchical keyring', () => {
  it('reads the store once for each branch key, however many items are in flight', async () => {
    const store = memoryKeyStore();
    for (const tenant of ['a', 'b']) await store.createKey(`branch-${tenant}`);
    const { encryptAttributes, decryptAttributes } = itemEncryptor({
      table: tenantUsers,
      keyring: hierarchical({ keyStore: store, branchKey: perTenant, ttlSeconds: 60 }),
      algorithmSuiteId: SYMMETRIC,
    });
    const stored = await Promise.all(Array.from({ length: 100 }, (_, i) => encryptAttributes(item(`${i}`, i % 2 === 0 ? 'a' : 'b'))));
    await Promise.all(stored.map(one => decryptAttributes(one)));
    expect(store.reads).toEqual({ active: 2, version: 0 });
  });

  it('follows a rotation within its time to live, and still reads older versions', async () => {
    let now = 0;
    const clocks = { wall: () => now, monotonic: () => now };
    const store = memoryKeyStore();
    await store.createKey('b');
    const { encryptAttributes, decryptAttributes } = encryptor({
      keyring: hierarchical({ keyStore: store, branchKey: 'b', ttlSeconds: 10, clocks }),
    });
    const before = await encryptAttributes({ id: S('1') });
    await store.rotate('b');
    now = 9_999;
    const cached = await encryptAttributes({ id: S('1') });
    now = 10_000;
    const after = await encryptAttributes({ id: S('1') });
    expect(store.reads.active).toBe(2);
    for (const stored of [before, cached, after]) expect(await decryptAttributes(stored)).toEqual({ id: S('1') });
    expect(store.reads.version).toBe(1);
  });

  it.each([
    ['the wall clock jumps back', { wall: -1, monotonic: 0 }],
    ['only the wall clock moves', { wall: 10_000, monotonic: 0 }],
    ['only the monotonic clock moves', { wall: 0, monotonic: 10_000 }],
  ])('loads anew when %s', async (_, jump) => {
    const now = { wall: 0, monotonic: 0 };
    const store = memoryKeyStore();
    await store.createKey('b');
    const keyring = hierarchical({
      keyStore: store,
      branchKey: 'b',
      ttlSeconds: 10,
      clocks: { wall: () => now.wall, monotonic: () => now.monotonic },
    });
    const { encryptAttributes } = encryptor({ keyring });
    await encryptAttributes({ id: S('1') });
    Object.assign(now, jump);
    await encryptAttributes({ id: S('1') });
    expect(store.reads.active).toBe(2);
  });

  it('refuses an item of another branch key than the supplier names, before any read', async () => {
    const store = memoryKeyStore();
    for (const tenant of ['a', 'b']) await store.createKey(`branch-${tenant}`);
    const writer = itemEncryptor({ table: tenantUsers, keyring: hierarchical({ keyStore: store, branchKey: 'branch-a', ttlSeconds: 60 }) });
    const stored = await writer.encryptAttributes(item('1', 'b'));
    store.reset();
    const reader = itemEncryptor({ table: tenantUsers, keyring: hierarchical({ keyStore: store, branchKey: perTenant, ttlSeconds: 60 }) });
    expect(await codeOf(() => reader.decryptAttributes(stored))).toBe('NOT_AUTHENTIC');
    expect(store.reads).toEqual({ active: 0, version: 0 });
  });

  it('does not remember a failure', async () => {
    const store = memoryKeyStore();
    await store.createKey('b');
    const { encryptAttributes } = encryptor({ keyring: hierarchical({ keyStore: store, branchKey: 'b', ttlSeconds: 60 }) });
    store.fail({ error: 'unavailable', times: 1 });
    const outcomes = await Promise.allSettled([encryptAttributes({ id: S('1') }), encryptAttributes({ id: S('2') })]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'KEY_UNAVAILABLE', retryable: true } });
    await encryptAttributes({ id: S('3') });
  });

  it.each([
    ['an unknown branch key', 'KEY_NOT_FOUND', 'nobody'],
    ['a supplier that reads what is not in the context', 'MISSING_CONTEXT', perTenant],
    ['a supplier that answers nothing', 'MISSING_CONTEXT', () => ''],
  ] as const)('%s is %s', async (_, code, branchKey) => {
    const keyring = hierarchical({ keyStore: memoryKeyStore(), branchKey, ttlSeconds: 60 });
    expect(await codeOf(() => encryptor({ table: users, keyring }).encryptAttributes({ id: S('1') }))).toBe(code);
  });

  it('gives suppliers version 1 key values as text, and tells which names there are', async () => {
    const store = memoryKeyStore();
    await store.createKey('b');
    const seen: unknown[] = [];
    const keyring = hierarchical({
      keyStore: store,
      ttlSeconds: 60,
      branchKey: async ({ context }) => {
        seen.push(context.id, 'id' in context, 'tenantId' in context);
        return 'b';
      },
    });
    await encryptor({ keyring }).encryptAttributes({ id: S('ann') });
    expect(seen).toEqual(['ann', true, false]);
  });

  it.each([{ ttlSeconds: 0 }, { ttlSeconds: Number.POSITIVE_INFINITY }, { maxEntries: 0 }, { branchKey: '' }])(
    '%o is CONFIG_INVALID',
    async options => {
      expect(await codeOf(() => hierarchical({ keyStore: memoryKeyStore(), branchKey: 'b', ttlSeconds: 60, ...options }))).toBe(
        'CONFIG_INVALID',
      );
    },
  );
});

describe('beside the hierarchical keyring of the AWS Encryption SDK for JavaScript', () => {
  const branchKeyId = 'b';
  const version = '11111111-2222-4333-8444-555555555555';
  const branchKey = randomBytes(32);
  const suite = new NodeAlgorithmSuite(AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY);
  const context = freezeContext([
    ['aws-crypto-attr.Pk', 'UTF-8 order differs from that of a locale'],
    ['aws-crypto-attr.aaa', '…'],
    ['aws-crypto-table-name', 't'],
  ]);
  const material = async () => new NodeBranchKeyMaterial(Buffer.from(branchKey), branchKeyId, version, {});
  const keyStore: BranchKeyStoreNode = Object.create(BranchKeyStoreNode.prototype, {
    getActiveBranchKey: { value: material },
    getBranchKeyVersion: { value: material },
    getKeyStoreInfo: { value: () => ({ logicalKeyStoreName: 'keys' }) },
  });
  const theirs = () => new KmsHierarchicalKeyRingNode({ keyStore, branchKeyId, cacheLimitTtl: 60, utf8Sorting: true });
  const ours = () => {
    const store = memoryKeyStore();
    store.put({ branchKeyId, version, key: branchKey });
    const [leaf] = hierarchical({ keyStore: store, branchKey: branchKeyId, ttlSeconds: 60 }).leaves;
    if (leaf?.generate === undefined) throw new TypeError('a hierarchical keyring has one leaf, which writes');
    return { generate: leaf.generate.bind(leaf), unwrap: leaf.unwrap.bind(leaf) };
  };

  it('it unwraps what ours wrapped', async () => {
    const { key, encryptedKey } = await ours().generate(context, serializeContext(context));
    const decryption = new NodeDecryptionMaterial(suite, context);
    await theirs().onDecrypt(decryption, [
      new EncryptedDataKey({
        providerId: encryptedKey.providerId,
        providerInfo: branchKeyId,
        encryptedDataKey: Uint8Array.from(encryptedKey.ciphertext),
      }),
    ]);
    expect(Buffer.from(unwrapDataKey(decryption.getUnencryptedDataKey()))).toEqual(Buffer.from(key));
  });

  it('ours unwraps what it wrapped', async () => {
    const encryption = new NodeEncryptionMaterial(suite, context);
    await theirs().onEncrypt(encryption);
    const [edk] = encryption.encryptedDataKeys;
    if (edk === undefined) throw new TypeError('one data key was wrapped');
    const key = await ours().unwrap(
      { providerId: edk.providerId, providerInfo: Buffer.from(edk.providerInfo), ciphertext: edk.encryptedDataKey },
      context,
      serializeContext(context),
    );
    expect(Buffer.from(key ?? [])).toEqual(Buffer.from(unwrapDataKey(encryption.getUnencryptedDataKey())));
  });
});
