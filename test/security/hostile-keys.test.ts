import { randomUUID } from 'node:crypto';
import { FieldsealError } from 'fieldseal';
import { type BranchKeyMaterial, type BranchKeyStore, branchKeyPer, kms, type ManagedBranchKeyStore } from 'fieldseal/kms';
import { FakeKms, type MemoryKeyStore, memoryKeyStore, trackKeys } from 'fieldseal/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { collected, eventsOf, gated, itemOf, movableClocks, settled, tenantProcess } from '../support/tenants.ts';
import { codeOf, encryptor, S, SYMMETRIC, tenantUsers } from './support.ts';

/** A store whose reads a test changes. */
function changed(
  store: MemoryKeyStore,
  read: (kind: 'active' | 'version', original: () => Promise<BranchKeyMaterial>) => Promise<BranchKeyMaterial>,
) {
  return {
    ...bound(store),
    getActiveBranchKey: id => read('active', () => store.getActiveBranchKey(id)),
    getBranchKeyVersion: (id, version) => read('version', () => store.getBranchKeyVersion(id, version)),
  } satisfies ManagedBranchKeyStore as ManagedBranchKeyStore;
}

function bound(store: MemoryKeyStore): ManagedBranchKeyStore {
  return {
    logicalName: store.logicalName,
    getActiveBranchKey: id => store.getActiveBranchKey(id),
    getBranchKeyVersion: (id, version) => store.getBranchKeyVersion(id, version),
    getBeaconKey: id => store.getBeaconKey(id),
    createKey: key => store.createKey(key),
    rotate: id => store.rotate(id),
    list: () => store.list(),
    remove: (id, options) => store.remove(id, options),
  };
}

describe('the cache of branch keys under attack', () => {
  let store: MemoryKeyStore;
  let clocks: ReturnType<typeof movableClocks>;
  beforeEach(async () => {
    store = memoryKeyStore();
    clocks = movableClocks();
    await store.createKey('branch-a');
  });

  it('an answer that comes too late locks nobody out', async () => {
    const gate = gated(store);
    const process = tenantProcess(gate.store, { fetchTimeoutSeconds: 0.05 });
    gate.close();
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_UNAVAILABLE');
    await store.rotate('branch-a');
    const held = gate.waiting;
    gate.reopen(); // the first answer is still held back
    await process.encryptAttributes(itemOf('a'));
    expect(held).toBe(1);
    const audit = await eventsOf('fieldseal:audit', async () => {
      gate.open();
      await settled();
      process.keyring.purge('branch-a');
      expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
    });
    expect(audit).toMatchObject([{ action: 'keys-purged' }]);
  });

  it('an outage that is over is not gone on with: the first use long afterwards asks', async () => {
    const process = tenantProcess(store, { clocks, ttlSeconds: 10, refreshAheadSeconds: 5, staleOnOutageSeconds: 3600 });
    await process.encryptAttributes(itemOf('a'));
    const blip = store.fail({ error: 'unavailable', times: 1 });
    clocks.pass(6_000);
    await process.encryptAttributes(itemOf('a'));
    await settled();
    expect(blip.hits).toBe(1);
    store.fail({ error: 'access-denied' });
    clocks.pass(3_000_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_ACCESS_DENIED');
  });

  it.each<[string, (process: ReturnType<typeof tenantProcess>) => unknown]>([
    ['a purge', ({ keyring }) => keyring.purge('branch-a')],
    ['a disposal', ({ keyring }) => keyring.dispose()],
    ['a shredding', () => store.remove('branch-a')],
  ])('a key that expired is not used for want of service after %s', async (_, end) => {
    const gate = gated(store);
    const process = tenantProcess(
      { ...gate.store, subscribe: listener => store.subscribe?.(listener) ?? (() => undefined) },
      {
        clocks,
        ttlSeconds: 10,
        staleOnOutageSeconds: 60,
        fetchTimeoutSeconds: 0.1,
      },
    );
    const stored = await process.encryptAttributes(itemOf('a'));
    clocks.pass(10_000);
    gate.close();
    const uses = [codeOf(() => process.encryptAttributes(itemOf('a'))), codeOf(() => process.decryptAttributes(stored))];
    await settled();
    await end(process);
    for (const code of await Promise.all(uses)) expect(code).not.toBe('none');
  });

  it('nor after a denial of the active key, when only the version’s own record is out', async () => {
    const answers = { active: undefined as FieldsealError | undefined, version: undefined as FieldsealError | undefined };
    const process = tenantProcess(
      changed(store, async (kind, read) => {
        const failure = answers[kind];
        if (failure !== undefined) throw failure;
        return read();
      }),
      { clocks, ttlSeconds: 10, staleOnOutageSeconds: 60 },
    );
    const stored = await process.encryptAttributes(itemOf('a'));
    clocks.pass(10_000);
    answers.active = new FieldsealError('KEY_ACCESS_DENIED', 'no');
    answers.version = new FieldsealError('KEY_UNAVAILABLE', 'out', { retryable: true });
    expect(await codeOf(() => process.decryptAttributes(stored))).toBe('KEY_UNAVAILABLE');
    expect(process.keyring.stats().branchKeys).toMatchObject({ staleUses: 0, entries: 0 });
  });

  it('a denial of one version ends the use of all, and of what is on its way', async () => {
    const old = await tenantProcess(store).encryptAttributes(itemOf('a'));
    await store.rotate('branch-a');
    const process = tenantProcess(store);
    await process.encryptAttributes(itemOf('a'));
    store.fail({ error: 'access-denied' });
    expect(await codeOf(() => process.decryptAttributes(old))).toBe('KEY_ACCESS_DENIED');
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_ACCESS_DENIED');
  });

  it('an active record that is not understood is throttled, and the key lives to its end', async () => {
    let malformed = 0;
    const process = tenantProcess(
      changed(store, async (kind, read) => {
        if (kind === 'version' || malformed === 0) return read();
        malformed++;
        throw new FieldsealError('MALFORMED', 'changed');
      }),
      { clocks, ttlSeconds: 10, refreshAheadSeconds: 5, staleOnOutageSeconds: 60 },
    );
    await process.encryptAttributes(itemOf('a'));
    malformed = 1;
    clocks.pass(6_000);
    for (let i = 0; i < 50; i++) {
      await process.encryptAttributes(itemOf('a'));
      await settled();
    }
    expect(malformed).toBe(2);
    clocks.pass(4_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('MALFORMED');
  });

  it('reads that never end hold up nobody else for ever, and leave nothing behind', async () => {
    let hanging = true;
    const never = new Promise<BranchKeyMaterial>(() => undefined);
    const process = tenantProcess(
      changed(store, async (_, read) => (hanging ? never : read())),
      { fetchTimeoutSeconds: 0.1 },
    );
    const codes = await Promise.all(Array.from({ length: 300 }, (_, i) => codeOf(() => process.encryptAttributes(itemOf(`x${i}`)))));
    expect(new Set(codes)).toEqual(new Set(['KEY_UNAVAILABLE']));
    hanging = false;
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
    await settled();
    expect(store.reads.active).toBe(1);
  });

  it('tells the store when nobody waits any more', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const hanging: BranchKeyStore = {
      ...bound(store),
      getActiveBranchKey: (_, options) => {
        signals.push(options?.abortSignal);
        return new Promise<BranchKeyMaterial>(() => undefined);
      },
    };
    await codeOf(() => tenantProcess(hanging, { fetchTimeoutSeconds: 0.05 }).encryptAttributes(itemOf('a')));
    expect(signals.map(signal => signal?.aborted)).toEqual([true]);
  });

  it('when the key store does not answer at all, one tenant finds out for all', async () => {
    await store.createKey('branch-b');
    const gate = gated(store);
    const process = tenantProcess(gate.store, { clocks, ttlSeconds: 10, staleOnOutageSeconds: 60, fetchTimeoutSeconds: 0.2 });
    for (const tenant of ['a', 'b']) await process.encryptAttributes(itemOf(tenant));
    clocks.pass(10_000);
    gate.close();
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none'); // waits for the deadline
    const outcome = await Promise.race([codeOf(() => process.encryptAttributes(itemOf('b'))), settled().then(() => 'waits')]);
    expect(outcome).toBe('none');
    gate.open();
  });

  it('a process that was frozen while it asked does not use what it then gets', async () => {
    const gate = gated(store);
    const process = tenantProcess(gate.store, { clocks, ttlSeconds: 10 });
    gate.close();
    const waiting = codeOf(() => process.encryptAttributes(itemOf('a')));
    await settled();
    clocks.pass(3_600_000);
    store.fail({ error: 'access-denied' });
    gate.open();
    expect(await waiting).toBe('KEY_ACCESS_DENIED');
  });

  it('a version that was read before is not held up by versions that somebody makes up', async () => {
    const old = await tenantProcess(store).encryptAttributes(itemOf('a'));
    await store.rotate('branch-a');
    const process = tenantProcess(store, { clocks, ttlSeconds: 10, staleOnOutageSeconds: 60 });
    await process.decryptAttributes(old);
    clocks.pass(10_000);
    const codes: string[] = [];
    for (let i = 0; i < 40; i++) {
      const forged = await tenantProcess(memoryKeyStoreWith('branch-a')).encryptAttributes(itemOf('a', `${i}`));
      codes.push(await codeOf(() => process.decryptAttributes(forged)));
    }
    expect(new Set(codes)).toEqual(new Set(['KEY_NOT_FOUND', 'KEY_UNAVAILABLE']));
    expect(await process.decryptAttributes(old)).toEqual(itemOf('a'));
    expect(process.keyring.stats().branchKeys.staleUses).toBe(0);
  });

  it('500 new tenants at once are made, each with one more read, and nobody is refused', async () => {
    const process = tenantProcess(store, { provision: { by: 'test' } });
    const writes = Array.from({ length: 500 }, (_, i) => codeOf(() => process.encryptAttributes(itemOf(`n${i}`))));
    expect(new Set(await Promise.all(writes))).toEqual(new Set(['none']));
    expect(store.reads.active).toBe(1000);
    expect(await collected(store.list())).toHaveLength(501);
  });

  it('100 writers of one new tenant cost two reads', async () => {
    const process = tenantProcess(store, { provision: { by: 'test' } });
    await Promise.all(Array.from({ length: 100 }, (_, i) => process.encryptAttributes(itemOf('new', `${i}`))));
    expect(store.reads.active).toBe(2);
  });

  it('a key store that cannot make a key fails with a code that tells no value, in time', async () => {
    const secret = 'ada@example.com';
    const making = (createKey: ManagedBranchKeyStore['createKey']) => ({ ...bound(store), createKey });
    const cases: [ManagedBranchKeyStore, object | (() => never), string][] = [
      [making(() => new Promise(() => undefined)), { by: 'test' }, 'KEY_UNAVAILABLE'],
      [making(() => Promise.reject(new Error(`duplicate (${secret})`))), { by: 'test' }, 'KEY_UNAVAILABLE'],
      [
        bound(store),
        () => {
          throw new Error(secret);
        },
        'CONFIG_INVALID',
      ],
    ];
    for (const [keyStore, provision, code] of cases) {
      const process = tenantProcess(keyStore, { provision: provision as { by: string }, fetchTimeoutSeconds: 0.05 });
      const error = await process.encryptAttributes({ ...itemOf('new'), ssn: S(secret) }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code });
      expect(JSON.stringify(error)).not.toContain(secret);
    }
  });

  it('a release that throws, at once or late, is no failure', async () => {
    const release = (): never => {
      throw new Error('no');
    };
    const careless = changed(store, async (_, read) => ({ ...(await read()), release }));
    expect(await codeOf(() => tenantProcess(careless).encryptAttributes(itemOf('a')))).toBe('none');
    const gate = gated(careless);
    gate.close();
    expect(await codeOf(() => tenantProcess(gate.store, { fetchTimeoutSeconds: 0.05 }).encryptAttributes(itemOf('a')))).toBe(
      'KEY_UNAVAILABLE',
    );
    gate.open();
    await settled();
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a denial by the system', Object.assign(new Error('x'), { code: 'EACCES' })],
    [
      'an object that throws when it is looked at',
      new Proxy(
        {},
        {
          get() {
            throw new Error('trap');
          },
        },
      ),
    ],
  ])('a store that throws %s has a code, and no key is used for it after its time', async (_, thrown) => {
    let isBroken = false;
    const broken = changed(store, (_kind, read) => (isBroken ? Promise.reject(thrown) : read()));
    const process = tenantProcess(broken, { clocks, ttlSeconds: 10, staleOnOutageSeconds: 60 });
    await process.encryptAttributes(itemOf('a'));
    isBroken = true;
    clocks.pass(10_000);
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_UNAVAILABLE');
    expect(process.keyring.stats().branchKeys.staleUses).toBe(0);
  });

  it('keys that nobody asks for any more are zeroed when they have expired', async () => {
    const tracker = trackKeys();
    const process = tenantProcess(store, { ttlSeconds: 0.1, rereadCache: { maxAgeSeconds: 0.1 } });
    await process.decryptAttributes(await process.encryptAttributes(itemOf('a')));
    expect(tracker.unzeroed()).toBe(2);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(tracker.unzeroed()).toBe(0);
    tracker.stop();
  });

  it('nothing is kept by a keyring that is disposed while it works', async () => {
    const tracker = trackKeys();
    let supply: (id: string) => void = () => undefined;
    const branchKey = (): Promise<string> => new Promise(resolve => (supply = resolve));
    const process = tenantProcess(store, { branchKey, rereadCache: { maxAgeSeconds: 60 } });
    const writing = codeOf(() => process.encryptAttributes(itemOf('a')));
    await settled();
    process.keyring.dispose();
    supply('branch-a');
    expect(await writing).toBe('KEYRING_REFUSED');
    expect(tracker.unzeroed()).toBe(0);
    tracker.stop();
  });

  it('suppliers: a copy of the context is refused, an outage is one, an id that no table could hold is not looked for', async () => {
    const spread = tenantProcess(store, { branchKey: ({ context }) => `x-${{ ...context }.tenantId}` });
    expect(await codeOf(() => spread.encryptAttributes(itemOf('a')))).toBe('MISSING_CONTEXT');
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const out = tenantProcess(store, { branchKey: () => Promise.reject(reset) });
    await expect(out.encryptAttributes(itemOf('a'))).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
    const long = tenantProcess(store, { branchKey: () => 'é'.repeat(1025) });
    expect(await codeOf(() => long.encryptAttributes(itemOf('a')))).toBe('MISSING_CONTEXT');
    expect(await codeOf(() => branchKeyPer('tenantId', { namespace: 'n' }).idOf(''))).toBe('MISSING_CONTEXT');
    expect(store.reads.active).toBe(0);
  });

  it.each([
    { maxEntries: 1e6 },
    { ttlSeconds: 1e308 },
    { refreshAheadSeconds: 60 },
    { clocks: {} },
    { fetchTimeoutSeconds: 0 },
    { rememberAbsentSeconds: 61 },
    { staleOnOutageSeconds: Number.NaN },
  ])('%o is CONFIG_INVALID', async options => {
    expect(await codeOf(() => tenantProcess(store, options as object))).toBe('CONFIG_INVALID');
  });

  it('a misspelt dry run removes nothing', async () => {
    const misspelt = { dryrun: true } as object; // as JavaScript would have it
    expect(await codeOf(() => store.remove('branch-a', misspelt))).toBe('CONFIG_INVALID');
    expect(await collected(store.list())).toMatchObject([{ state: 'active' }]);
  });

  it('messages quote ids, and shorten them', async () => {
    const wild = `evil\n\u202e${'x'.repeat(500)}`;
    const process = tenantProcess(
      changed(store, async () => ({}) as BranchKeyMaterial),
      { branchKey: wild },
    );
    const error = await process.encryptAttributes(itemOf('a')).catch((reason: unknown) => String(reason));
    expect(error).toContain('"evil\\n');
    expect(String(error).length).toBeLessThan(300);
  });

  it('a subscriber that purges while it is told breaks nothing', async () => {
    const process = tenantProcess(store);
    await process.encryptAttributes(itemOf('a'));
    const { subscribe, unsubscribe } = await import('node:diagnostics_channel');
    const purge = (event: unknown): void => {
      if ((event as { action: string }).action !== 'purge') process.keyring.purge();
    };
    subscribe('fieldseal:cache', purge);
    try {
      for (let i = 0; i < 5; i++) expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('none');
    } finally {
      unsubscribe('fieldseal:cache', purge);
    }
  });
});

describe('the cache for re-reads under attack', () => {
  it.each<[string, (keyring: ReturnType<typeof kms>, fake: FakeKms) => unknown]>([
    ['purged', keyring => keyring.purge()],
    ['disposed', keyring => keyring.dispose()],
    [
      'denied something else',
      async (keyring, fake) => {
        fake.fail({ operation: 'GenerateDataKey', error: 'access-denied', times: 1 });
        await codeOf(() => encryptor({ table: tenantUsers, keyring, algorithmSuiteId: SYMMETRIC }).encryptAttributes(itemOf('b')));
      },
    ],
  ])('what was being read when the keyring was %s is not kept', async (_, end) => {
    await using fake = new FakeKms();
    const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client(), rereadCache: { maxAgeSeconds: 3600 } });
    const { encryptAttributes, decryptAttributes } = encryptor({ table: tenantUsers, keyring, algorithmSuiteId: SYMMETRIC });
    const stored = await encryptAttributes(itemOf('a'));
    fake.fail({ operation: 'Decrypt', latencyMs: 100 });
    const reading = decryptAttributes(stored);
    await settled();
    await end(keyring, fake);
    expect(await reading).toEqual(itemOf('a'));
    expect(keyring.stats().rereads.entries).toBe(0);
  });
});

function memoryKeyStoreWith(branchKeyId: string): MemoryKeyStore {
  const store = memoryKeyStore();
  store.put({ branchKeyId, version: randomUUID(), key: new Uint8Array(32).fill(9) });
  return store;
}
