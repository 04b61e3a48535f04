import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Table } from 'fieldseal';
import type { ItemEncryptor } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms, type KeyTracker, memoryKeyStore, trackKeys } from 'fieldseal/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtProgram } from '../cli/program.ts';
import { gated, itemOf, movableClocks, settled, tenantProcess } from '../support/tenants.ts';
import { codeOf, encryptor, SYMMETRIC, tenantUsers } from './support.ts';

describe('requirement 30: key bytes that we own are zeroed', () => {
  let tracker: KeyTracker;
  const store = memoryKeyStore();
  beforeEach(async () => {
    for (const tenant of ['a', 'b', 'c']) await store.createKey(`branch-${tenant}`).catch(() => undefined); // those that are there stay
    tracker = trackKeys();
  });
  afterEach(() => tracker.stop());

  const roundTrip = async ({ encryptAttributes, decryptAttributes }: ItemEncryptor<Table>, tenant: string): Promise<void> => {
    expect(await decryptAttributes(await encryptAttributes(itemOf(tenant)))).toEqual(itemOf(tenant));
  };

  it('while they are in the cache they are there, and nothing else is', async () => {
    const process = tenantProcess(store);
    for (const tenant of ['a', 'b', 'a']) await roundTrip(process, tenant);
    expect(tracker.buffers).toBeGreaterThan(20);
    expect(tracker.unzeroed()).toBe(2);
  });

  it.each<[string, (process: ReturnType<typeof tenantProcess>) => unknown, number]>([
    ['a purge of one tenant', ({ keyring }) => keyring.purge('branch-a'), 1],
    ['a purge', ({ keyring }) => keyring.purge(), 0],
    ['disposal', ({ keyring }) => keyring[Symbol.dispose](), 0],
    ['a tenant is shredded', () => store.remove('branch-b'), 1],
  ])('after %s', async (_, end, left) => {
    const process = tenantProcess(store, { rereadCache: { maxAgeSeconds: 60 } });
    for (const tenant of ['a', 'b']) await roundTrip(process, tenant);
    expect(tracker.unzeroed()).toBe(4); // two branch keys, two keys for re-reads
    await end(process);
    expect(tracker.unzeroed()).toBe(2 * left);
    store.put({ ...(await memoryKeyOf('branch-b')) }); // for the tests that follow
  });

  it('after an eviction, and after a newer fetch has replaced them', async () => {
    const clocks = movableClocks();
    const process = tenantProcess(store, { maxEntries: 1, clocks, ttlSeconds: 10, refreshAheadSeconds: 5 });
    for (const tenant of ['a', 'c', 'a', 'c']) await roundTrip(process, tenant);
    expect(tracker.unzeroed()).toBe(1);
    clocks.pass(6_000);
    await roundTrip(process, 'c');
    await settled();
    expect(process.keyring.stats().branchKeys.refreshes).toBe(1);
    expect(tracker.unzeroed()).toBe(1);
    clocks.pass(20_000);
    await roundTrip(process, 'c');
    expect(tracker.unzeroed()).toBe(1);
  });

  it('not before the last use has ended: a disposal in the middle of 100 writes leaves each of them intact', async () => {
    const process = tenantProcess(store);
    await process.encryptAttributes(itemOf('a'));
    const writes = Array.from({ length: 100 }, (_, i) => process.encryptAttributes(itemOf('a', `${i}`)));
    const purges = Array.from({ length: 100 }, async () => process.keyring.purge());
    const stored = await Promise.all(writes);
    await Promise.all(purges);
    process.keyring.dispose();
    expect(tracker.unzeroed()).toBe(0);
    const fresh = tenantProcess(store);
    for (const [i, item] of stored.entries()) expect(await fresh.decryptAttributes(item)).toEqual(itemOf('a', `${i}`));
    await expect(process.encryptAttributes(itemOf('a'))).rejects.toMatchObject({ code: 'KEYRING_REFUSED' });
  });

  it('what arrives after the deadline is zeroed too', async () => {
    const gate = gated(store);
    gate.close();
    const process = tenantProcess(gate.store, { fetchTimeoutSeconds: 0.05 });
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_UNAVAILABLE');
    gate.open();
    await settled();
    expect(tracker.unzeroed()).toBe(0);
  });

  it('what arrives after a purge is zeroed, and fetched anew', async () => {
    const gate = gated(store);
    gate.close();
    const process = tenantProcess(gate.store);
    const write = process.encryptAttributes(itemOf('a'));
    await settled();
    process.keyring.purge();
    gate.open();
    await write;
    expect(process.keyring.stats().branchKeys.misses).toBe(2);
    expect(tracker.unzeroed()).toBe(1);
    process.keyring.purge();
    expect(tracker.unzeroed()).toBe(0);
  });

  it('failures leave nothing behind', async () => {
    const process = tenantProcess(store);
    const stored = await process.encryptAttributes(itemOf('a'));
    process.keyring.purge();
    const fault = store.fail({ error: 'access-denied' });
    expect(await codeOf(() => process.decryptAttributes(stored))).toBe('KEY_ACCESS_DENIED');
    expect(await codeOf(() => process.encryptAttributes(itemOf('a')))).toBe('KEY_ACCESS_DENIED');
    fault.remove();
    expect(await codeOf(() => process.decryptAttributes({ ...stored, ssn: { S: 'x' } }))).toBe('NOT_AUTHENTIC');
    process.keyring.purge();
    expect(tracker.unzeroed()).toBe(0);
  });

  it('under KMS nothing is kept, unless the cache for re-reads is on', async () => {
    await using fake = new FakeKms();
    const kmsKeyId = fake.createKey().arn;
    const before = tracker.unzeroed(); // the test KMS's own
    await roundTrip(encryptor({ table: tenantUsers, keyring: kms({ kmsKeyId, kmsClient: fake.client() }) }), 'a');
    expect(tracker.unzeroed()).toBe(before);
    const keyring = kms({ kmsKeyId, kmsClient: fake.client(), rereadCache: { maxAgeSeconds: 60 } });
    await roundTrip(encryptor({ table: tenantUsers, keyring, algorithmSuiteId: SYMMETRIC }), 'a');
    expect(tracker.unzeroed()).toBe(before + 1);
    keyring.dispose();
    expect(tracker.unzeroed()).toBe(before);
  });

  async function memoryKeyOf(branchKeyId: string): Promise<{ branchKeyId: string; version: string; key: Uint8Array }> {
    const { version } = await memoryKeyStore().createKey();
    return { branchKeyId, version, key: new Uint8Array(32).fill(7) };
  }
});

describe('requirement 30: a heap snapshot', () => {
  it('has no plaintext string of items that were encrypted and decrypted, and has one that is kept', { timeout: 120_000 }, async () => {
    const kept = `kept-${randomUUID()}`;
    const gone = Array.from({ length: 20 }, () => `gone-${randomUUID()}`);
    const script = fileURLToPath(new URL('../support/heap-of-a-process.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--expose-gc', script, join(dirname(await builtProgram()), '..')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify({ kept, items: gone.map((ssn, i) => ({ id: `${i}`, ssn })) }));
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk);
    const heap = Buffer.concat(chunks);
    expect(heap.length).toBeGreaterThan(1_000_000);
    expect(heap.includes(kept), 'this search finds what is there').toBe(true);
    expect(gone.filter(marker => heap.includes(marker))).toEqual([]);
  });
});
