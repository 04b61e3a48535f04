import { randomUUID } from 'node:crypto';
import { FieldsealError } from 'fieldseal';
import { type BranchKeyMaterial, type BranchKeyStore, type ManagedBranchKeyStore, multi } from 'fieldseal/kms';
import { type MemoryKeyStore, memoryKeyStore, trackKeys } from 'fieldseal/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, gated, itemOf, movableClocks, settled, tenantProcess } from '../support/tenants.ts';
import { codeOf } from './support.ts';

const key = (): Uint8Array => new Uint8Array(32).fill(7);
const out = (): FieldsealError => new FieldsealError('KEY_UNAVAILABLE', 'out', { retryable: true });
const later = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

describe('limits, failures and denials of branch keys under attack', () => {
  let store: MemoryKeyStore;
  let clocks: ReturnType<typeof movableClocks>;
  beforeEach(async () => {
    store = memoryKeyStore();
    clocks = movableClocks();
    for (const tenant of ['a', 'b']) await store.createKey(`branch-${tenant}`);
  });

  /** The test's store, with reads that it changes. */
  const changed = (
    read: (kind: 'active' | 'version', id: string, original: () => Promise<BranchKeyMaterial>) => Promise<BranchKeyMaterial>,
  ) =>
    ({
      logicalName: 'changed',
      getActiveBranchKey: id => read('active', id, () => store.getActiveBranchKey(id)),
      getBranchKeyVersion: (id, version) => read('version', id, () => store.getBranchKeyVersion(id, version)),
    }) satisfies BranchKeyStore as BranchKeyStore;

  const forged = async (count: number, tenant: (i: number) => string) => {
    const elsewhere = memoryKeyStore();
    const items = [];
    for (let i = 0; i < count; i++) {
      elsewhere.put({ branchKeyId: `branch-${tenant(i)}`, version: randomUUID(), key: key() });
      items.push(await tenantProcess(elsewhere).encryptAttributes(itemOf(tenant(i), `${i}`)));
    }
    return items;
  };

  it.each([
    ['absent', undefined],
    ['of another form', '2025-01-01T00:00:00+00:00'],
  ])('a time of creation that is %s is not compared', async (_, createTime) => {
    const answers: (string | undefined)[] = ['2026-01-01T00:00:00.000000Z', createTime, '2025-06-01T00:00:00.000000Z'];
    const process = tenantProcess(
      changed(async (_kind, branchKeyId) => {
        const time = answers.shift();
        return { branchKeyId, version: randomUUID(), key: key(), ...(time !== undefined && { createTime: time }) };
      }),
      { clocks, ttlSeconds: 10, refreshAheadSeconds: 0 },
    );
    await process.encryptAttributes(itemOf('a'));
    clocks.pass(10_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
    clocks.pass(10_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_ROLLED_BACK'); // older than the one whose time is known
  });

  it('an active key that is denied holds up no readers of versions that are not', async () => {
    const stored = await tenantProcess(store).encryptAttributes(itemOf('a'));
    const process = tenantProcess(
      changed(async (kind, _id, read) => {
        await later(kind === 'active' ? 1 : 10);
        if (kind === 'active') throw new FieldsealError('KEY_ACCESS_DENIED', 'no');
        return read();
      }),
    );
    const reads: Promise<string>[] = [];
    for (let i = 0; i < 40; i++) {
      reads.push(codeOf(() => process.decryptAttributes(stored)));
      await later(2);
    }
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['none']));
  });

  it('when all is denied, everybody is told so', async () => {
    const stored = await tenantProcess(store).encryptAttributes(itemOf('a'));
    const process = tenantProcess(
      changed(async kind => {
        await later(kind === 'active' ? 1 : 8);
        throw new FieldsealError('KEY_ACCESS_DENIED', 'no');
      }),
    );
    const uses: Promise<string>[] = [];
    for (let i = 0; i < 40; i++) {
      uses.push(
        codeOf(() => process.decryptAttributes(stored)),
        codeOf(() => process.encryptAttributes(itemOf('a'))),
      );
      await later(2);
    }
    expect(new Set(await Promise.all(uses))).toEqual(new Set(['KEY_ACCESS_DENIED']));
  });

  it('a failure of its own counts more than an outage of others', async () => {
    let failing = false;
    const process = tenantProcess(
      changed((_kind, id, read) => {
        if (!failing) return read();
        return id === 'branch-a' ? new Promise(() => undefined) : Promise.reject(new FieldsealError('MALFORMED', 'changed'));
      }),
      { clocks, ttlSeconds: 10, staleOnOutageSeconds: 600, fetchTimeoutSeconds: 0.1 },
    );
    for (const tenant of ['a', 'b']) await process.encryptAttributes(itemOf(tenant));
    failing = true;
    clocks.pass(10_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('b')))).toBe('MALFORMED');
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
    for (let i = 0; i < 5; i++) {
      clocks.pass(2_000);
      expect(await codeOf(() => process.encryptAttributes(itemOf('b')))).toBe('MALFORMED');
    }
  });

  it('a flood of readers does not refuse the first write of a tenant that is made for it', async () => {
    const process = tenantProcess(store, { clocks, provision: { by: 'test' } });
    for (const item of await forged(120, i => `forged-${i}`)) await codeOf(() => process.decryptAttributes(item));
    expect(await codeOf(async () => process.decryptAttributes((await forged(1, () => 'x'))[0] ?? {}))).toBe('KEY_UNAVAILABLE');
    expect(await codeOf(() => process.encryptAttributes(itemOf('new')))).toBe('none');
  });

  it('writers who cannot make what is not there are limited, and the limit is lifted soon', async () => {
    const refusing: ManagedBranchKeyStore = {
      ...changed((_kind, _id, read) => read()),
      getBeaconKey: id => store.getBeaconKey(id),
      createKey: () => Promise.reject(new FieldsealError('KEY_ACCESS_DENIED', 'no')),
      rotate: id => store.rotate(id),
      list: () => store.list(),
      remove: id => store.remove(id),
    };
    const process = tenantProcess(refusing, { clocks, provision: { by: 'test' } });
    for (let i = 0; i < 400; i++) await codeOf(() => process.encryptAttributes(itemOf(`x${i}`)));
    expect(store.reads.active).toBeLessThanOrEqual(101);
    expect(await codeOf(() => process.encryptAttributes(itemOf('another')))).toBe('KEY_UNAVAILABLE');
    clocks.pass(10_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
  });

  it('a key that is kept is read without limits, however many others were seen since', async () => {
    const others = Array.from({ length: 30 }, (_, i) => `other-${i}`);
    for (const tenant of others) await store.createKey(`branch-${tenant}`);
    const process = tenantProcess(store, { clocks, maxEntries: 5, ttlSeconds: 10, refreshAheadSeconds: 0 });
    for (const tenant of others) {
      await process.encryptAttributes(itemOf(tenant));
      await process.encryptAttributes(itemOf('a'));
    }
    clocks.pass(10_000);
    for (const item of await forged(130, i => `forged-${i}`)) await codeOf(() => process.decryptAttributes(item));
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
  });

  it('names that somebody makes up during an outage do not make good keys be fetched more often', async () => {
    const process = tenantProcess(store, { clocks, maxEntries: 3, ttlSeconds: 10, refreshAheadSeconds: 5 });
    await process.encryptAttributes(itemOf('a'));
    const items = await forged(20, i => `forged-${i}`);
    clocks.pass(6_000);
    const outage = store.fail({ error: 'unavailable', branchKeyId: 'branch-a' });
    const general = store.fail({ error: 'unavailable' });
    for (const item of items) {
      await process.encryptAttributes(itemOf('a'));
      await settled();
      await codeOf(() => process.decryptAttributes(item));
    }
    expect(outage.hits).toBe(1);
    general.remove();
  });

  it('versions that somebody makes up are limited also while the active record is not in order', async () => {
    const items = await forged(60, () => 'a');
    let active = 0;
    const process = tenantProcess(
      changed(async (kind, _id, read) => {
        if (kind === 'version') return read();
        active++;
        throw new FieldsealError('MALFORMED', 'changed');
      }),
      { clocks },
    );
    for (const item of items) await codeOf(() => process.decryptAttributes(item));
    expect(active).toBeLessThanOrEqual(2);
    expect(store.reads.version).toBeLessThanOrEqual(100);
  });

  it('whoever waits is woken by a disposal or a purge, and the store is told', async () => {
    const signals: AbortSignal[] = [];
    let hanging = true;
    const hangs: BranchKeyStore = {
      ...changed((_kind, _id, read) => read()),
      getActiveBranchKey: (id, options) => {
        if (options?.abortSignal !== undefined) signals.push(options.abortSignal);
        return hanging ? new Promise(() => undefined) : store.getActiveBranchKey(id);
      },
    };
    const process = tenantProcess(hangs, { fetchTimeoutSeconds: 60 });
    const purged = codeOf(() => process.encryptAttributes(itemOf('a')));
    await settled();
    hanging = false;
    process.keyring.purge();
    expect(await purged).toBe('none');
    hanging = true;
    const disposed = codeOf(() => process.encryptAttributes(itemOf('b')));
    await settled();
    process.keyring.dispose();
    expect(await disposed).toBe('KEYRING_REFUSED');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, true]);
  });

  it('a listener that disposes in the middle leaves no key behind', async () => {
    const tracker = trackKeys();
    const process = tenantProcess(store, { rereadCache: { maxAgeSeconds: 60 } });
    const { subscribe, unsubscribe } = await import('node:diagnostics_channel');
    const dispose = (event: unknown): void => {
      if ((event as { action: string }).action === 'load') process.keyring.dispose();
    };
    subscribe('fieldseal:cache', dispose);
    try {
      await codeOf(() => process.encryptAttributes(itemOf('a')));
    } finally {
      unsubscribe('fieldseal:cache', dispose);
    }
    expect(process.keyring.stats().branchKeys.entries).toBe(0);
    expect(tracker.unzeroed()).toBe(0);
    tracker.stop();
  });

  it('stores whose subscription throws', async () => {
    const throwing = (): never => {
      throw new Error('no');
    };
    const reads = changed((_kind, _id, read) => read());
    expect(await codeOf(() => tenantProcess({ ...reads, subscribe: throwing }))).toBe('CONFIG_INVALID');
    const one = tenantProcess({ ...reads, subscribe: () => throwing });
    const keyring = multi({ generator: one.keyring, children: [tenantProcess(store).keyring] });
    await one.encryptAttributes(itemOf('a'));
    keyring.dispose();
    expect(keyring.stats().branchKeys.entries).toBe(0);
  });

  it('a key of zeros is told once, as a failure, and is not taken for the newest', async () => {
    let isZero = true;
    const good = await store.getActiveBranchKey('branch-a');
    const process = tenantProcess(
      changed(async (_kind, branchKeyId) =>
        isZero ? { branchKeyId, version: randomUUID(), key: new Uint8Array(32) } : { ...good, key: key() },
      ),
    );
    const events = await eventsOf<{ action: string; error?: string }>('fieldseal:cache', async () => {
      expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_INVALID');
    });
    expect(events.filter(({ action }) => action === 'load')).toMatchObject([{ error: 'KEY_INVALID' }]);
    isZero = false;
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
  });

  it('waiting for its turn is no silence of the key store', async () => {
    const tenants = Array.from({ length: 120 }, (_, i) => `cold-${i}`);
    for (const tenant of tenants) await store.createKey(`branch-${tenant}`);
    const slow = changed(async (_kind, _id, read) => {
      await later(200);
      return read();
    });
    const process = tenantProcess(slow, { fetchTimeoutSeconds: 0.4 });
    const codes = await Promise.all(tenants.map(tenant => codeOf(() => process.encryptAttributes(itemOf(tenant)))));
    expect(new Set(codes)).toEqual(new Set(['none']));
  });

  it('what a denied key wrapped before still opens for those who waited, and is not kept', async () => {
    const old = await tenantProcess(store).encryptAttributes(itemOf('a'));
    await store.rotate('branch-a');
    const gate = gated(store);
    const process = tenantProcess(gate.store, { clocks, ttlSeconds: 10, refreshAheadSeconds: 5 });
    await process.encryptAttributes(itemOf('a'));
    gate.close();
    const reading = codeOf(() => process.decryptAttributes(old));
    await settled();
    gate.reopen();
    store.fail({ error: 'access-denied' });
    clocks.pass(6_000);
    await process.encryptAttributes(itemOf('a')); // begins the refresh that is denied
    await settled();
    gate.open();
    expect(await reading).toBe('none');
    expect(process.keyring.stats().branchKeys.entries).toBe(0);
  });

  it('an outage of the version is not hidden by the active key, nor the other way round', async () => {
    const answers = { active: undefined as FieldsealError | undefined, version: undefined as FieldsealError | undefined };
    const old = await tenantProcess(store).encryptAttributes(itemOf('a'));
    await store.rotate('branch-a');
    const process = tenantProcess(
      changed((kind, _id, read) => {
        const failure = answers[kind];
        return failure === undefined ? read() : Promise.reject(failure);
      }),
      { clocks, ttlSeconds: 10, staleOnOutageSeconds: 60 },
    );
    await process.decryptAttributes(old);
    answers.version = out();
    clocks.pass(10_000);
    expect(await codeOf(() => process.decryptAttributes(old))).toBe('none');
    expect(process.keyring.stats().branchKeys.staleUses).toBe(1);
    answers.version = new FieldsealError('MALFORMED', 'changed');
    clocks.pass(2_000);
    await codeOf(() => process.decryptAttributes(old)); // begins the fetch that finds out
    await settled();
    expect(await codeOf(() => process.decryptAttributes(old))).toBe('MALFORMED');
  });
});
