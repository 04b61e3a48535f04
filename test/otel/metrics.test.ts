import { kms } from 'fieldseal/kms';
import { instrument } from 'fieldseal/otel';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../../src/diagnostics/publish.ts';
import { ann, codeOf, encryptor, flipped, withBytes } from '../security/support.ts';
import { seriesOf, type Telemetry, telemetry } from './support.ts';

const fake = new FakeKms();
const { arn } = fake.createKey();
let sdk: Telemetry;
let stop: () => void;

beforeEach(() => {
  sdk = telemetry();
  stop = instrument(sdk.providers).stop;
});
afterEach(() => {
  stop();
  fake.reset();
});
afterAll(() => fake.close());

describe('metrics', () => {
  it('of items: durations by operation, table and error', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    const stored = await encryptAttributes(ann);
    await decryptAttributes(stored);
    await decryptAttributes(stored);
    await codeOf(() => decryptAttributes(withBytes(stored, 'ssn', bytes => flipped(bytes, 5))));
    const metric = (await sdk.metrics()).get('fieldseal.operation.duration');
    expect(metric?.descriptor.unit).toBe('s');
    expect(seriesOf(metric)).toEqual([
      [{ 'fieldseal.operation': 'encrypt', 'fieldseal.table': 'users' }, 1],
      [{ 'fieldseal.operation': 'decrypt', 'fieldseal.table': 'users' }, 2],
      [{ 'fieldseal.operation': 'decrypt', 'fieldseal.table': 'users', 'error.type': 'NOT_AUTHENTIC' }, 1],
    ]);
  });

  it('are in seconds, with boundaries that tell fast items apart', async () => {
    using _slow = fake.fail({ latencyMs: 60 });
    await encryptor({ keyring: kms({ kmsKeyId: arn, kmsClient: fake.client() }) }).encryptAttributes(ann);
    const [point] = (await sdk.metrics()).get('fieldseal.kms.duration')?.dataPoints ?? [];
    expect(point?.value).toMatchObject({ count: 1, buckets: { boundaries: expect.arrayContaining([0.0001, 10]) } });
    const { sum } = (point?.value ?? { sum: 0 }) as { readonly sum: number }; // of a histogram
    expect(sum).toBeGreaterThan(0.05);
    expect(sum).toBeLessThan(30);
  });

  it('of KMS: durations by operation and error, without the key', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor({
      keyring: kms({ kmsKeyId: arn, kmsClient: fake.client({ maxAttempts: 1 }) }),
    });
    const stored = await encryptAttributes(ann);
    using _fault = fake.fail({ error: 'throttle' });
    await codeOf(() => decryptAttributes(stored));
    expect(seriesOf((await sdk.metrics()).get('fieldseal.kms.duration'))).toEqual([
      [{ 'fieldseal.kms.operation': 'GenerateDataKey' }, 1],
      [{ 'fieldseal.kms.operation': 'Decrypt', 'error.type': 'KEY_UNAVAILABLE' }, 1],
    ]);
  });

  it('of caches: events by action, and durations of fetches', async () => {
    const about = { cache: 'branch-key', keyring: 'hierarchical keyring over key store "s"' } as const;
    for (const branchKeyId of ['b-1', 'b-2']) publish('fieldseal:cache', () => ({ ...about, action: 'hit', branchKeyId, version: 'v' }));
    publish('fieldseal:cache', () => ({ ...about, action: 'load', branchKeyId: 'b-3', durationMs: 20 }));
    publish('fieldseal:cache', () => ({ ...about, action: 'refresh', branchKeyId: 'b-3', durationMs: 20, error: 'KEY_UNAVAILABLE' }));
    const attributes = { 'fieldseal.cache.name': 'branch-key', 'fieldseal.cache.keyring': about.keyring };
    const loaded = { ...attributes, 'fieldseal.cache.action': 'load' };
    const notRefreshed = { ...attributes, 'fieldseal.cache.action': 'refresh', 'error.type': 'KEY_UNAVAILABLE' };
    const all = await sdk.metrics();
    expect(seriesOf(all.get('fieldseal.cache.events'))).toEqual([
      [{ ...attributes, 'fieldseal.cache.action': 'hit' }, 2],
      [loaded, 1],
      [notRefreshed, 1],
    ]);
    expect(seriesOf(all.get('fieldseal.cache.fetch.duration'))).toEqual([
      [loaded, 1],
      [notRefreshed, 1],
    ]);
  });

  it('of audit events: a counter by action, table and key store', async () => {
    publish('fieldseal:audit', () => ({ action: 'key-rotated', time: Date.now(), keyStore: 'store', branchKeyId: 'b-1', version: 'v' }));
    publish('fieldseal:audit', () => ({ action: 'item-reencrypted', time: Date.now(), table: 'users', keyIds: [arn] }));
    expect(seriesOf((await sdk.metrics()).get('fieldseal.audit.events'))).toEqual([
      [{ 'fieldseal.audit.action': 'key-rotated', 'fieldseal.key_store': 'store' }, 1],
      [{ 'fieldseal.audit.action': 'item-reencrypted', 'fieldseal.table': 'users' }, 1],
    ]);
  });
});
