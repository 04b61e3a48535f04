import { inspect } from 'node:util';
import { memoryKeyStore, staticKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { allOf } from '../support/all-of.ts';

const VERSION = '11111111-2222-4333-8444-555555555555';
const KEY = new Uint8Array(32).fill(7);

describe('memoryKeyStore', () => {
  it('makes and rotates keys; old versions stay readable', async () => {
    const store = memoryKeyStore({ logicalName: 'keys' });
    expect(store.logicalName).toBe('keys');
    const { branchKeyId, version: first } = await store.createKey('tenant');
    const { version: second } = await store.rotate('tenant');
    expect(branchKeyId).toBe('tenant');
    const active = await store.getActiveBranchKey('tenant');
    const old = await store.getBranchKeyVersion('tenant', first);
    expect([active.version, old.version]).toEqual([second, first]);
    expect([active.key.length, old.key.length]).toEqual([32, 32]);
    expect(active.key).not.toEqual(old.key);
    expect((await store.getBranchKeyVersion('tenant', second)).key).toEqual(active.key);
  });

  it('names a key itself when no id is given', async () => {
    const store = memoryKeyStore();
    expect((await store.createKey()).branchKeyId).not.toBe((await store.createKey({ encryptionContext: { tenant: 't' } })).branchKeyId);
  });

  it('holds known bytes, a copy of them', async () => {
    const store = memoryKeyStore();
    const key = KEY.slice();
    store.put({ branchKeyId: 'static', version: VERSION, key });
    key.fill(0);
    expect((await store.getActiveBranchKey('static')).key).toEqual(KEY);
  });

  it('hands out a copy each time, and zeroes it on release', async () => {
    const store = memoryKeyStore();
    store.put({ branchKeyId: 'static', version: VERSION, key: KEY });
    const [one, two] = [await store.getActiveBranchKey('static'), await store.getActiveBranchKey('static')];
    expect(store.unreleased).toBe(2);
    one.release?.();
    one.release?.();
    expect(store.unreleased).toBe(1);
    expect([one.key, two.key]).toEqual([new Uint8Array(32), KEY]);
  });

  it('counts reads until reset', async () => {
    const store = memoryKeyStore();
    const { branchKeyId, version } = await store.createKey();
    await store.getActiveBranchKey(branchKeyId);
    await store.getBranchKeyVersion(branchKeyId, version);
    await store.getBranchKeyVersion(branchKeyId, 'none').catch(() => {});
    expect(store.reads).toEqual({ active: 1, version: 2 });
    store.reset();
    expect(store.reads).toEqual({ active: 0, version: 0 });
  });

  it('knows nothing of other ids and versions', async () => {
    const store = memoryKeyStore();
    const { branchKeyId } = await store.createKey();
    await expect(store.getActiveBranchKey('other')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', retryable: false });
    await expect(store.getBranchKeyVersion(branchKeyId, VERSION)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it.each([
    ['not-found', { code: 'KEY_NOT_FOUND', retryable: false }],
    ['access-denied', { code: 'KEY_ACCESS_DENIED', retryable: false }],
    ['unavailable', { code: 'KEY_UNAVAILABLE', retryable: true }],
  ] as const)('fails on request: %s', async (error, expected) => {
    const store = memoryKeyStore();
    const { branchKeyId, version } = await store.createKey();
    const { branchKeyId: spared } = await store.createKey();
    const fault = store.fail({ error, branchKeyId, times: 2 });
    await expect(store.getActiveBranchKey(branchKeyId)).rejects.toMatchObject(expected);
    await expect(store.getActiveBranchKey(spared)).resolves.toBeDefined();
    await expect(store.getBranchKeyVersion(branchKeyId, version)).rejects.toMatchObject(expected);
    await expect(store.getActiveBranchKey(branchKeyId)).resolves.toBeDefined();
    expect(fault.hits).toBe(2);
  });

  it('refuses misuse', async () => {
    const store = memoryKeyStore();
    await store.createKey('tenant');
    await expect(store.createKey('tenant')).rejects.toMatchObject({ code: 'KEY_EXISTS' });
    await expect(store.rotate('other')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(store.remove('other')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(store.createKey('')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const refused = expect.objectContaining({ code: 'CONFIG_INVALID' });
    expect(() => store.put({ branchKeyId: '', version: VERSION, key: KEY })).toThrow(refused);
    expect(() => store.put({ branchKeyId: 'x', version: 'one', key: KEY })).toThrow(refused);
    expect(() => store.put({ branchKeyId: 'x', version: VERSION, key: KEY.slice(1) })).toThrow(refused);
    expect(() => store.put({ branchKeyId: 'x', version: VERSION, key: KEY, createTime: 'then' })).toThrow(refused);
    // The types refuse this; plain JavaScript does not.
    expect(() => store.fail({ error: 'toString' as 'unavailable' })).toThrow(refused);
  });

  it('changes before its promises settle', async () => {
    const store = memoryKeyStore();
    const pending = [store.createKey('tenant'), store.rotate('tenant'), store.remove('tenant'), store.createKey('other')];
    const read = store.getActiveBranchKey('other');
    await Promise.all(pending);
    await expect(read).resolves.toMatchObject({ branchKeyId: 'other' });
  });

  it('says when a version was made', async () => {
    const store = memoryKeyStore();
    const { version } = await store.createKey('tenant');
    const { createTime = '' } = await store.getActiveBranchKey('tenant');
    expect(Date.now() - Date.parse(createTime)).toBeLessThan(10_000);
    store.put({ branchKeyId: 'tenant', version: VERSION, key: KEY, createTime: '2020-01-01T00:00:00.000Z' });
    expect((await store.getActiveBranchKey('tenant')).createTime).toBe('2020-01-01T00:00:00.000Z');
    expect((await store.getBranchKeyVersion('tenant', version)).createTime).toBe(createTime);
  });

  it('has one beacon key for all versions', async () => {
    const store = memoryKeyStore();
    await store.createKey('tenant');
    const before = await store.getBeaconKey('tenant');
    await store.rotate('tenant');
    const after = await store.getBeaconKey('tenant');
    expect(after).toMatchObject({ branchKeyId: 'tenant', key: before.key });
    expect(store.unreleased).toBe(2);
    before.release?.();
    expect([before.key, after.key.length, store.unreleased]).toEqual([new Uint8Array(32), 32, 1]);
    store.put({ branchKeyId: 'known', version: VERSION, key: KEY });
    await expect(store.getBeaconKey('known')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it('lists its keys', async () => {
    const store = memoryKeyStore();
    await store.createKey({ branchKeyId: 'a', encryptionContext: { tenant: 't' } });
    const { version } = await store.rotate('a');
    await store.createKey('b');
    await store.remove('b');
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    const none = { activeVersion: undefined, versions: 0, kmsKeyArn: undefined, hasBeaconKey: false, encryptionContext: {}, time };
    expect(await allOf(store.list())).toEqual([
      {
        ...none,
        branchKeyId: 'a',
        state: 'active',
        activeVersion: version,
        versions: 2,
        hasBeaconKey: true,
        encryptionContext: { tenant: 't' },
      },
      { ...none, branchKeyId: 'b', state: 'shredded' },
    ]);
  });

  it('removes a key for good', async () => {
    const store = memoryKeyStore();
    const { version } = await store.createKey('tenant');
    const { version: second } = await store.rotate('tenant');
    const removed = { branchKeyId: 'tenant', versions: [version, second], beaconKey: true, alreadyShredded: false };
    expect(await store.remove('tenant', { dryRun: true })).toEqual(removed);
    await expect(store.getActiveBranchKey('tenant')).resolves.toBeDefined();
    expect(await store.remove('tenant')).toEqual(removed);
    expect(await store.remove('tenant')).toEqual({ ...removed, versions: [], beaconKey: false, alreadyShredded: true });
    const calls = [
      store.getActiveBranchKey('tenant'),
      store.getBranchKeyVersion('tenant', version),
      store.getBeaconKey('tenant'),
      store.createKey('tenant'),
      store.rotate('tenant'),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'KEY_SHREDDED', retryable: false });
    store.put({ branchKeyId: 'tenant', version: VERSION, key: KEY });
    expect((await store.getActiveBranchKey('tenant')).version).toBe(VERSION);
  });

  it('tells subscribers, until they leave', async () => {
    const store = memoryKeyStore();
    const heard: unknown[] = [];
    const leave = store.subscribe?.(change => heard.push(change));
    await store.createKey('tenant');
    await store.rotate('tenant');
    await store.remove('tenant', { dryRun: true });
    await store.remove('tenant');
    await store.remove('tenant');
    leave?.();
    await store.createKey('other');
    expect(heard).toEqual(['created', 'rotated', 'shredded', 'shredded'].map(change => ({ change, branchKeyId: 'tenant' })));
  });

  it('prints without its keys', () => {
    const store = memoryKeyStore();
    store.put({ branchKeyId: 'static', version: VERSION, key: KEY });
    expect(inspect(store, { depth: 9, showHidden: true })).not.toContain('static');
  });
});

describe('staticKeyStore', () => {
  it('answers every call with its one version', async () => {
    const store = staticKeyStore({ branchKeyId: 'static', version: VERSION, key: KEY });
    const answers = [await store.getActiveBranchKey('any'), await store.getBranchKeyVersion('other', 'whatever')];
    for (const { branchKeyId, version, key } of answers)
      expect({ branchKeyId, version, key }).toEqual({ branchKeyId: 'static', version: VERSION, key: KEY });
    answers[0]?.release?.();
    expect(answers[1]?.key).toEqual(KEY);
  });

  it('refuses what no key store would hold', () => {
    expect(() => staticKeyStore({ branchKeyId: 'static', version: VERSION, key: new Uint8Array(16) })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
