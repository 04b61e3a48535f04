import { inspectItem } from 'fieldseal/dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { SigningKeyPool } from '../../src/keys/signing-keys.ts';
import { encryptor, S, SIGNED } from './support.ts';

/** Keys are made in the background: for as long as a slow machine takes. */
const PATIENCE = { timeout: 20_000 };

describe('requirement 8: signing keys are made ahead, and never shared', () => {
  it('10,000 items carry 10,000 distinct public keys', { timeout: 300_000 }, async () => {
    const { encryptAttributes } = encryptor({ algorithmSuiteId: SIGNED });
    const publicKeys = new Set<string | undefined>();
    for (let batch = 0; batch < 625; batch++) {
      const items = await Promise.all(Array.from({ length: 16 }, (_, i) => encryptAttributes({ id: S(`${batch}-${i}`) })));
      for (const item of items) publicKeys.add(inspectItem(item).storedContext['aws-crypto-public-key']);
    }
    expect(publicKeys.size).toBe(10_000);
    expect(publicKeys.has(undefined)).toBe(false);
  });

  it('holds at most 16 keys, and drops old ones', async () => {
    let now = 0;
    const pool = new SigningKeyPool({ size: 100, now: () => now });
    await Promise.all(Array.from({ length: 40 }, () => pool.take()));
    await vi.waitFor(() => expect(pool.size).toBe(16), PATIENCE);
    now += 6 * 60_000;
    const taking = pool.take();
    expect(pool.size).toBe(0);
    await taking;
    await vi.waitFor(() => expect(pool.size).toBe(16), PATIENCE);
  });

  it('a key leaves the pool before it is used', async () => {
    const pool = new SigningKeyPool({ size: 1 });
    await pool.take();
    await vi.waitFor(() => expect(pool.size).toBe(1), PATIENCE);
    const taking = pool.take();
    expect(pool.size).toBe(0);
    await taking;
  });

  it('is empty after dispose, and stays so', async () => {
    const pool = new SigningKeyPool();
    await pool.take();
    pool.dispose();
    await pool.take();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(pool.size).toBe(0);
  });

  it('is off in runtimes that are restored from a snapshot', async () => {
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'snap-start');
    const pool = new SigningKeyPool();
    vi.unstubAllEnvs();
    await pool.take();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(pool.size).toBe(0);
  });
});
