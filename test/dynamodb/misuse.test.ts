import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table } from 'fieldseal';
import { encryptedClient, encryptedDocumentClient, inspectItem, itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, rawAes } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { aesKeyring, ann, codeOf, encryptor, SIGNED } from '../security/support.ts';

const users = table('users', { id: key.partition<string>(), ssn: encrypted<string>() });
const base = new DynamoDBClient({ region: 'us-east-1' });
const keyring = aesKeyring();

/** What programs without types get wrong: each is a code and a sentence, never a TypeError. */
const MISTAKES: Readonly<Record<string, readonly [code: string, message: RegExp, work: () => unknown]>> = {
  'a table that is not bound': [
    'CONFIG_INVALID',
    /tables\[0\] is not bound/,
    () => encryptedClient(base, { tables: [users as never], keyring }),
  ],
  'a table that is bound': [
    'CONFIG_INVALID',
    /\.at\(\) is for clients/,
    () => itemEncryptor({ table: users.at('users') as never, keyring }),
  ],
  'no table': ['CONFIG_INVALID', /table must be/, () => itemEncryptor({ keyring } as never)],
  'no client': [
    'CONFIG_INVALID',
    /client of the AWS SDK/,
    () => encryptedClient(undefined as never, { tables: [users.at('users')], keyring }),
  ],
  'an object for a client': [
    'CONFIG_INVALID',
    /client of the AWS SDK/,
    () => encryptedClient({} as never, { tables: [users.at('users')], keyring }),
  ],
  'no keyring': ['KEYRING_REFUSED', /keyring is missing/, () => itemEncryptor({ table: users } as never)],
  'a misspelt option': [
    'CONFIG_INVALID',
    /no option "plaintextOveride"/,
    () => itemEncryptor({ table: users, keyring, plaintextOveride: 'x' } as never),
  ],
  'a misspelt option of a client': [
    'CONFIG_INVALID',
    /no option "requiredEncryptionContexts"/,
    () => encryptedClient(base, { tables: [users.at('users')], keyring, requiredEncryptionContexts: {} } as never),
  ],
  'a misspelt setting of a client, which is told all options': [
    'CONFIG_INVALID',
    /no option "onItemErrors"; there are keyring,.* onItemError,.* leakCheck/,
    () => encryptedClient(base, { tables: [users.at('users')], keyring, onItemErrors: 'collect' } as never),
  ],
  'an attribute to declassify that no table has': [
    'CONFIG_INVALID',
    /allowDeclassify names "snn"/,
    () => encryptedClient(base, { tables: [users.at('users')], keyring, allowDeclassify: ['snn'] }),
  ],
  'a setting of another kind': [
    'CONFIG_INVALID',
    /concurrency must be a whole number/,
    () => encryptedClient(base, { tables: [users.at('users')], keyring, concurrency: 0 }),
  ],
  'suites that are no list': [
    'CONFIG_INVALID',
    /acceptSuites must be a list/,
    () => itemEncryptor({ table: users, keyring, acceptSuites: SIGNED } as never),
  ],
  'a suite that is undefined': [
    'CONFIG_INVALID',
    /acceptSuites must be a list/,
    () => itemEncryptor({ table: users, keyring, acceptSuites: [undefined] } as never),
  ],
  'no key store': ['CONFIG_INVALID', /keyStore must be/, () => hierarchical({ branchKey: 'b', ttlSeconds: 1 } as never)],
  'a text for a wrapping key': [
    'CONFIG_INVALID',
    /decode a text first/,
    () => rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: 'correct-horse-battery-staple-xyz' as never }),
  ],
  'numbers for a wrapping key': [
    'CONFIG_INVALID',
    /decode a text first/,
    () => rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: Array(32).fill(1) as never }),
  ],
  'a wrapping key of zeros': [
    'CONFIG_INVALID',
    /all zeros/,
    () => rawAes({ keyNamespace: 'n', keyName: 'k', wrappingKey: new Uint8Array(32) }),
  ],
  'a text for a branch key': [
    'KEY_INVALID',
    /must be bytes/,
    () => {
      const material = { branchKeyId: 'b', version: '00000000-0000-4000-8000-000000000001', key: 'f'.repeat(32) as never };
      const keyStore = { logicalName: 'k', getActiveBranchKey: async () => material, getBranchKeyVersion: async () => material };
      return encryptor({ keyring: hierarchical({ keyStore, branchKey: 'b', ttlSeconds: 1 }) }).encryptAttributes(ann);
    },
  ],
  'a function as a value': ['ATTRIBUTE_INVALID', /"ssn" holds a function/, () => encryptor().encryptItem({ id: '1', ssn: () => 'x' })],
  'a date as a value': [
    'ATTRIBUTE_INVALID',
    /"ssn" holds what DynamoDB cannot/,
    () => encryptor().encryptItem({ id: '1', email: 'x', ssn: new Date(0) }),
  ],
  'NaN as a value': [
    'ATTRIBUTE_INVALID',
    /"ssn" holds what DynamoDB cannot/,
    () => encryptor().encryptItem({ id: '1', email: 'x', ssn: Number.NaN }),
  ],
  'an item that is too large': ['ITEM_TOO_LARGE', /shorten "ssn"/, () => encryptor().encryptItem({ id: '1', ssn: 'x'.repeat(420_000) })],
  'no key attribute': [
    'ATTRIBUTE_MISSING',
    /needs "id"; give a value \(key and context attributes are never absent\)/,
    () => itemEncryptor({ table: users, keyring }).encryptItem({ ssn: 'x' } as never),
  ],
  'a name that the schema does not have': [
    'INPUT_INVALID',
    /only names "nss"/,
    async () => {
      const { encryptItem, decryptItem } = itemEncryptor({ table: users, keyring });
      return decryptItem(await encryptItem({ id: '1', ssn: 'x' }), { only: ['nss'] as never });
    },
  ],
  'an encryption that was not awaited': [
    'INPUT_INVALID',
    /got a promise: await it first/,
    () => encryptor().decryptItem(encryptor().encryptItem({ id: '1', ssn: 'x' })),
  ],
  'an item that was not awaited': [
    'INPUT_INVALID',
    /got a promise: await it first/,
    () => encryptor().encryptItem(Promise.resolve({ id: '1', ssn: 'x' }) as never),
  ],
  'an item to put that was not awaited': [
    'INPUT_INVALID',
    /^Item must be an object of attributes; got a promise: await it first/,
    () => {
      const client = encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [users.at('users')], keyring });
      return client.send(new PutCommand({ TableName: 'users', Item: Promise.resolve({ id: '1', ssn: 'x' }) as never }));
    },
  ],
  'an item to inspect that is none': ['INPUT_INVALID', /must be an object/, () => inspectItem(undefined as never)],
};

describe('mistakes', () => {
  it.each(Object.entries(MISTAKES))('%s', async (_, [code, message, work]) => {
    const failure = await (async () => work())().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'FieldsealError', code, message: expect.stringMatching(message) });
  });

  it('names in messages cannot forge log lines or fill them', async () => {
    const name = `\u202egnorw\n${'x'.repeat(500)}`;
    const failure = await encryptor()
      .encryptAttributes({ ...ann, [name]: { S: '\ud800' } })
      .catch((error: unknown) => error as Error);
    expect(String(failure)).not.toMatch(/[\u202e\n]|x{100}/);
  });
});

describe('conveniences', () => {
  it('explain and inspectItem take either form of an item', async () => {
    const { encryptItem, encryptAttributes, explain } = encryptor();
    for (const stored of [await encryptItem({ id: '1', ssn: 'x' }), await encryptAttributes({ id: { S: '1' }, ssn: { S: 'x' } })]) {
      expect(inspectItem(stored)).toMatchObject({ legend: 'se' });
      expect(await explain(stored)).toMatchObject({ outcome: 'authentic' });
    }
  });

  it('an encryptor works on after it was disposed, and a wrapped client after destroy', async () => {
    const signing = encryptor({ algorithmSuiteId: SIGNED });
    const before = await signing.encryptAttributes(ann);
    signing.dispose();
    signing[Symbol.dispose]();
    expect(await signing.decryptAttributes(before)).toEqual(ann);
    expect(await signing.decryptAttributes(await signing.encryptAttributes(ann))).toEqual(ann);
    encryptedClient(new DynamoDBClient({ region: 'us-east-1' }), { tables: [users.at('users')], keyring }).destroy();
  });

  it('a transient failure wins over every other', async () => {
    const store = memoryKeyStore();
    await store.createKey('b');
    store.fail({ error: 'unavailable' });
    const malformed = {
      logicalName: 'k',
      getActiveBranchKey: () => store.getActiveBranchKey('b'),
      getBranchKeyVersion: async () => ({ branchKeyId: 'other', version: 'x', key: new Uint8Array(32).fill(1) }),
    };
    const { multi } = await import('fieldseal/kms');
    const writable = memoryKeyStore();
    await writable.createKey('b');
    const stored = await encryptor({ keyring: hierarchical({ keyStore: writable, branchKey: 'b', ttlSeconds: 60 }) }).encryptAttributes(
      ann,
    );
    const reader = multi({
      children: [
        hierarchical({ keyStore: malformed, branchKey: 'b', ttlSeconds: 60 }),
        hierarchical({ keyStore: store, branchKey: 'b', ttlSeconds: 60 }),
      ],
    });
    expect(await codeOf(() => encryptor({ keyring: reader }).decryptAttributes(stored))).toBe('KEY_UNAVAILABLE');
  });
});
