import { hierarchical, kms, multi, NOT_ERASED, type ShredOptions, shred } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { eventsOf, gated, itemOf, movableClocks, settled, tenantProcess } from '../support/tenants.ts';
import { aesKeyring, codeOf } from './support.ts';

describe('requirement 7: shred() says what it does, and what it cannot', () => {
  it('makes what was written unreadable at once, with a code of its own, and its id cannot be made again', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const process = tenantProcess(store, { rereadCache: { maxAgeSeconds: 60 } });
    const stored = await process.encryptAttributes(itemOf('a'));
    await process.decryptAttributes(stored);
    const { version } = await store.rotate('branch-a');

    const events = await eventsOf<{ action: string }>('fieldseal:audit', async () => {
      const report = await shred('branch-a', { keyring: process.keyring, confirm: 'branch-a' });
      expect(report).toMatchObject({ branchKeyId: 'branch-a', beaconKey: true, alreadyShredded: false, dryRun: false });
      expect(report.versions).toHaveLength(2);
      expect(report.versions).toContain(version);
    });
    expect(events.map(({ action }) => action)).toEqual(['key-shredded', 'keys-purged']);
    expect(process.keyring.stats()).toMatchObject({ branchKeys: { entries: 0 }, rereads: { entries: 0 } });
    expect(await codeOf(() => process.decryptAttributes(stored))).toBe('KEY_SHREDDED');
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_SHREDDED');
    expect(await codeOf(() => store.createKey({ branchKeyId: 'branch-a', encryptionContext: { again: 'yes' } }))).toBe('KEY_SHREDDED');
    expect(await codeOf(() => store.rotate('branch-a'))).toBe('KEY_SHREDDED');
  });

  it('tells what it cannot erase', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const { keyring } = tenantProcess(store);
    const { notErased } = await shred('branch-a', { keyring, dryRun: true });
    expect(notErased).toBe(NOT_ERASED);
    for (const word of ['point-in-time recovery', 'backups', 'streams', 'replicas', 'caches of other processes', 'recipients']) {
      expect(notErased.join('\n')).toContain(word);
    }
  });

  it('without the id a second time, or in a dry run, nothing happens', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const process = tenantProcess(store);
    const stored = await process.encryptAttributes(itemOf('a'));
    const { keyring } = process;
    for (const confirm of [{}, { confirm: 'branch-b' }, { confirm: '' }]) {
      const options = { keyring, ...confirm } as ShredOptions; // the types ask for a confirmation or a dry run
      expect(await codeOf(() => shred('branch-a', options))).toBe('OPERATION_REFUSED');
    }
    expect(await shred('branch-a', { keyring, dryRun: true, confirm: 'branch-a' })).toMatchObject({
      dryRun: true,
      versions: [expect.any(String)],
    });
    expect(await tenantProcess(store).decryptAttributes(stored)).toEqual(itemOf('a'));
    expect(await codeOf(() => shred('branch-b', { keyring, confirm: 'branch-b' }))).toBe('KEY_NOT_FOUND');
    expect(await codeOf(() => shred('', { keyring, confirm: '' }))).toBe('CONFIG_INVALID');
  });

  it('refuses a keyring with a second recipient, and one without a key store', async () => {
    await using fake = new FakeKms();
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const { keyring: first } = tenantProcess(store);
    const withRecovery = multi({ generator: first, children: [kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() })] });
    const refused = shred('branch-a', { keyring: withRecovery, confirm: 'branch-a' });
    await expect(refused).rejects.toMatchObject({ code: 'OPERATION_REFUSED', message: expect.stringContaining('KMS key arn:') });
    expect(await codeOf(() => shred('branch-a', { keyring: aesKeyring(), confirm: 'branch-a' }))).toBe('CONFIG_INVALID');
    const readOnly = hierarchical({ keyStore: gated(store).store, branchKey: 'branch-a', ttlSeconds: 60 });
    expect(await codeOf(() => shred('branch-a', { keyring: readOnly, confirm: 'branch-a' }))).toBe('CONFIG_INVALID');
    expect(await store.getActiveBranchKey('branch-a')).toMatchObject({ branchKeyId: 'branch-a' });
  });

  it('other keyrings over the same store object are emptied; other processes go on until their time to live', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const clocks = movableClocks();
    const [here, sibling] = [tenantProcess(store), tenantProcess(store)];
    const elsewhere = tenantProcess(gated(store).store, { clocks, ttlSeconds: 10 }); // hears of nothing
    const stored = await here.encryptAttributes(itemOf('a'));
    for (const { decryptAttributes } of [sibling, elsewhere]) await decryptAttributes(stored);
    await shred('branch-a', { keyring: here.keyring, confirm: 'branch-a' });
    expect(await codeOf(() => sibling.decryptAttributes(stored))).toBe('KEY_SHREDDED');
    expect(await elsewhere.decryptAttributes(stored)).toEqual(itemOf('a'));
    clocks.pass(10_000);
    expect(await codeOf(() => elsewhere.decryptAttributes(stored))).toBe('KEY_SHREDDED');
  });

  it('does not hold up other tenants', async () => {
    const store = memoryKeyStore();
    for (const tenant of ['a', 'b']) await store.createKey(`branch-${tenant}`);
    const process = tenantProcess(store);
    const stored = await Promise.all(['a', 'b'].map(tenant => process.encryptAttributes(itemOf(tenant))));
    await shred('branch-a', { keyring: process.keyring, confirm: 'branch-a' });
    await settled();
    expect(await Promise.all(stored.map(item => codeOf(() => process.decryptAttributes(item))))).toEqual(['KEY_SHREDDED', 'none']);
  });

  it('a record that comes back from a backup makes the data readable again: shred() said so', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const backup = await store.getActiveBranchKey('branch-a');
    const copy = { ...backup, key: Uint8Array.from(backup.key) };
    const stored = await tenantProcess(store).encryptAttributes(itemOf('a'));
    const { keyring } = tenantProcess(store);
    await shred('branch-a', { keyring, confirm: 'branch-a' });
    store.put(copy);
    expect(await tenantProcess(store).decryptAttributes(stored)).toEqual(itemOf('a'));
    expect(await shred('branch-a', { keyring, confirm: 'branch-a' })).toMatchObject({ alreadyShredded: true, versions: [copy.version] });
    expect(await codeOf(() => tenantProcess(store).decryptAttributes(stored))).toBe('KEY_SHREDDED');
  });
});
