import { itemEncryptor } from 'fieldseal/dynamodb';
import { mrk } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { S, SYMMETRIC, tenantUsers } from '../security/support.ts';
import { versionOf } from '../support/stored-version.ts';
import { gated, itemOf, movableClocks, tenantProcess } from '../support/tenants.ts';

const ROTATIONS = 50;

describe('rotation under load', () => {
  it('50 rotations while readers and writers run: no failure, old items open, new ones are under the new version', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const clocks = movableClocks();
    const here = tenantProcess(store, { clocks, ttlSeconds: 10 });
    const elsewhere = tenantProcess(gated(store).store, { clocks, ttlSeconds: 10 }); // another process: it hears of no rotation
    const written = [await here.encryptAttributes(itemOf('a', 'first'))];
    let running = true;
    const load = [here, elsewhere].flatMap(({ encryptAttributes, decryptAttributes }) => [
      (async () => {
        while (running) written.push(await encryptAttributes(itemOf('a', `${written.length}`)));
      })(),
      (async () => {
        for (let i = 0; running; i++)
          expect(await decryptAttributes(written[i % written.length] ?? {})).toMatchObject({ tenantId: S('a') });
      })(),
    ]);
    const versions = new Set<string>();
    for (let rotation = 0; rotation < ROTATIONS; rotation++) {
      const { version } = await store.rotate('branch-a');
      versions.add(version);
      expect(versionOf(await here.encryptAttributes(itemOf('a')), 'branch-a')).toBe(version);
      clocks.pass(10_000);
      expect(versionOf(await elsewhere.encryptAttributes(itemOf('a')), 'branch-a')).toBe(version);
    }
    running = false;
    await Promise.all(load);
    expect(versions.size).toBe(ROTATIONS);
    const fresh = tenantProcess(store);
    for (const item of [...written.slice(0, 50), ...written.slice(-50)]) {
      expect(await fresh.decryptAttributes(item)).toMatchObject({ tenantId: S('a') });
    }
    expect(store.unreleased).toBe(0);
  }, 60_000);

  it('a write that begins after the rotation is under the new version, even while an older fetch is on its way', async () => {
    const store = memoryKeyStore();
    await store.createKey('branch-a');
    const gate = gated(store);
    const process = tenantProcess({ ...gate.store, subscribe: listener => store.subscribe?.(listener) ?? (() => undefined) });
    gate.close();
    const early = process.encryptAttributes(itemOf('a', 'early'));
    await new Promise(resolve => setImmediate(resolve));
    const { version } = await store.rotate('branch-a');
    const late = process.encryptAttributes(itemOf('a', 'late'));
    gate.open();
    await early;
    expect(versionOf(await late, 'branch-a')).toBe(version);
  });
});

describe('multi-region keys', () => {
  it('what is written in one region is read in the other, and while the first region is out', async () => {
    await using fake = new FakeKms();
    const { arn, replicaArns } = fake.createKey({ region: 'us-east-1', replicaRegions: ['eu-west-1'] });
    const encryptorIn = (region: string, kmsKeyId = '') =>
      itemEncryptor({ table: tenantUsers, keyring: mrk({ kmsKeyId, kmsClient: fake.client({ region }) }), algorithmSuiteId: SYMMETRIC });
    const [there, here] = [encryptorIn('us-east-1', arn), encryptorIn('eu-west-1', replicaArns[0])];
    const stored = await there.encryptAttributes(itemOf('a'));
    fake.reset();
    fake.fail({ region: 'us-east-1', error: 'internal' });
    expect(await here.decryptAttributes(stored)).toEqual(itemOf('a'));
    expect(fake.calls.map(({ region }) => region)).toEqual(['eu-west-1']);
    expect(await here.decryptAttributes(await here.encryptAttributes(itemOf('b')))).toEqual(itemOf('b'));
  });
});
