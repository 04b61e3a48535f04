import { randomBytes, randomUUID } from 'node:crypto';
import type { AttributeMap } from 'fieldseal/dynamodb';
import { branchKeyPer, hierarchical } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { byTenant, collected, eventsOf, itemOf, movableClocks, tenantProcess } from '../support/tenants.ts';
import { codeOf, encryptor, S, withBytes } from './support.ts';

const NOTHING = { active: 0, version: 0 };

/** The 92 bytes of the keyring follow the 48 of the wrapped data key; the version is after a salt of 16 and an iv of 12 bytes. */
function underVersion(stored: AttributeMap, version: Uint8Array): AttributeMap {
  return withBytes(stored, 'aws_dbe_head', head => {
    const providerInfo = head.indexOf('branch-'); // the ciphertext follows it, with its length
    const info = head.readUInt16BE(providerInfo - 2);
    head.set(version, providerInfo + info + 2 + 48 + 28);
    return head;
  });
}

describe('requirement 2: the branch key supplier sees what is not verified', () => {
  it('an answer that is not the item’s branch key is refused before any read', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const stored = await tenantProcess(store).encryptAttributes(itemOf('a'));
    store.reset();
    const moved = { ...stored, tenantId: S('b') };
    expect(await codeOf(() => tenantProcess(store).decryptAttributes(moved))).toBe('NOT_AUTHENTIC');
    expect(store.reads).toEqual(NOTHING);
  });

  it.each([
    ['reads a name that is not in the context', ({ context }: { context: Readonly<Record<string, string>> }) => `tenant-${context.tenent}`],
    [
      'asks for an attribute that is not in the context',
      ({ attribute }: { attribute: (name: string) => string }) => `tenant-${attribute('org')}`,
    ],
    ['knows no such tenant', () => undefined],
    ['throws', () => JSON.parse('{')],
  ])('a supplier that %s is MISSING_CONTEXT before any read, both ways', async (_, branchKey) => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const stored = await tenantProcess(store).encryptAttributes(itemOf('a'));
    store.reset();
    const wrong = tenantProcess(store, { branchKey });
    expect(await codeOf(() => wrong.encryptAttributes(itemOf('a')))).toBe('MISSING_CONTEXT');
    expect(await codeOf(() => wrong.decryptAttributes(stored))).toBe('MISSING_CONTEXT');
    expect(store.reads).toEqual(NOTHING);
  });

  it('provisions on encryption alone, once for all who write at the same time, with a context', async () => {
    const store = memoryKeyStore();
    const provision = ({ attribute, branchKeyId }: { attribute: (name: string) => string; branchKeyId: string }) => ({
      tenant: attribute('tenantId'),
      id: branchKeyId,
    });
    const process = tenantProcess(store, { provision });
    const events = await eventsOf<{ action: string }>('fieldseal:audit', () =>
      Promise.all(Array.from({ length: 50 }, (_, i) => process.encryptAttributes(itemOf('new', `${i}`)))),
    );
    expect(events.map(({ action }) => action)).toEqual(['key-created', 'key-provisioned']);
    const keys = await collected(store.list());
    expect(keys).toMatchObject([{ branchKeyId: 'branch-new', encryptionContext: { tenant: 'new', id: 'branch-new' } }]);

    const elsewhere = memoryKeyStore();
    const stored = await process.encryptAttributes(itemOf('new'));
    expect(await codeOf(() => tenantProcess(elsewhere, { provision }).decryptAttributes(stored))).toBe('KEY_NOT_FOUND');
    expect(await collected(elsewhere.list())).toEqual([]);
  });

  it('another process that was quicker provisions for both', async () => {
    const store = memoryKeyStore();
    const [one, other] = [tenantProcess(store, { provision: { by: 'one' } }), tenantProcess(store, { provision: { by: 'other' } })];
    const [first, second] = await Promise.all([one.encryptAttributes(itemOf('new')), other.encryptAttributes(itemOf('new'))]);
    expect(await one.decryptAttributes(second)).toEqual(itemOf('new'));
    expect(await other.decryptAttributes(first)).toEqual(itemOf('new'));
    expect(await collected(store.list())).toHaveLength(1);
  });

  it('a shredded tenant is not provisioned again', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    await store.remove('branch-a');
    expect(await codeOf(() => tenantProcess(store, { provision: { by: 'test' } }).encryptAttributes(itemOf('a')))).toBe('KEY_SHREDDED');
  });

  it.each([{}, 'x', null])('provision %o is CONFIG_INVALID', async provision => {
    expect(await codeOf(() => tenantProcess(memoryKeyStore(), { provision: provision as never }))).toBe('CONFIG_INVALID');
  });

  it('remembers what is not there, for a while', async () => {
    const store = memoryKeyStore();
    const clocks = movableClocks();
    const process = tenantProcess(store, { clocks, rememberAbsentSeconds: 5 });
    for (let i = 0; i < 10; i++) expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_NOT_FOUND');
    expect(store.reads.active).toBe(1);
    expect(process.keyring.stats().branchKeys.absentHits).toBe(9);
    clocks.pass(5000);
    await store.createKey('branch-a');
    await process.encryptAttributes(itemOf('a'));
    expect(store.reads.active).toBe(2);
  });

  it('unknown ids and versions push no key out, and cost a bounded number of reads', async () => {
    const store = memoryKeyStore();
    const clocks = movableClocks();
    await store.createKey('branch-good');
    const process = tenantProcess(store, { clocks, maxEntries: 2 });
    const good = await process.encryptAttributes(itemOf('good'));
    store.reset();

    const forgedVersions = Array.from({ length: 1000 }, () => underVersion(good, randomBytes(16)));
    const codes = await Promise.all(forgedVersions.map(item => codeOf(() => process.decryptAttributes(item))));
    expect(new Set(codes)).toEqual(new Set(['KEY_NOT_FOUND', 'KEY_UNAVAILABLE']));
    const versionReads = store.reads.version;

    const forgedTenants = Array.from({ length: 1000 }, () => itemOf(randomUUID()));
    await Promise.all(forgedTenants.map(item => codeOf(() => process.encryptAttributes(item))));
    const activeReads = store.reads.active;
    expect(versionReads).toBeLessThanOrEqual(20 + 10);
    expect(activeReads).toBeLessThanOrEqual(100 + 50);

    expect(await process.decryptAttributes(good)).toEqual(itemOf('good'));
    await process.encryptAttributes(itemOf('good', '2'));
    expect(store.reads).toEqual({ active: activeReads, version: versionReads });

    store.reset();
    for (let second = 0; second < 10; second++) {
      clocks.pass(1000);
      for (let i = 0; i < 50; i++) await codeOf(() => process.decryptAttributes(underVersion(good, randomBytes(16))));
    }
    expect(store.reads.version).toBeLessThanOrEqual(2 * 10 + 2);
  });

  it('one branch key for each value of an attribute is one line, and its ids are UUIDs that show no name', async () => {
    const store = memoryKeyStore();
    const namespace = randomUUID();
    const branchKey = branchKeyPer('tenantId', { namespace });
    const process = tenantProcess(store, { branchKey, provision: { made: 'by-test' } });
    const stored = await process.encryptAttributes(itemOf('acme'));
    await process.encryptAttributes(itemOf('other'));
    const ids = (await collected(store.list())).map(({ branchKeyId }) => branchKeyId);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await tenantProcess(store, { branchKey: branchKeyPer('tenantId', { namespace }) }).decryptAttributes(stored)).toEqual(
      itemOf('acme'),
    );
    const foreign = tenantProcess(store, { branchKey: branchKeyPer('tenantId', { namespace: randomUUID() }) });
    expect(await codeOf(() => foreign.decryptAttributes(stored))).toBe('NOT_AUTHENTIC');
    expect(await codeOf(() => branchKeyPer('tenantId', { namespace: '' }))).toBe('CONFIG_INVALID');
  });

  it('a supplier may look the id up elsewhere', async () => {
    const store = memoryKeyStore();
    const { branchKeyId } = await store.createKey();
    const process = tenantProcess(store, { branchKey: async input => ((await byTenant(input)) === 'branch-a' ? branchKeyId : undefined) });
    expect(await process.decryptAttributes(await process.encryptAttributes(itemOf('a')))).toEqual(itemOf('a'));
    expect(await codeOf(() => process.encryptAttributes(itemOf('b')))).toBe('MISSING_CONTEXT');
  });

  it('an unknown branch key is a coded error before KMS is called', async () => {
    const keyring = hierarchical({ keyStore: memoryKeyStore(), branchKey: 'nobody', ttlSeconds: 60 });
    expect(await codeOf(() => encryptor({ keyring }).encryptAttributes({ id: S('1') }))).toBe('KEY_NOT_FOUND');
  });
});
