import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { itemOf, movableClocks, tenantProcess } from '../support/tenants.ts';
import { codeOf } from './support.ts';

describe('requirement 5: expiry is checked at use, on two clocks, and the earlier wins', () => {
  it.each([
    ['both clocks reach the time to live', { wall: 10_000, monotonic: 10_000 }],
    ['only the wall clock does: the machine slept', { wall: 10_000, monotonic: 0 }],
    ['only the monotonic clock does: the wall clock was set back by as much', { wall: 0, monotonic: 10_000 }],
    ['the wall clock is set back behind the fetch', { wall: -1, monotonic: 1 }],
    ['the wall clock jumps a year', { wall: 31_536_000_000, monotonic: 5 }],
  ])('%s', async (_, { wall, monotonic }) => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const clocks = movableClocks();
    const { encryptAttributes, decryptAttributes } = tenantProcess(store, { clocks, ttlSeconds: 10, refreshAheadSeconds: 0 });
    const stored = await encryptAttributes(itemOf('a'));
    store.fail({ error: 'access-denied' });
    clocks.at.wall += wall;
    clocks.at.monotonic += monotonic;
    expect(await codeOf(() => encryptAttributes(itemOf('a')))).toBe('KEY_ACCESS_DENIED');
    expect(await codeOf(() => decryptAttributes(stored))).toBe('KEY_ACCESS_DENIED');
  });

  it('a process that was frozen behaves when it is thawed: no timer fired, and the clock jumped', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const clocks = movableClocks();
    const process = tenantProcess(store, {
      clocks,
      ttlSeconds: 10,
      refreshAheadSeconds: 5,
      staleOnOutageSeconds: 60,
      rereadCache: { maxAgeSeconds: 30 },
    });
    const stored = await process.encryptAttributes(itemOf('a'));
    await process.decryptAttributes(stored);
    clocks.at.wall += 3_600_000; // the monotonic clock stands still
    const outage = store.fail({ error: 'unavailable' });
    expect(await codeOf(() => process.decryptAttributes(stored))).toBe('KEY_UNAVAILABLE');
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_UNAVAILABLE');
    outage.remove();
    expect(await process.decryptAttributes(stored)).toEqual(itemOf('a'));
    expect(process.keyring.stats().branchKeys.staleUses).toBe(0);
  });

  it('a clock that is set back does not make a key usable again, nor keep an absence for ever', async () => {
    const store = memoryKeyStore();
    const clocks = movableClocks();
    const process = tenantProcess(store, { clocks, ttlSeconds: 10, staleOnOutageSeconds: 60 });
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_NOT_FOUND');
    clocks.at.wall -= 1000;
    const elsewhere = memoryKeyStore();
    await elsewhere.createKey('branch-a');
    store.put({ ...(await elsewhere.getActiveBranchKey('branch-a')) });
    await process.encryptAttributes(itemOf('a'));
    store.fail({ error: 'unavailable' });
    clocks.at.wall -= 1000;
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_UNAVAILABLE');
  });

  it('no timer keeps a process alive, nor does a cache: this file would not end', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const before = process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length;
    const tenant = tenantProcess(store, { rereadCache: { maxAgeSeconds: 3600 } });
    await tenant.decryptAttributes(await tenant.encryptAttributes(itemOf('a')));
    expect(process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length).toBe(before);
  });
});
