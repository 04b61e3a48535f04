import { randomBytes } from 'node:crypto';
import { BranchKeyStoreNode, KmsHierarchicalKeyRingNode } from '@aws-crypto/client-node';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { type BranchKeyMaterial, type BranchKeyStore, hierarchical } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { itemOf, movableClocks, tenantProcess } from '../support/tenants.ts';
import { codeOf, S, SYMMETRIC, tenantUsers } from './support.ts';

/** Coalesces reads as a batching store does: all callers of one tick get one promise, of one object. */
function sharingStore(keys: ReadonlyMap<string, BranchKeyMaterial>): BranchKeyStore {
  const pending = new Map<string, Promise<BranchKeyMaterial>>();
  const read = (id: string): Promise<BranchKeyMaterial> => {
    const known = pending.get(id);
    if (known !== undefined) return known;
    const material = keys.get(id);
    const promise = material === undefined ? Promise.reject(new Error('no such key')) : Promise.resolve(material);
    pending.set(id, promise);
    return promise;
  };
  return { logicalName: 'sharing', getActiveBranchKey: read, getBranchKeyVersion: read };
}

const version = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

describe('requirement 1: branch keys are intact while anybody uses them', () => {
  it('capacity 1, four tenants, 400 in flight, one shared promise: every data key opens under the real key, none under zeros', async () => {
    const tenants = [1, 2, 3, 4].map(n => `tenant-${n}`);
    const keys = new Map(
      tenants.map((branchKeyId, i) => [branchKeyId, { branchKeyId, version: version(i), key: new Uint8Array(randomBytes(32)) }]),
    );
    const keyring = hierarchical({
      keyStore: sharingStore(keys),
      branchKey: ({ context }) => context.tenantId ?? '',
      ttlSeconds: 60,
      maxEntries: 1,
    });
    const writer = itemEncryptor({ table: tenantUsers, keyring, algorithmSuiteId: SYMMETRIC });
    const items = Array.from({ length: 400 }, (_, i) => ({ id: S(`${i}`), tenantId: S(tenants[i % 4] ?? ''), ssn: S(`secret ${i}`) }));
    const stored = await Promise.all(items.map(item => writer.encryptAttributes(item)));

    const reread = itemEncryptor({ table: tenantUsers, keyring, algorithmSuiteId: SYMMETRIC });
    expect(await Promise.all(stored.map(item => reread.decryptAttributes(item)))).toEqual(items);

    const independent = memoryKeyStore();
    for (const material of keys.values()) independent.put(material);
    const fresh = hierarchical({ keyStore: independent, branchKey: ({ context }) => context.tenantId ?? '', ttlSeconds: 60 });
    const elsewhere = itemEncryptor({ table: tenantUsers, keyring: fresh });
    expect(await Promise.all(stored.map(item => elsewhere.decryptAttributes(item)))).toEqual(items);
    for (const { key } of keys.values()) expect(key.some(byte => byte !== 0)).toBe(true);
  });

  it('the same while a purge, a rotation and a refresh come again and again', async () => {
    const store = memoryKeyStore();
    const tenants = ['a', 'b', 'c', 'd'];
    for (const tenant of tenants) await store.createKey(`branch-${tenant}`);
    const clocks = movableClocks();
    const process = tenantProcess(store, {
      maxEntries: 1,
      clocks,
      ttlSeconds: 10,
      refreshAheadSeconds: 5,
      rereadCache: { maxAgeSeconds: 5, maxEntries: 3 },
    });
    let running = true;
    const disturbance = (async () => {
      for (let i = 0; running; i++) {
        const tenant = `branch-${tenants[i % 4]}`;
        if (i % 3 === 0) await store.rotate(tenant);
        if (i % 5 === 0) process.keyring.purge(i % 2 === 0 ? tenant : undefined);
        clocks.pass(1_000);
        await new Promise(resolve => setImmediate(resolve));
      }
    })();
    const items = Array.from({ length: 400 }, (_, i) => itemOf(tenants[i % 4] ?? '', `${i}`));
    const stored = await Promise.all(items.map(item => process.encryptAttributes(item)));
    const reread = await Promise.all(stored.map(item => process.decryptAttributes(item)));
    running = false;
    await disturbance;
    expect(reread).toEqual(items);
    const elsewhere = tenantProcess(store);
    expect(await Promise.all(stored.map(item => elsewhere.decryptAttributes(item)))).toEqual(items);
    expect(store.unreleased).toBe(0);
  });

  it('a branch key of zeros wraps nothing', async () => {
    const zeros = new Map([['t', { branchKeyId: 't', version: version(1), key: new Uint8Array(32) }]]);
    const writer = itemEncryptor({
      table: tenantUsers,
      keyring: hierarchical({ keyStore: sharingStore(zeros), branchKey: 't', ttlSeconds: 60 }),
    });
    expect(await codeOf(() => writer.encryptAttributes({ id: S('1'), tenantId: S('t'), ssn: S('x') }))).toBe('KEY_INVALID');
  });

  it('keys that the store hands out are given back', async () => {
    const store = memoryKeyStore();
    const { branchKeyId } = await store.createKey();
    const writer = itemEncryptor({
      table: tenantUsers,
      keyring: hierarchical({ keyStore: store, branchKey: branchKeyId, ttlSeconds: 60 }),
    });
    const stored = await writer.encryptAttributes({ id: S('1'), tenantId: S('t'), ssn: S('x') });
    await writer.decryptAttributes(stored);
    expect(store.unreleased).toBe(0);
  });

  it('the hierarchical keyring of the AWS Encryption SDK for JavaScript is refused, with the fix', async () => {
    const fake = new FakeKms();
    const { arn } = fake.createKey();
    const keyStore = new BranchKeyStoreNode({
      logicalKeyStoreName: 'keys',
      storage: { ddbTableName: 'keys' },
      keyManagement: { kmsClient: fake.client() },
      kmsConfiguration: { identifier: arn },
    });
    const keyring = new KmsHierarchicalKeyRingNode({ keyStore, branchKeyId: 'b', cacheLimitTtl: 60 });
    expect(() => itemEncryptor({ table: tenantUsers, keyring })).toThrow(
      expect.objectContaining({ code: 'KEYRING_REFUSED', message: expect.stringContaining('use hierarchical() of fieldseal/kms') }),
    );
    await fake.close();
  });
});
