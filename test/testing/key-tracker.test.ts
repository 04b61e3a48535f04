import { inspect } from 'node:util';
import { encrypted, key, table } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, type Keyring, kms, rawAes } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore, trackKeys } from 'fieldseal/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { flipped, SIGNED, SYMMETRIC } from '../security/support.ts';

const fakeKms = new FakeKms();
const users = table('users', { id: key.partition(), email: encrypted<string>(), note: encrypted<string>().optional() });
const ann = { id: 'u-1', email: 'ann@example.com' };
const aes = () => rawAes({ keyNamespace: 'test', keyName: 'one', wrappingKey: new Uint8Array(32).fill(7) });

afterAll(() => fakeKms.close());

describe('trackKeys', () => {
  it.each<[string, () => Keyring]>([
    ['rawAes', aes],
    ['kms', () => kms({ kmsKeyId: fakeKms.createKey().arn, kmsClient: fakeKms.client({ maxAttempts: 1 }) })],
  ])('every key that %s made for an item is zeroed when the item is done', async (_, make) => {
    const keyring = make();
    for (const algorithmSuiteId of [SYMMETRIC, SIGNED] as const) {
      using keys = trackKeys();
      const { encryptItem, decryptItem } = itemEncryptor({ table: users, keyring, algorithmSuiteId });
      const stored = await encryptItem(ann);
      const ofWriting = keys.buffers;
      expect(await decryptItem(stored)).toEqual(ann);
      expect(ofWriting).toBeGreaterThan(0);
      expect(keys.buffers).toBeGreaterThan(ofWriting);
      expect(keys.unzeroed()).toBe(0);
    }
  });

  it.each(['disabled', 'wrong-plaintext', 'timeout'] as const)('also when it is not: %s', async error => {
    const keyring = kms({ kmsKeyId: fakeKms.createKey().arn, kmsClient: fakeKms.client({ maxAttempts: 1 }) });
    const { encryptItem, decryptItem } = itemEncryptor({ table: users, keyring });
    const stored = await encryptItem(ann);
    using keys = trackKeys();
    using _ = fakeKms.fail({ error });
    await expect(decryptItem(stored)).rejects.toThrow();
    await encryptItem(ann).catch(() => undefined);
    expect(keys.unzeroed()).toBe(0);
  });

  it('also when the item was tampered with', async () => {
    const { encryptItem, decryptItem } = itemEncryptor({ table: users, keyring: aes() });
    const stored = await encryptItem(ann);
    using keys = trackKeys();
    const footer = Buffer.from(stored.aws_dbe_foot as Uint8Array); // an item of the format has one
    await expect(decryptItem({ ...stored, aws_dbe_foot: flipped(footer, 0) })).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    expect(keys.buffers).toBeGreaterThan(0);
    expect(keys.unzeroed()).toBe(0);
  });

  it('counts the keys that are kept on purpose', async () => {
    using keys = trackKeys();
    const keyring = aes();
    expect(keys.unzeroed()).toBe(keys.buffers);
    const held = keys.buffers;
    const { encryptItem } = itemEncryptor({ table: users, keyring });
    await encryptItem(ann);
    expect(keys.unzeroed()).toBe(held);
  });

  it('counts a branch key that is cached', async () => {
    const keyStore = memoryKeyStore();
    const { branchKeyId } = await keyStore.createKey();
    using keys = trackKeys();
    const keyring = hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds: 60 });
    await itemEncryptor({ table: users, keyring }).encryptItem(ann);
    expect(keys.unzeroed()).toBeGreaterThan(0);
  });

  it('ends its watch, and keeps what it saw', async () => {
    const { encryptItem } = itemEncryptor({ table: users, keyring: aes() });
    const keys = trackKeys();
    await encryptItem(ann);
    const { buffers } = keys;
    keys.stop();
    keys.stop();
    await encryptItem(ann);
    expect(keys.buffers).toBe(buffers);
    expect(keys.unzeroed()).toBe(0);
  });

  it('hands out no bytes', () => {
    using keys = trackKeys();
    aes();
    expect(Object.values(keys).filter(value => typeof value === 'object')).toEqual([]);
    expect(inspect(keys, { depth: 9, showHidden: true })).not.toContain('Uint8Array');
  });
});
