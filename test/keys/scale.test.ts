import type { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type AttributeMap, itemEncryptor } from 'fieldseal/dynamodb';
import { type BranchKeySupplier, dynamoDbKeyStore, type HierarchicalOptions, hierarchical } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBranchKey } from '../../examples/support/branch-keys.mjs';
import { codeOf, SYMMETRIC, tenantUsers } from '../security/support.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { itemOf, movableClocks, settled } from '../support/tenants.ts';

const TENANTS = 100;
const AT_A_TIME = 200;
const TABLE = 'keys';

describe('a key store in DynamoDB and a KMS, many tenants, cold', () => {
  const fake = new FakeKms();
  let database: TestDatabase;
  let kmsKeyArn: string;
  const branchKeyIds = new Map<string, string>();
  const reads: string[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    await database.createTable(TABLE, 'branch-key-id', 'type');
    kmsKeyArn = fake.createKey().arn;
    const kmsClient = fake.client();
    for (let tenant = 0; tenant < TENANTS; tenant++) {
      branchKeyIds.set(`tenant-${tenant}`, await createBranchKey({ database: database.client, kmsClient, table: TABLE, kmsKeyArn }));
    }
    countReads(database.client, reads);
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await fake.close();
  });
  beforeEach(() => {
    fake.reset();
    reads.length = 0;
  });

  const branchKey: BranchKeySupplier = ({ attribute }) => branchKeyIds.get(attribute('tenantId'));
  const process = (options: Partial<HierarchicalOptions> = {}, maxAttempts = 1) => {
    const keyStore = dynamoDbKeyStore({
      table: TABLE,
      kmsKeyArn,
      kmsClient: fake.client({ maxAttempts }),
      dynamoDbClient: database.client,
    });
    const keyring = hierarchical({ keyStore, branchKey, ttlSeconds: 300, ...options });
    return { keyring, ...itemEncryptor({ table: tenantUsers, keyring, algorithmSuiteId: SYMMETRIC }) };
  };
  const tenantOf = (i: number): string => `tenant-${(i * 37) % TENANTS}`;

  it('10,000 reads and writes of 100 tenants, 200 at a time: one KMS call and one read for each branch key', async () => {
    const elsewhere = process();
    const stored = await inParallel(5000, i => elsewhere.encryptAttributes(itemOf(tenantOf(i), `${i}`)));
    fake.reset();
    reads.length = 0;

    const { keyring, encryptAttributes, decryptAttributes } = process();
    const results = await inParallel<AttributeMap>(10_000, i =>
      i % 2 === 0 ? decryptAttributes(stored[i / 2] ?? {}) : encryptAttributes(itemOf(tenantOf(i), `new ${i}`)),
    );
    expect(fake.count()).toBe(TENANTS);
    expect(fake.count('Decrypt')).toBe(TENANTS);
    expect(reads).toHaveLength(TENANTS);
    expect(new Set(reads).size).toBe(TENANTS);
    expect(keyring.stats().branchKeys).toMatchObject({ loads: TENANTS, entries: TENANTS, inUse: 0 });
    expect(results.filter((_, i) => i % 2 === 0)).toEqual(Array.from({ length: 5000 }, (_, i) => itemOf(tenantOf(i), `${i}`)));
    const written = results.filter((_, i) => i % 2 === 1);
    expect(await elsewhere.decryptAttributes(written[0] ?? {})).toEqual(itemOf(tenantOf(1), 'new 1'));
  }, 120_000);

  it('KMS down: within the time to live and staleOnOutage cached tenants go on, others fail with retryable, and nothing needs a restart', async () => {
    const clocks = movableClocks();
    const { encryptAttributes, decryptAttributes } = process({ ttlSeconds: 10, staleOnOutageSeconds: 60, clocks });
    const stored = await encryptAttributes(itemOf('tenant-1'));
    const outage = fake.fail({ error: 'internal' });
    for (const ms of [0, 9_000, 1_000, 50_000]) {
      clocks.pass(ms);
      expect(await decryptAttributes(stored)).toEqual(itemOf('tenant-1'));
      expect(await codeOf(() => encryptAttributes(itemOf('tenant-1', '2')))).toBe('none');
      const other = await encryptAttributes(itemOf('tenant-2')).catch((error: unknown) => error);
      expect(other).toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
      await settled();
    }
    clocks.pass(10_000);
    expect(await codeOf(() => decryptAttributes(stored))).toBe('KEY_UNAVAILABLE');
    outage.remove();
    expect(await decryptAttributes(stored)).toEqual(itemOf('tenant-1'));
    expect(await codeOf(() => encryptAttributes(itemOf('tenant-2')))).toBe('none');
  });

  it.each(['throttle', 'timeout', 'internal'] as const)('%s of KMS is retryable for tenants that are not cached', async error => {
    const { encryptAttributes } = process();
    fake.fail({ error });
    await expect(encryptAttributes(itemOf('tenant-1'))).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
  });

  it.each(['disabled', 'access-denied', 'pending-deletion'] as const)(
    'a KMS key that is %s stops at once at the next refresh',
    async error => {
      const clocks = movableClocks();
      const { keyring, encryptAttributes, decryptAttributes } = process({
        ttlSeconds: 10,
        refreshAheadSeconds: 5,
        staleOnOutageSeconds: 60,
        clocks,
      });
      const stored = await encryptAttributes(itemOf('tenant-1'));
      const denial = fake.fail({ error });
      clocks.pass(5_000);
      await encryptAttributes(itemOf('tenant-1')); // this use begins the refresh
      await untilTrue(() => keyring.stats().branchKeys.entries === 0);
      expect(await codeOf(() => encryptAttributes(itemOf('tenant-1')))).toBe('KEY_ACCESS_DENIED');
      expect(await codeOf(() => decryptAttributes(stored))).toBe('KEY_ACCESS_DENIED');
      denial.remove();
      expect(await decryptAttributes(stored)).toEqual(itemOf('tenant-1'));
    },
  );

  it('an unknown tenant calls nobody', async () => {
    const { encryptAttributes } = process();
    expect(await codeOf(() => encryptAttributes(itemOf('nobody')))).toBe('MISSING_CONTEXT');
    expect(fake.count()).toBe(0);
    expect(reads).toEqual([]);
  });
});

async function inParallel<T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) results[i] = await work(i);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}

function countReads(client: DynamoDBClient, reads: string[]): void {
  client.middlewareStack.add(
    (next, context) => args => {
      const { Key } = args.input as GetItemCommand['input'];
      if (context.commandName === 'GetItemCommand') reads.push(Key?.['branch-key-id']?.S ?? '');
      return next(args);
    },
    { step: 'initialize', name: 'countReads' },
  );
}

async function untilTrue(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !condition(); turn++) await new Promise(resolve => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}
