import type { AttributeMap } from 'fieldseal/dynamodb';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { kms, kmsDiscovery, mrk, multi, type RereadCacheOptions } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, itemOf, movableClocks, tenantProcess } from '../support/tenants.ts';
import { codeOf, flipped, S, SIGNED, SYMMETRIC, tenantUsers, withBytes } from './support.ts';

const rereadCache: RereadCacheOptions = { maxAgeSeconds: 60 };

describe('requirement 3: the cache for re-reads', () => {
  let fake: FakeKms;
  let kmsKeyId: string;
  beforeEach(() => {
    fake = new FakeKms();
    kmsKeyId = fake.createKey({ replicaRegions: ['eu-west-1'] }).arn;
  });
  afterEach(() => fake.close());

  const keyringOf = (options: Partial<RereadCacheOptions> = {}) =>
    kms({ kmsKeyId, kmsClient: fake.client(), rereadCache: { ...rereadCache, ...options } });
  const over = (keyring: ReturnType<typeof kms>, algorithmSuiteId: typeof SYMMETRIC | typeof SIGNED = SYMMETRIC) =>
    itemEncryptor({ table: tenantUsers, keyring, algorithmSuiteId });

  it('is off unless it is switched on', async () => {
    const keyring = kms({ kmsKeyId, kmsClient: fake.client() });
    const stored = await over(keyring).encryptAttributes(itemOf('a'));
    for (let i = 0; i < 3; i++) await over(keyring).decryptAttributes(stored);
    expect(fake.count('Decrypt')).toBe(3);
    expect(keyring.stats()).toMatchObject({ rereads: { hits: 0, misses: 0 }, longestUseAfterRevocationSeconds: 0 });
  });

  it.each([SYMMETRIC, SIGNED] as const)('reads the same item again without a call, under %s', async suite => {
    const keyring = keyringOf();
    const stored = await over(keyring, suite).encryptAttributes(itemOf('a'));
    for (let i = 0; i < 5; i++) expect(await over(keyring).decryptAttributes(stored)).toEqual(itemOf('a'));
    expect(fake.count('Decrypt')).toBe(1);
    expect(keyring.stats().rereads).toEqual({ hits: 4, misses: 1, evictions: 0, entries: 1 });
  });

  it('is for reading alone: every item that is written has keys of its own', async () => {
    const keyring = keyringOf();
    for (let i = 0; i < 3; i++) await over(keyring).encryptAttributes(itemOf('a'));
    expect(fake.count('GenerateDataKey')).toBe(3);
    expect(keyring.stats().rereads.entries).toBe(0);
  });

  it('is not shared across keyrings', async () => {
    const stored = await over(keyringOf()).encryptAttributes(itemOf('a'));
    await over(keyringOf()).decryptAttributes(stored);
    await over(keyringOf()).decryptAttributes(stored);
    expect(fake.count('Decrypt')).toBe(2);
  });

  it.each([
    ['another tenant in its context', (item: AttributeMap) => ({ ...item, tenantId: S('b') })],
    ['another key value', (item: AttributeMap) => ({ ...item, id: S('2') })],
    [
      'a bit of the wrapped data key changed',
      (item: AttributeMap) => withBytes(item, 'aws_dbe_head', head => flipped(head, head.length - 60)),
    ],
    ['its footer changed', (item: AttributeMap) => withBytes(item, 'aws_dbe_foot', foot => flipped(foot, 0))],
    ['its attribute changed', (item: AttributeMap) => withBytes(item, 'ssn', ssn => flipped(ssn, -1))],
  ])('an item with %s does not open because it was read before', async (_, change) => {
    const { encryptAttributes, decryptAttributes } = over(keyringOf());
    const stored = await encryptAttributes(itemOf('a'));
    await decryptAttributes(stored);
    expect(await codeOf(() => decryptAttributes(change(stored)))).toBe('NOT_AUTHENTIC');
    expect(await decryptAttributes(stored)).toEqual(itemOf('a'));
  });

  it('ends with its age, its uses and its size', async () => {
    const clocks = movableClocks();
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const { keyring, encryptAttributes, decryptAttributes } = tenantProcess(store, {
      clocks,
      ttlSeconds: 3600,
      rereadCache: { maxAgeSeconds: 10, maxUses: 3, maxEntries: 2 },
    });
    const stored = await Promise.all(['1', '2', '3'].map(id => encryptAttributes(itemOf('a', id))));
    const [first = {}] = stored;
    for (let i = 0; i < 5; i++) await decryptAttributes(first);
    expect(keyring.stats().rereads).toMatchObject({ hits: 3, misses: 2 });
    clocks.pass(10_000);
    await decryptAttributes(first);
    expect(keyring.stats().rereads).toMatchObject({ hits: 3, misses: 3 });
    for (const item of stored) await decryptAttributes(item);
    expect(keyring.stats().rereads).toEqual({ hits: 4, misses: 5, evictions: 1, entries: 2 });
    expect(keyring.stats().longestUseAfterRevocationSeconds).toBe(3610);
  });

  it.each([
    ['a purge', async (keyring: ReturnType<typeof kms>) => keyring.purge()],
    ['a disposal', async (keyring: ReturnType<typeof kms>) => keyring.dispose()],
    [
      'a denial of another read',
      async (keyring: ReturnType<typeof kms>) => {
        const other = await over(keyring).encryptAttributes(itemOf('other'));
        fake.fail({ operation: 'Decrypt', error: 'disabled', times: 1 });
        expect(await codeOf(() => over(keyring).decryptAttributes(other))).toBe('KEY_ACCESS_DENIED');
      },
    ],
    [
      'a denial of a write',
      async (keyring: ReturnType<typeof kms>) => {
        fake.fail({ operation: 'GenerateDataKey', error: 'access-denied', times: 1 });
        expect(await codeOf(() => over(keyring).encryptAttributes(itemOf('other')))).toBe('KEY_ACCESS_DENIED');
      },
    ],
  ])('is emptied by %s', async (_, empty) => {
    const keyring = keyringOf();
    const stored = await over(keyring).encryptAttributes(itemOf('a'));
    await over(keyring).decryptAttributes(stored);
    await empty(keyring);
    expect(keyring.stats().rereads.entries).toBe(0);
    fake.fail({ operation: 'Decrypt', error: 'disabled' });
    expect(await codeOf(() => over(keyring).decryptAttributes(stored))).toBe('KEY_ACCESS_DENIED');
  });

  it('under branch keys it is emptied of one tenant by a purge of that tenant, and the supplier is asked on every read', async () => {
    const store = memoryKeyStore();
    for (const tenant of ['a', 'b']) await store.createKey(`branch-${tenant}`);
    let asked = 0;
    let mapping = (tenant: string): string => `branch-${tenant}`;
    const branchKey = ({ attribute }: { attribute: (name: string) => string }): string => {
      asked++;
      return mapping(attribute('tenantId'));
    };
    const { keyring, encryptAttributes, decryptAttributes } = tenantProcess(store, { branchKey, rereadCache });
    const stored = await Promise.all(['a', 'b'].map(tenant => encryptAttributes(itemOf(tenant))));
    for (const item of stored) await decryptAttributes(item);
    keyring.purge('branch-a');
    expect(keyring.stats()).toMatchObject({ rereads: { entries: 1 }, branchKeys: { entries: 1 } });
    asked = 0;
    for (const item of stored) await decryptAttributes(item);
    expect(asked).toBe(2);
    mapping = () => 'branch-elsewhere';
    for (const item of stored) expect(await codeOf(() => decryptAttributes(item))).toBe('NOT_AUTHENTIC');
  });

  it('in a multi-keyring each key has its own, and the other key still opens', async () => {
    const [one, other] = [keyringOf(), kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client(), rereadCache })];
    const keyring = multi({ generator: one, children: [other] });
    const stored = await over(keyring).encryptAttributes(itemOf('a'));
    await over(keyring).decryptAttributes(stored);
    await over(keyring).decryptAttributes(stored);
    expect(keyring.stats().rereads).toMatchObject({ hits: 1, entries: 1 });
    expect(other.stats().rereads.entries).toBe(0);
  });

  it('works for multi-region keys and discovery', async () => {
    const stored = await over(mrk({ kmsKeyId, kmsClient: fake.client() })).encryptAttributes(itemOf('a'));
    const readers = [
      mrk({ kmsKeyId, kmsClient: fake.client(), rereadCache }),
      kmsDiscovery({ discoveryFilter: { partition: 'aws', accountIDs: ['111122223333'] }, kmsClient: fake.client(), rereadCache }),
    ];
    for (const reader of readers) {
      fake.reset();
      for (let i = 0; i < 3; i++) expect(await over(reader).decryptAttributes(stored)).toEqual(itemOf('a'));
      expect(fake.count()).toBe(1);
    }
  });

  it('warns when it is of no use, and not while it fills', async () => {
    const keyring = keyringOf({ maxEntries: 40 });
    const { encryptAttributes, decryptAttributes } = over(keyring);
    const stored = await Promise.all(Array.from({ length: 100 }, (_, i) => encryptAttributes(itemOf('a', `${i}`))));
    const read = async (items: readonly AttributeMap[]): Promise<void> => {
      for (const item of items) await decryptAttributes(item);
    };
    const filling = await eventsOf<{ action: string }>('fieldseal:cache', () => read(stored.slice(0, 40)));
    expect(filling.filter(({ action }) => action === 'useless')).toEqual([]);
    const events = await eventsOf<{ action: string; lookups?: number }>('fieldseal:cache', () => read(stored.slice(40)));
    expect(events.filter(({ action }) => action === 'useless')).toMatchObject([{ cache: 'reread', lookups: 100 }]);
  });

  it.each([
    { maxAgeSeconds: 0 },
    { maxAgeSeconds: Number.NaN },
    { maxAgeSeconds: 90_000 },
    { maxAgeSeconds: 1, maxUses: 0 },
    { maxAgeSeconds: 1, ttl: 1 },
  ])('%o is CONFIG_INVALID', async options => {
    expect(await codeOf(() => kms({ kmsKeyId, kmsClient: fake.client(), rereadCache: options as RereadCacheOptions }))).toBe(
      'CONFIG_INVALID',
    );
  });
});
