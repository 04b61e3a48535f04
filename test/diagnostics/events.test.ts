import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { hierarchical, kms, multi, rawAes } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { timed } from '../../src/diagnostics/publish.ts';
import { aesKeyring, ann, codeOf, encryptor, flipped, SIGNED, SYMMETRIC, withBytes } from '../security/support.ts';
import { hearing } from './support.ts';

const fake = new FakeKms();
const { arn } = fake.createKey();
const kmsKeyring = (kmsKeyId = arn): ReturnType<typeof kms> => kms({ kmsKeyId, kmsClient: fake.client({ maxAttempts: 1 }) });

afterEach(() => fake.reset());
afterAll(() => fake.close());

const TIMES = { startTime: expect.any(Number), durationMs: expect.any(Number) };

describe('an encryption and a decryption', () => {
  it('are told with counts, suite and times', async () => {
    using listener = hearing();
    const before = Date.now();
    const { encryptAttributes, decryptAttributes } = encryptor();
    await decryptAttributes(await encryptAttributes(ann));
    const told = { ...TIMES, table: 'users', algorithmSuiteId: SYMMETRIC, signedAttributes: 4, keyIds: ['test'] };
    expect(listener.heard['fieldseal:encrypt']).toEqual([{ ...told, encryptedAttributes: 2 }]);
    expect(listener.heard['fieldseal:decrypt']).toEqual([{ ...told, decryptedAttributes: 2 }]);
    for (const { startTime, durationMs } of [...listener.heard['fieldseal:encrypt'], ...listener.heard['fieldseal:decrypt']]) {
      expect(startTime).toBeGreaterThanOrEqual(before);
      expect(durationMs).toBeGreaterThan(0);
      expect(startTime + durationMs).toBeLessThanOrEqual(Date.now() + 2);
    }
  });

  it('count what was wanted', async () => {
    const stored = await encryptor({ algorithmSuiteId: SIGNED }).encryptAttributes(ann);
    using listener = hearing();
    await encryptor().decryptAttributes(stored, { only: ['ssn'] });
    expect(listener.heard['fieldseal:decrypt']).toEqual([
      { ...TIMES, table: 'users', algorithmSuiteId: SIGNED, decryptedAttributes: 1, signedAttributes: 4, keyIds: ['test'] },
    ]);
  });

  it('name keys: ARN, branch key id, and of others the namespace', async () => {
    const keyStore = memoryKeyStore();
    const { branchKeyId } = await keyStore.createKey('tenant-1');
    const branch = hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds: 60 });
    const own = rawAes({ keyNamespace: 'acme', keyName: 'key-name', wrappingKey: new Uint8Array(32).fill(1) });
    const { encryptAttributes, decryptAttributes } = encryptor({ keyring: multi({ generator: kmsKeyring(), children: [branch, own] }) });
    using listener = hearing();
    await decryptAttributes(await encryptAttributes(ann));
    expect(listener.heard['fieldseal:encrypt'][0]?.keyIds).toEqual([arn, branchKeyId, 'acme']);
    expect(listener.heard['fieldseal:decrypt'][0]?.keyIds).toEqual([arn, branchKeyId, 'acme']);
  });

  it('cannot be changed by who hears of them', async () => {
    using listener = hearing();
    await encryptor().encryptAttributes(ann);
    const [event] = listener.heard['fieldseal:encrypt'];
    expect(Object.isFrozen(event) && Object.isFrozen(event?.keyIds)).toBe(true);
  });
});

describe('a failure is told with its code', () => {
  it('of an item that was tampered with', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    const stored = await encryptAttributes(ann);
    using listener = hearing();
    await codeOf(() => decryptAttributes(withBytes(stored, 'ssn', bytes => flipped(bytes, 5))));
    expect(listener.heard['fieldseal:decrypt']).toEqual([
      {
        ...TIMES,
        error: 'NOT_AUTHENTIC',
        table: 'users',
        algorithmSuiteId: SYMMETRIC,
        decryptedAttributes: 0,
        signedAttributes: 4,
        keyIds: [],
      },
    ]);
  });

  it('of a header that cannot be read, without a suite', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    const stored = await encryptAttributes(ann);
    using listener = hearing();
    await codeOf(() => decryptAttributes(withBytes(stored, 'aws_dbe_head', bytes => bytes.subarray(0, 40))));
    expect(listener.heard['fieldseal:decrypt']).toEqual([
      { ...TIMES, error: 'MALFORMED', table: 'users', decryptedAttributes: 0, signedAttributes: 4, keyIds: [] },
    ]);
  });

  it('of another key, and of a keyring that only reads', async () => {
    const stored = await encryptor().encryptAttributes(ann);
    using listener = hearing();
    await codeOf(() => encryptor({ keyring: aesKeyring(2) }).decryptAttributes(stored));
    await codeOf(() => encryptor({ keyring: multi({ children: [aesKeyring()] }) }).encryptAttributes(ann));
    expect(listener.heard['fieldseal:decrypt'].map(({ error }) => error)).toEqual(['KEY_NOT_FOUND']);
    expect(listener.heard['fieldseal:encrypt']).toEqual([
      {
        ...TIMES,
        error: 'KEYRING_REFUSED',
        table: 'users',
        algorithmSuiteId: SYMMETRIC,
        encryptedAttributes: 2,
        signedAttributes: 4,
        keyIds: [],
      },
    ]);
  });

  it('of anything else as UNKNOWN', async () => {
    using listener = hearing();
    const failing = timed(
      'fieldseal:kms',
      () => Promise.reject(new Error('foreign')),
      () => ({ operation: 'Encrypt' as const, keyId: 'k' }),
    );
    await expect(failing).rejects.toThrow('foreign');
    expect(listener.heard['fieldseal:kms']).toEqual([{ ...TIMES, error: 'UNKNOWN', operation: 'Encrypt', keyId: 'k' }]);
  });
});

describe('calls of KMS', () => {
  it('are told by operation and key', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor({ keyring: kmsKeyring() });
    using listener = hearing();
    await decryptAttributes(await encryptAttributes(ann));
    expect(listener.heard['fieldseal:kms']).toEqual([
      { ...TIMES, operation: 'GenerateDataKey', keyId: arn },
      { ...TIMES, operation: 'Decrypt', keyId: arn },
    ]);
  });

  it.each([
    ['access-denied', 'KEY_ACCESS_DENIED'],
    ['throttle', 'KEY_UNAVAILABLE'],
    ['wrong-region', 'KEY_NOT_FOUND'],
  ] as const)('%s is %s, as for the encryption', async (error, code) => {
    using _fault = fake.fail({ error });
    using listener = hearing();
    expect(await codeOf(() => encryptor({ keyring: kmsKeyring() }).encryptAttributes(ann))).toBe(code);
    expect(listener.heard['fieldseal:kms'].map(event => event.error)).toEqual([code]);
    expect(listener.heard['fieldseal:encrypt'].map(event => event.error)).toEqual([code]);
  });

  it('of a wrapped key that is not the one of its key is NOT_AUTHENTIC', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor({ keyring: kmsKeyring() });
    const stored = await encryptAttributes(ann);
    using listener = hearing();
    await codeOf(() => decryptAttributes({ ...stored, id: { S: 'bob' } }));
    expect(listener.heard['fieldseal:kms'].map(({ operation, error }) => [operation, error])).toEqual([['Decrypt', 'NOT_AUTHENTIC']]);
  });
});

describe('listeners', () => {
  it('nothing is made while nobody listens: work is handed through', async () => {
    const promise = Promise.resolve(1);
    const event = vi.fn();
    expect(timed('fieldseal:encrypt', () => promise, event)).toBe(promise);
    await promise;
    expect(event).not.toHaveBeenCalled();
  });

  it('hear of work that began while they listened, and nothing after they left', async () => {
    const events: unknown[] = [];
    const hear = (event: unknown): unknown => events.push(event);
    const { encryptAttributes } = encryptor();
    const early = encryptAttributes(ann);
    await Promise.resolve();
    subscribe('fieldseal:encrypt', hear);
    const heard = encryptAttributes(ann);
    await Promise.all([early, heard]);
    expect(unsubscribe('fieldseal:encrypt', hear)).toBe(true);
    await encryptAttributes(ann);
    expect(events.length).toBeGreaterThanOrEqual(1);
    expect(events.length).toBeLessThanOrEqual(2);
  });

  it('that throw do not break an encryption; Node reports them as uncaught exceptions', async () => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const uncaught: unknown[] = [];
    process.on('uncaughtException', error => uncaught.push(error));
    const mistake = new Error('a mistake of the listener');
    const fail = (): never => {
      throw mistake;
    };
    subscribe('fieldseal:encrypt', fail);
    try {
      const { encryptAttributes, decryptAttributes } = encryptor();
      expect(await decryptAttributes(await encryptAttributes(ann))).toEqual(ann);
      await new Promise(resolve => setImmediate(resolve));
      expect(uncaught).toEqual([mistake]);
    } finally {
      unsubscribe('fieldseal:encrypt', fail);
      process.removeAllListeners('uncaughtException');
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });
});
