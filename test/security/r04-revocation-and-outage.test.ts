import type { BranchKeyStore, HierarchicalOptions } from 'fieldseal/kms';
import { type KeyStoreFaultKind, type MemoryKeyStore, memoryKeyStore } from 'fieldseal/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, gated, itemOf, movableClocks, settled, type TenantProcess, tenantProcess } from '../support/tenants.ts';
import { codeOf } from './support.ts';

const TTL = 10_000;

describe('requirement 4: how long a branch key is used', () => {
  let store: MemoryKeyStore;
  let clocks: ReturnType<typeof movableClocks>;
  beforeEach(async () => {
    store = memoryKeyStore();
    clocks = movableClocks();
    await store.createKey('branch-a');
  });
  const processWith = (options: Partial<HierarchicalOptions> = {}): TenantProcess =>
    tenantProcess(store, { ttlSeconds: TTL / 1000, clocks, ...options });
  const write = (process: TenantProcess): Promise<string> => codeOf(() => process.encryptAttributes(itemOf('a')));

  it('is not used after its time to live without asking', async () => {
    const process = processWith({ refreshAheadSeconds: 0 });
    const stored = await process.encryptAttributes(itemOf('a'));
    clocks.pass(TTL - 1);
    expect(await write(process)).toBe('none');
    expect(store.reads.active).toBe(1);
    store.fail({ error: 'unavailable' });
    clocks.pass(1);
    expect(await write(process)).toBe('KEY_UNAVAILABLE');
    expect(await codeOf(() => process.decryptAttributes(stored))).toBe('KEY_UNAVAILABLE');
    expect(process.keyring.stats().longestUseAfterRevocationSeconds).toBe(10);
  });

  it('is fetched anew inside its time to live, once, and nobody waits', async () => {
    const gate = gated(store);
    const process = tenantProcess(gate.store, { ttlSeconds: 10, refreshAheadSeconds: 3, clocks });
    await process.encryptAttributes(itemOf('a'));
    clocks.pass(6_999);
    await process.encryptAttributes(itemOf('a'));
    await settled();
    expect(store.reads.active).toBe(1);

    gate.close();
    clocks.pass(1);
    for (let i = 0; i < 20; i++) await process.encryptAttributes(itemOf('a')); // would hang if anybody waited
    expect(gate.waiting).toBe(1);
    gate.open();
    await settled();
    clocks.pass(6_000); // 13 s after the first fetch, 6 s after the second
    await process.encryptAttributes(itemOf('a'));
    expect(store.reads.active).toBe(2);
    expect(process.keyring.stats().branchKeys).toMatchObject({ loads: 1, refreshes: 1, misses: 1 });
  });

  it('a refresh that fails for want of service leaves the key until it expires, and is not repeated all the time', async () => {
    const process = processWith({ refreshAheadSeconds: 5 });
    await process.encryptAttributes(itemOf('a'));
    const outage = store.fail({ error: 'unavailable' });
    clocks.pass(5_000);
    for (let i = 0; i < 20; i++) {
      expect(await write(process)).toBe('none');
      await settled();
    }
    expect(outage.hits).toBe(1);
    clocks.pass(1_000);
    await write(process);
    await settled();
    expect(outage.hits).toBe(2);
    outage.remove();
    clocks.pass(1_000);
    await write(process);
    await settled();
    clocks.pass(5_000); // 12 s after the first fetch
    expect(await write(process)).toBe('none');
  });

  it('staleOnOutage is off unless it is switched on, at most an hour, and not for ever', async () => {
    const process = processWith({ staleOnOutageSeconds: 30 });
    const stored = await process.encryptAttributes(itemOf('a'));
    store.fail({ error: 'unavailable' });
    clocks.pass(TTL + 29_999);
    const events = await eventsOf<{ action: string }>('fieldseal:cache', async () => {
      expect(await write(process)).toBe('none');
      expect(await process.decryptAttributes(stored)).toEqual(itemOf('a'));
    });
    expect(events.filter(({ action }) => action === 'stale')).toHaveLength(2);
    expect(process.keyring.stats()).toMatchObject({ branchKeys: { staleUses: 2 }, longestUseAfterRevocationSeconds: 40 });
    clocks.pass(1);
    expect(await write(process)).toBe('KEY_UNAVAILABLE');
    expect(await codeOf(() => processWith({ staleOnOutageSeconds: 3601 }))).toBe('CONFIG_INVALID');
  });

  it('during a known outage nobody waits for the key store', async () => {
    const gate = gated(store);
    const process = tenantProcess(gate.store, { ttlSeconds: 10, refreshAheadSeconds: 0, staleOnOutageSeconds: 60, clocks });
    await process.encryptAttributes(itemOf('a'));
    const outage = store.fail({ error: 'unavailable' });
    clocks.pass(TTL);
    expect(await write(process)).toBe('none'); // whoever comes first finds out
    gate.close();
    clocks.pass(2_000);
    for (let i = 0; i < 10; i++) expect(await write(process)).toBe('none');
    expect(gate.waiting).toBe(1);
    outage.remove();
    gate.open();
    await settled();
    clocks.pass(1_000);
    expect(await write(process)).toBe('none'); // begins the refresh that succeeds
    await settled();
    const { staleUses } = process.keyring.stats().branchKeys;
    expect(await write(process)).toBe('none');
    expect(process.keyring.stats().branchKeys.staleUses).toBe(staleUses);
  });

  it.each<[KeyStoreFaultKind, string]>([
    ['access-denied', 'KEY_ACCESS_DENIED'],
    ['not-found', 'KEY_NOT_FOUND'],
  ])('%s evicts at once, in a refresh too, whatever staleOnOutage says', async (error, code) => {
    for (const age of [9_500, TTL + 1]) {
      const process = processWith({ refreshAheadSeconds: 1, staleOnOutageSeconds: 60 });
      const stored = await process.encryptAttributes(itemOf('a'));
      const denial = store.fail({ error });
      clocks.pass(age);
      await write(process); // the refresh begins here, or the fetch
      await settled();
      expect(process.keyring.stats().branchKeys.entries).toBe(0);
      expect(await write(process)).toBe(code);
      expect(await codeOf(() => process.decryptAttributes(stored))).toBe(code);
      denial.remove();
    }
  });

  it('what cannot be classified is no outage', async () => {
    let broken = false;
    const odd: BranchKeyStore = {
      logicalName: 'odd',
      getActiveBranchKey: id => (broken ? Promise.reject(new TypeError('a mistake in the store')) : store.getActiveBranchKey(id)),
      getBranchKeyVersion: (id, version) => store.getBranchKeyVersion(id, version),
    };
    const process = tenantProcess(odd, { ttlSeconds: 10, staleOnOutageSeconds: 60, clocks });
    await process.encryptAttributes(itemOf('a'));
    broken = true;
    clocks.pass(TTL);
    expect(await write(process)).toBe('KEY_UNAVAILABLE');
  });

  it('a key store that never answers fails as an outage, and what it answers later is given back', async () => {
    const gate = gated(store);
    gate.close();
    const process = tenantProcess(gate.store, { fetchTimeoutSeconds: 0.05 });
    const error = await process.encryptAttributes(itemOf('a')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true, message: expect.stringContaining('within 0.05 s') });
    gate.open();
    await settled();
    expect(store.unreleased).toBe(0);
    expect(process.keyring.stats().branchKeys.entries).toBe(0);
    expect(await write(process)).toBe('none');
  });

  it('purges one tenant at once', async () => {
    await store.createKey('branch-b');
    const process = processWith();
    const stored = await Promise.all(['a', 'b'].map(tenant => process.encryptAttributes(itemOf(tenant))));
    process.keyring.purge('branch-a');
    store.fail({ error: 'access-denied' });
    const codes = await Promise.all(stored.map(item => codeOf(() => process.decryptAttributes(item))));
    expect(codes).toEqual(['KEY_ACCESS_DENIED', 'none']);
  });

  it('what was asked for before a purge is asked for again after it', async () => {
    const gate = gated(store);
    gate.close();
    const process = tenantProcess(gate.store);
    const waiting = process.encryptAttributes(itemOf('a'));
    await settled();
    process.keyring.purge('branch-a');
    gate.open();
    await waiting;
    expect(store.reads.active).toBe(2);
    expect(process.keyring.stats().branchKeys.entries).toBe(1);
  });
});
