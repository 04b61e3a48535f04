import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RAW_AES, Scratch, STATIC_HIERARCHICAL, USERS } from './fixtures.ts';
import { inProcess } from './in-process.ts';
import { fieldseal } from './program.ts';

const MARKER = 'hunter2MARKER';
const scratch = new Scratch();
const KMS_KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5f6b3dcc-f168-42dc-be3e-3a56b1e9e821';

/** A server that counts its requests, and answers none. */
const server = createServer((request, response) => {
  calls++;
  request.destroy();
  response.destroy();
});
let calls = 0;
let endpoint = '';
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('help of fieldseal keystore', () => {
  it.each([
    [['keystore', '--help'], /create-table .*\n.*create-key .*\n.*rotate .*\n.*list .*\n.*shred /],
    [['help', 'keystore'], /create-table /],
    [['keystore', 'create-table', '--help'], /--endpoint <url>/],
    [['keystore', 'create-key', '--help'], /--context <name=value>/],
    [['keystore', 'rotate', '--help'], /Usage: fieldseal keystore rotate \[options\] <ID>/],
    [['keystore', 'help', 'list'], /Of an encryption\ncontext only the names are shown/],
    [['keystore', 'shred', '--help'], /--confirm <ID>(.|\n)*Without --confirm nothing is removed/],
  ])('%j', async (args, text) => {
    const { code, stdout, stderr } = await inProcess(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(text);
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(140);
  });

  it('is shown when no command of the group is given', async () => {
    expect(await fieldseal(['keystore'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: fieldseal keystore'),
    });
  });
});

describe('arguments of fieldseal keystore are refused before any call', () => {
  const table = ['--table', 'keys', '--region', 'us-east-1'];
  const key = [...table, '--kms-key-arn', KMS_KEY_ARN];
  const configOf = (name: string, keyring: object): string => scratch.config({ ...USERS, keyring }, name);
  const multi = configOf('multi.json', { type: 'multi', generator: STATIC_HIERARCHICAL, children: [RAW_AES] });

  it.each([
    ['an unknown command', ['make'], "INPUT_INVALID: unknown command 'make'"],
    ['no table', ['list'], "INPUT_INVALID: required option '-t, --table <name>' not specified"],
    ['an empty table', ['list', '--table', '', '--region', 'us-east-1'], 'INPUT_INVALID: give --table'],
    ['no KMS key to create under', ['create-key', ...table], "INPUT_INVALID: required option '--kms-key-arn <arn>' not specified"],
    ['no KMS key to rotate under', ['rotate', 'a', ...table], "INPUT_INVALID: required option '--kms-key-arn <arn>' not specified"],
    ['a KMS key that is none', ['rotate', 'a', ...table, '--kms-key-arn', MARKER], 'CONFIG_INVALID: dynamoDbKeyStore: kmsKeyArn must be'],
    ['a KMS key that is none, to list', ['list', ...table, '--kms-key-arn', ''], 'CONFIG_INVALID: dynamoDbKeyStore: kmsKeyArn must be'],
    ['an endpoint that is none', ['list', ...table, '--endpoint', `user:${MARKER}`], 'INPUT_INVALID: --endpoint must be a URL'],
    ['an endpoint of KMS that is none', ['list', ...table, '--kms-endpoint', MARKER], 'INPUT_INVALID: --kms-endpoint must be a URL'],
    ['a region that is none', ['list', '--table', 'keys', '--region', `${MARKER}.example/`], 'CONFIG_INVALID: there is no region'],
    ['an empty logical name', ['list', ...table, '--logical-name', ''], 'CONFIG_INVALID: dynamoDbKeyStore: logicalName must be'],
    ['no branch key to rotate', ['rotate', ...key], "INPUT_INVALID: missing required argument 'ID'"],
    ['an empty branch key', ['rotate', ...key, ''], 'INPUT_INVALID: the id of the branch key is empty'],
    ['two branch keys', ['rotate', ...key, 'a', 'b'], 'INPUT_INVALID: too many arguments'],
    ['an id without a context', ['create-key', ...key, '--id', 'a'], 'CONFIG_INVALID: an id of your own needs at least one --context'],
    ['an empty id', ['create-key', ...key, '--id', '', '--context', 'a=b'], 'INPUT_INVALID: the id of the branch key is empty'],
    [
      'a context that is no pair',
      ['create-key', ...key, '--id', 'a', '--context', 'a=b', '--context', MARKER],
      '--context number 2 must be',
    ],
    ['a context without a name', ['create-key', ...key, '--context', `=${MARKER}`], 'INPUT_INVALID: --context number 1 must be NAME=VALUE'],
    ['a context without a value', ['create-key', ...key, '--context', 'name='], 'INPUT_INVALID: --context number 1 must be NAME=VALUE'],
    ['a context twice', ['create-key', ...key, '--context', 'a=b', '--context', `a=${MARKER}`], '--context number 2 gives a name for the'],
    ['a mistyped context', ['create-key', ...key, `--contxt=tenant=${MARKER}`], "INPUT_INVALID: unknown option '--contxt'"],
    ['credentials', ['list', ...table, `--secret-access-key=${MARKER}`], "INPUT_INVALID: unknown option '--secret-access-key'"],
    ['another id to confirm', ['shred', 'a', ...table, '--confirm', MARKER], 'INPUT_INVALID: --confirm does not name the branch key'],
    ['no id to confirm', ['shred', 'a', ...table, '--confirm', ''], 'INPUT_INVALID: --confirm does not name the branch key'],
    ['neither table nor configuration', ['shred', 'a', '--region', 'us-east-1'], 'INPUT_INVALID: give --table'],
    [
      'table and configuration',
      ['shred', 'a', ...table, '-c', multi],
      "'-c, --config <file>' cannot be used with option '-t, --table <name>'",
    ],
    [
      'a keyring with a second recipient',
      ['shred', 'a', '-c', multi, '--confirm', 'a'],
      'OPERATION_REFUSED: the keyring has several recipients',
    ],
    ['the same in a dry run', ['shred', 'a', '-c', multi], 'OPERATION_REFUSED: the keyring has several recipients'],
    [
      'a keyring without branch keys',
      ['shred', 'a', '-c', scratch.config(), '--confirm', 'a'],
      'CONFIG_INVALID: shred: the keyring must be a hierarchical one',
    ],
    [
      'a key store that cannot remove',
      ['shred', 'tenant', '-c', configOf('static.json', STATIC_HIERARCHICAL)],
      'CONFIG_INVALID: shred: the keyring must be a hierarchical one',
    ],
    ['a configuration that is not there', ['shred', 'a', '-c', 'nowhere.json'], 'CONFIG_INVALID: nowhere.json cannot be read (ENOENT)'],
  ])('%s', async (_, args, problem) => {
    const elsewhere = args.includes('--endpoint') || args.includes('-c') ? [] : ['--endpoint', endpoint];
    const { code, stdout, stderr } = await inProcess(['keystore', ...args, ...elsewhere]);
    expect({ code, stdout, calls }).toEqual({ code: 2, stdout: '', calls: 0 });
    expect(stderr).toMatch(/^fieldseal: (INPUT_INVALID|CONFIG_INVALID|OPERATION_REFUSED): .*\n$/);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('MARKER');
  });

  it('a region that nobody names', async () => {
    const { code, stderr } = await fieldseal(['keystore', 'list', '--table', 'keys'], { env: { HOME: scratch.path } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'fieldseal: CONFIG_INVALID: there is no region, or none that can be: give --region, or --kms-key-arn, or set AWS_REGION\n',
    });
  });
});
