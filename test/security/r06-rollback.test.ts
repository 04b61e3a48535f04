import { randomBytes, randomUUID } from 'node:crypto';
import type { BranchKeyStore } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { eventsOf, itemOf, movableClocks, settled, tenantProcess } from '../support/tenants.ts';
import { codeOf } from './support.ts';

const versionAt = (createTime: string) => ({
  branchKeyId: 'branch-a',
  version: randomUUID(),
  key: new Uint8Array(randomBytes(32)),
  createTime,
});

describe('requirement 6: a process refuses an active branch key that is older than one it has seen', () => {
  const running = (store: BranchKeyStore) => {
    const clocks = movableClocks();
    return { clocks, process: tenantProcess(store, { clocks, ttlSeconds: 10, refreshAheadSeconds: 0 }) };
  };

  it('one that it saw replaced, however close they are in time', async () => {
    const store = memoryKeyStore();
    const { clocks, process } = running(store);
    const [first, second] = [versionAt('2026-01-01T00:00:00.000000Z'), versionAt('2026-01-01T00:00:01.000000Z')];
    store.put(first);
    const old = await process.encryptAttributes(itemOf('a'));
    store.put(second);
    clocks.pass(10_000);
    await process.encryptAttributes(itemOf('a'));
    store.put(first);
    clocks.pass(10_000);
    const events = await eventsOf<object>('fieldseal:audit', async () => {
      expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_ROLLED_BACK');
    });
    expect(events).toMatchObject([
      { action: 'rollback-refused', branchKeyId: 'branch-a', version: first.version, keyStore: 'memory-key-store' },
    ]);
    expect(await process.decryptAttributes(old)).toEqual(itemOf('a')); // its version is still read by its name
    expect(store.unreleased).toBe(0);
  });

  it.each([
    ['as libraries write times that put a colon before the fraction', '2026-01-01T00:00:00:000000Z', '2025-12-31T23:00:00:123456Z'],
    ['in two forms', '2026-01-01T00:00:00.000000Z', '2025-12-31T23:00:00:123456Z'],
    ['to the second', '2026-01-01T00:00:00Z', '2025-12-31T00:00:00Z'],
  ])('one that it never saw, by its time, %s', async (_, seen, older) => {
    const keys = [versionAt(seen), versionAt(older), versionAt('2026-02-01T00:00:00.000000Z')];
    const store: BranchKeyStore = {
      logicalName: 'answers in turn',
      getActiveBranchKey: async () => keys.shift() ?? versionAt('2026-03-01T00:00:00Z'),
      getBranchKeyVersion: () => Promise.reject(new Error('nobody asks')),
    };
    const { clocks, process } = running(store);
    await process.encryptAttributes(itemOf('a'));
    clocks.pass(10_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_ROLLED_BACK');
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
  });

  it('not one that another machine made whose clock is a little behind', async () => {
    const store = memoryKeyStore();
    const { clocks, process } = running(store);
    store.put(versionAt('2026-01-01T00:00:00.000000Z'));
    await process.encryptAttributes(itemOf('a'));
    store.put(versionAt('2025-12-31T23:59:00.000000Z'));
    clocks.pass(10_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
  });

  it('in a refresh too: the key that is there is used until it expires, and never as a stale one', async () => {
    const store = memoryKeyStore();
    const clocks = movableClocks();
    const process = tenantProcess(store, { clocks, ttlSeconds: 10, refreshAheadSeconds: 5, staleOnOutageSeconds: 60 });
    store.put(versionAt('2026-01-01T00:00:00.000000Z'));
    await process.encryptAttributes(itemOf('a'));
    store.put(versionAt('2025-01-01T00:00:00.000000Z'));
    clocks.pass(6_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
    await settled();
    clocks.pass(4_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_ROLLED_BACK');
  });
});
