import { chmodSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { lines, RAW_AES, Scratch, STATIC_HIERARCHICAL, TEST_KEY, USERS, user } from './fixtures.ts';
import { inProcess } from './in-process.ts';
import { fieldseal } from './program.ts';

const scratch = new Scratch();
const input = lines(user('a'));
const MARKER = 'hunter2MARKER';

const withKeyring = (keyring: unknown): object => ({ ...USERS, keyring });

/** Refused configurations, and what must be said. */
const REFUSED: readonly (readonly [what: string, config: unknown, problem: RegExp])[] = [
  ['a list', [], /CONFIG_INVALID: .*JSON, but not an object/],
  ['an unknown member', { ...USERS, tableName: MARKER }, /CONFIG_INVALID: .*has no member "tableName"; it has .*logicalTableName/],
  ['no keyring', { ...USERS, keyring: undefined }, /CONFIG_INVALID: .*keyring is missing/],
  ['a keyring that is a text', withKeyring(MARKER), /CONFIG_INVALID: .*keyring must be an object/],
  [
    'an unknown keyring type',
    withKeyring({ type: MARKER }),
    /keyring.type must be one of raw-aes, raw-rsa, aws-kms, .*, hierarchical, multi$/m,
  ],
  ['an unknown member of a keyring', withKeyring({ ...RAW_AES, wrappingAlg: MARKER }), /keyring has no member "wrappingAlg"/],
  ['a key that is missing', withKeyring({ ...RAW_AES, wrappingKey: undefined }), /keyring.wrappingKey or wrappingKeyEnv is missing/],
  ['a key given twice', withKeyring({ ...RAW_AES, wrappingKeyEnv: 'X' }), /keyring.wrappingKey and wrappingKeyEnv are both given/],
  [
    'a variable that is not set',
    withKeyring({ ...RAW_AES, wrappingKey: undefined, wrappingKeyEnv: 'NOT_SET' }),
    /wrappingKeyEnv names a variable that is not set/,
  ],
  [
    'a key where the name of a variable belongs',
    withKeyring({ ...RAW_AES, wrappingKey: undefined, wrappingKeyEnv: `${MARKER}+/=` }),
    /did the key itself get there/,
  ],
  [
    'a key where the path of a file belongs',
    withKeyring({ type: 'raw-rsa', keyNamespace: 'n', keyName: 'k', privateKeyFile: `-----BEGIN PRIVATE KEY-----\n${MARKER}` }),
    /did the key itself get there/,
  ],
  [
    'a policy under which nothing is encrypted',
    { ...USERS, keyring: RAW_AES, plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' },
    /nothing would be encrypted/,
  ],
  ['a key that is not base64', withKeyring({ ...RAW_AES, wrappingKey: `${MARKER}!` }), /keyring.wrappingKey is not base64/],
  ['a key of another length', withKeyring({ ...RAW_AES, wrappingKey: 'AAAA' }), /CONFIG_INVALID: .*16, 24 or 32 bytes/],
  ['a name that is a number', withKeyring({ ...RAW_AES, keyName: 7 }), /keyring.keyName must be a text/],
  [
    'a mistake deep inside',
    withKeyring({ type: 'multi', children: [RAW_AES, { type: 'multi', generator: { ...RAW_AES, keyName: null } }] }),
    /keyring.children\[1\].generator.keyName must be a text/,
  ],
  ['an empty multi-keyring', withKeyring({ type: 'multi', children: [] }), /CONFIG_INVALID: .*generator, children or both/],
  ['no RSA key', withKeyring({ type: 'raw-rsa', keyNamespace: 'n', keyName: 'k' }), /CONFIG_INVALID/],
  ['an RSA key that is none', withKeyring({ type: 'raw-rsa', keyNamespace: 'n', keyName: 'k', privateKey: MARKER }), /CONFIG_INVALID/],
  [
    'a padding that does not exist',
    withKeyring({ type: 'raw-rsa', keyNamespace: 'n', keyName: 'k', paddingScheme: MARKER }),
    /paddingScheme must/,
  ],
  ['a key file that does not exist', withKeyring({ type: 'raw-rsa', keyNamespace: 'n', keyName: 'k', publicKeyFile: 'no' }), /ENOENT/],
  [
    'discovery without accounts',
    withKeyring({ type: 'aws-kms-discovery', discoveryFilter: { partition: 'aws' } }),
    /discoveryFilter.accountIDs is missing/,
  ],
  ['another branch key', withKeyring({ ...STATIC_HIERARCHICAL, branchKeyId: 'b' }), /keyring.keyStore.branchKeyId differs/],
  [
    'a short branch key',
    withKeyring({ ...STATIC_HIERARCHICAL, keyStore: { ...STATIC_HIERARCHICAL.keyStore, branchKey: 'AAAA' } }),
    /keyring.keyStore.branchKey must have 32 bytes/,
  ],
  ['a time to live that is a text', withKeyring({ ...STATIC_HIERARCHICAL, ttlSeconds: '300' }), /keyring.ttlSeconds must be a number/],
  [
    'a key store of unknown type',
    withKeyring({ ...STATIC_HIERARCHICAL, keyStore: { type: MARKER } }),
    /keyStore.type must be one of dynamodb, static/,
  ],
  ['no ARN of a key', withKeyring({ ...STATIC_HIERARCHICAL, keyStore: { table: 'keys', kmsKeyArn: MARKER } }), /kmsKeyArn must be the ARN/],
  ['an unknown suite', { ...USERS, algorithmSuiteId: MARKER }, /CONFIG_INVALID: .*is not one of ALG_/],
  ['an unknown policy', { ...USERS, plaintextOverride: MARKER }, /CONFIG_INVALID: .*plaintextOverride must be one of/],
  ['a limit out of range', { ...USERS, maxEncryptedDataKeys: 256 }, /CONFIG_INVALID: .*maxEncryptedDataKeys/],
  [
    'required context that is no text',
    { ...USERS, requiredEncryptionContext: { id: 1 } },
    /requiredEncryptionContext must be an object of texts/,
  ],
  ['an unknown action', { ...USERS, attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: MARKER } }, /SCHEMA_INVALID: .*"ssn"/],
  ['an encrypted key', { ...USERS, attributeActionsOnEncrypt: { id: 'ENCRYPT_AND_SIGN' } }, /SCHEMA_INVALID/],
];

describe('a configuration is refused before any line is read, without quoting it', () => {
  it.each(REFUSED)('%s', async (what, config, problem) => {
    const path = scratch.config(config as object, `${what}.json`);
    const { code, stdout, stderr } = await inProcess(['encrypt', '-c', path], { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(problem);
    expect(stderr).toMatch(/^fieldseal: [A-Z_]+: .*\n$/);
    expect(stderr).not.toContain(MARKER);
    expect(stderr).not.toContain(TEST_KEY);
  });

  it.each([
    ['text that is not JSON', `{"keyring": {"wrappingKey": "${MARKER}"`],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s', async (_, content) => {
    const { code, stderr } = await inProcess(['decrypt', '-c', scratch.write('broken.json', content)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^fieldseal: CONFIG_INVALID: .* is not (JSON|UTF-8)\n$/);
    expect(stderr).not.toContain(MARKER);
  });

  it('one that is not there', async () => {
    expect(await fieldseal(['decrypt', '-c', 'nowhere.json'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'fieldseal: CONFIG_INVALID: nowhere.json cannot be read (ENOENT)\n',
    });
  });
});

describe('a key', () => {
  it('may be in the environment', async () => {
    const { wrappingKey, ...rest } = RAW_AES;
    const env = { TABLE_KEY: wrappingKey };
    const config = scratch.config(withKeyring({ ...rest, wrappingKeyEnv: 'TABLE_KEY' }), 'env.json');
    const { stdout } = await fieldseal(['encrypt', '-c', config], { input, env });
    expect(await fieldseal(['decrypt', '-c', scratch.config()], { input: stdout })).toEqual({ code: 0, stdout: input, stderr: '' });
    expect(await fieldseal(['decrypt', '-c', config], { input: stdout, env: { TABLE_KEY: MARKER } })).toMatchObject({
      code: 2,
      stderr: expect.not.stringContaining(MARKER),
    });
  });

  it.skipIf(process.platform === 'win32')('in a file that others can read is warned of; the work goes on', async () => {
    const config = scratch.config(USERS, 'open.json');
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(config, mode);
      expect(await fieldseal(['encrypt', '-c', config], { input })).toMatchObject({
        code: 0,
        stderr: `fieldseal: warning: ${config} can be read by other users and holds a secret (keyring.wrappingKey); chmod 600 it\n`,
      });
    }
    chmodSync(config, 0o600);
    expect((await fieldseal(['encrypt', '-c', config], { input })).stderr).toBe('');
  });

  it.skipIf(process.platform === 'win32')('that is elsewhere lets others read the configuration', async () => {
    const { wrappingKey, ...rest } = RAW_AES;
    const config = scratch.write('public.json', JSON.stringify(withKeyring({ ...rest, wrappingKeyEnv: 'TABLE_KEY' })), 0o644);
    chmodSync(config, 0o644);
    expect(await fieldseal(['encrypt', '-c', config], { input, env: { TABLE_KEY: wrappingKey } })).toMatchObject({ code: 0, stderr: '' });
  });
});
