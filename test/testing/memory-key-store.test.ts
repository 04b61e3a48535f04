import { inspect } from 'node:util';
import { memoryKeyStore, staticKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';

const VERSION = '11111111-2222-4333-8444-555555555555';
const KEY = new Uint8Array(32).fill(7);

describe('memoryKeyStore', () => {
  it('makes and rotates keys; old versions stay readable', async () => {
    const store = memoryKeyStore({ logicalName: 'keys' });
    expect(store.logicalName).toBe('keys');
    const { branchKeyId, version: first } = store.createKey('tenant');
    const { version: second } = store.rotate('tenant');
    expect(branchKeyId).toBe('tenant');
    const active = await store.getActiveBranchKey('tenant');
    const old = await store.getBranchKeyVersion('tenant', first);
    expect([active.version, old.version]).toEqual([second, first]);
    expect([active.key.length, old.key.length]).toEqual([32, 32]);
    expect(active.key).not.toEqual(old.key);
    expect((await store.getBranchKeyVersion('tenant', second)).key).toEqual(active.key);
  });

  it('names a key itself when no id is given', () => {
    const store = memoryKeyStore();
    expect(store.createKey().branchKeyId).not.toBe(store.createKey().branchKeyId);
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
    const { branchKeyId, version } = store.createKey();
    await store.getActiveBranchKey(branchKeyId);
    await store.getBranchKeyVersion(branchKeyId, version);
    await store.getBranchKeyVersion(branchKeyId, 'none').catch(() => {});
    expect(store.reads).toEqual({ active: 1, version: 2 });
    store.reset();
    expect(store.reads).toEqual({ active: 0, version: 0 });
  });

  it('knows nothing of other ids and versions', async () => {
    const store = memoryKeyStore();
    const { branchKeyId } = store.createKey();
    await expect(store.getActiveBranchKey('other')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', retryable: false });
    await expect(store.getBranchKeyVersion(branchKeyId, VERSION)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it.each([
    ['not-found', { code: 'KEY_NOT_FOUND', retryable: false }],
    ['access-denied', { code: 'KEY_ACCESS_DENIED', retryable: false }],
    ['unavailable', { code: 'KEY_UNAVAILABLE', retryable: true }],
  ] as const)('fails on request: %s', async (error, expected) => {
    const store = memoryKeyStore();
    const { branchKeyId, version } = store.createKey();
    const { branchKeyId: spared } = store.createKey();
    const fault = store.fail({ error, branchKeyId, times: 2 });
    await expect(store.getActiveBranchKey(branchKeyId)).rejects.toMatchObject(expected);
    await expect(store.getActiveBranchKey(spared)).resolves.toBeDefined();
    await expect(store.getBranchKeyVersion(branchKeyId, version)).rejects.toMatchObject(expected);
    await expect(store.getActiveBranchKey(branchKeyId)).resolves.toBeDefined();
    expect(fault.hits).toBe(2);
  });

  it('refuses misuse', () => {
    const store = memoryKeyStore();
    store.createKey('tenant');
    const refused = expect.objectContaining({ code: 'CONFIG_INVALID' });
    expect(() => store.createKey('tenant')).toThrow(refused);
    expect(() => store.rotate('other')).toThrow(refused);
    expect(() => store.put({ branchKeyId: '', version: VERSION, key: KEY })).toThrow(refused);
    expect(() => store.put({ branchKeyId: 'x', version: 'one', key: KEY })).toThrow(refused);
    expect(() => store.put({ branchKeyId: 'x', version: VERSION, key: KEY.slice(1) })).toThrow(refused);
    // The types refuse this; plain JavaScript does not.
    expect(() => store.fail({ error: 'toString' as 'unavailable' })).toThrow(refused);
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
