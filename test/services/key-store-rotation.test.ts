import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from 'fieldseal/dynamodb';
import { dynamoDbKeyStore, shred } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, S } from '../security/support.ts';
import { databaseAt } from '../support/database.ts';
import { versionOf } from '../support/stored-version.ts';
import { itemOf, type TenantProcess, tenantProcess } from '../support/tenants.ts';

const databaseUrl = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;
const ROTATIONS = 50;
const TTL_SECONDS = 0.5;

describe.skipIf(databaseUrl === undefined)('two processes over one key store on DynamoDB Local (skipped: npm run test:services)', () => {
  const table = `keys-${randomUUID()}`;
  const branchKeyId = `branch-a`;
  const fake = new FakeKms();
  const { arn: kmsKeyArn } = fake.createKey();
  let database: DynamoDBClient;

  beforeAll(async () => {
    const connected = await databaseAt(databaseUrl ?? '');
    database = connected.client;
    await connected.createTable(table, 'branch-key-id', 'type');
  });
  afterAll(async () => {
    database.destroy();
    await fake.close();
  });

  const storeOfAProcess = () => dynamoDbKeyStore({ table, kmsKeyArn, kmsClient: fake.client(), dynamoDbClient: database });

  it('50 rotations under load: no failure, old items open, new ones at once here and within the time to live there', {
    timeout: 90_000,
  }, async () => {
    const store = storeOfAProcess();
    await store.createKey({ branchKeyId, encryptionContext: { tenant: 'a' } });
    const here = tenantProcess(store);
    const there = tenantProcess(storeOfAProcess(), { ttlSeconds: TTL_SECONDS });
    const written: AttributeMap[] = [await here.encryptAttributes(itemOf('a'))];
    let running = true;
    const writer = async ({ encryptAttributes }: TenantProcess): Promise<void> => {
      while (running) {
        written.push(await encryptAttributes(itemOf('a', `${written.length}`)));
        await new Promise(resolve => setTimeout(resolve, 1));
      }
    };
    const reader = async ({ decryptAttributes }: TenantProcess): Promise<void> => {
      for (let i = 0; running; i++) {
        expect(await decryptAttributes(written[(i * 7) % written.length] ?? {})).toMatchObject({ tenantId: S('a') });
        await new Promise(resolve => setTimeout(resolve, 1));
      }
    };
    const load = [here, there].flatMap(process => [writer(process), reader(process)]);
    let last = '';
    for (let rotation = 0; rotation < ROTATIONS; rotation++) {
      last = (await store.rotate(branchKeyId)).version;
      expect(versionOf(await here.encryptAttributes(itemOf('a')), branchKeyId)).toBe(last);
    }
    await new Promise(resolve => setTimeout(resolve, TTL_SECONDS * 1000));
    expect(versionOf(await there.encryptAttributes(itemOf('a')), branchKeyId)).toBe(last);
    running = false;
    await Promise.all(load);
    const fresh = tenantProcess(storeOfAProcess());
    const sample = written.filter((_, i) => i % Math.ceil(written.length / 200) === 0);
    for (const item of sample) expect(await fresh.decryptAttributes(item)).toMatchObject({ tenantId: S('a') });
    expect(new Set(written.map(item => versionOf(item, branchKeyId))).size).toBeGreaterThan(ROTATIONS / 2);
  });

  it('150 new tenants write at once, and 150 cold ones read: nobody is refused', { timeout: 90_000 }, async () => {
    const writing = tenantProcess(storeOfAProcess(), { provision: { by: 'test' } });
    const tenants = Array.from({ length: 150 }, (_, i) => `new-${i}`);
    const stored = await Promise.all(tenants.map(tenant => writing.encryptAttributes(itemOf(tenant))));
    const reading = tenantProcess(storeOfAProcess());
    expect(await Promise.all(stored.map(item => reading.decryptAttributes(item)))).toEqual(tenants.map(tenant => itemOf(tenant)));
    const { loads } = reading.keyring.stats().branchKeys;
    expect(loads).toBe(150);
  });

  it('after a shredding nobody reads, here at once and there after the time to live', async () => {
    const [here, there] = [tenantProcess(storeOfAProcess()), tenantProcess(storeOfAProcess(), { ttlSeconds: TTL_SECONDS })];
    const stored = await here.encryptAttributes(itemOf('a'));
    await there.decryptAttributes(stored);
    const { versions } = await shred(branchKeyId, { keyring: here.keyring, confirm: branchKeyId });
    expect(versions).toHaveLength(ROTATIONS + 1);
    expect(await codeOf(() => here.decryptAttributes(stored))).toBe('KEY_SHREDDED');
    await new Promise(resolve => setTimeout(resolve, TTL_SECONDS * 1000));
    expect(await codeOf(() => there.decryptAttributes(stored))).toBe('KEY_SHREDDED');
    const again = tenantProcess(storeOfAProcess(), { provision: { by: 'test' } });
    expect(await codeOf(() => again.encryptAttributes(itemOf('a')))).toBe('KEY_SHREDDED');
  });
});
