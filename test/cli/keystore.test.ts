import { randomUUID } from 'node:crypto';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { parsed, Scratch, USERS } from './fixtures.ts';
import { inProcess } from './in-process.ts';
import { recordsOf, store } from './key-store-records.ts';
import { fieldseal } from './program.ts';

const KMS_KEY = 'arn:aws:kms:us-east-1:111122223333:key/5f6b3dcc-f168-42dc-be3e-3a56b1e9e821';
const [FIRST, SECOND] = ['7a1f51f3-0c0e-4b8e-9a36-0d6a0c3c4d11', 'c4b0e0f2-54a1-4d0b-8f4e-6f3f3b1f9b22'];
const MARKER = 'hunter2MARKER';

const scratch = new Scratch();
let database: TestDatabase;
let table: string;
let reach: readonly string[];

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  database = await testDatabase();
});
beforeEach(() => {
  table = `keys-${randomUUID()}`;
  reach = ['--table', table, '--region', 'us-east-1', '--endpoint', database.endpoint];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database[Symbol.asyncDispose]();
});

const keystore = (command: string, ...args: readonly string[]) => inProcess(['keystore', command, ...args, ...reach]);
const makeTable = () => database.createTable(table, 'branch-key-id', 'type');

describe('fieldseal keystore create-table', () => {
  it("makes AWS's table, and leaves one that is there", async () => {
    const made = await fieldseal(['keystore', 'create-table', ...reach]);
    expect(made).toEqual({
      code: 0,
      stdout: expect.stringMatching(`^key store table ${table} was made: arn:aws:dynamodb:.*\n$`),
      stderr: '',
    });
    const { Table } = await database.client.send(new DescribeTableCommand({ TableName: table }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [
        { AttributeName: 'branch-key-id', KeyType: 'HASH' },
        { AttributeName: 'type', KeyType: 'RANGE' },
      ],
    });
    const again = await keystore('create-table');
    expect(again).toEqual({ ...made, stdout: made.stdout.replace('was made', 'is there already') });
    const { stdout } = await keystore('create-table', '--json');
    expect(parsed(stdout)).toEqual([{ table, tableArn: Table?.TableArn, created: false }]);
  });

  it('says on a terminal that it takes a while', async () => {
    const { stdout, stderr } = await inProcess(['keystore', 'create-table', ...reach], { isTTY: true });
    expect(stderr).toBe(`fieldseal: making table ${table}, which takes some seconds\n`);
    expect(stdout).toContain(' was made: ');
  });

  it('refuses a table with other keys', async () => {
    await database.createTable(table, 'id');
    const { code, stdout, stderr } = await keystore('create-table');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^fieldseal: CONFIG_INVALID: table "keys-.*" is no key store: its keys must be branch-key-id and type/);
  });
});

describe('fieldseal keystore list', () => {
  it('shows branch keys, and of their contexts only the names', async () => {
    await makeTable();
    const context = { tenant: MARKER, 'cost center': MARKER };
    await store(database.client, table, recordsOf({ branchKeyId: 'a', versions: [FIRST, SECOND], kmsArn: KMS_KEY, context }));
    const text = await fieldseal(['keystore', 'list', ...reach]);
    expect(text).toEqual({
      code: 0,
      stdout: [
        'BRANCH KEY ID  STATE   VERSIONS  ACTIVE VERSION                        SINCE                 CONTEXT               KMS KEY\n',
        `a              active  2         ${SECOND}  2026-01-02T03:04:05Z  "cost center",tenant  ${KMS_KEY}\n`,
      ].join(''),
      stderr: '',
    });
    const json = await keystore('list', '--json');
    expect(parsed(json.stdout)).toEqual([
      {
        branchKeyId: 'a',
        state: 'active',
        activeVersion: SECOND,
        versions: 2,
        time: '2026-01-02T03:04:05.678900Z',
        kmsKeyArn: KMS_KEY,
        hasBeaconKey: true,
        contextNames: ['cost center', 'tenant'],
      },
    ]);
    expect(text.stdout + json.stdout).not.toContain(MARKER);
  });

  it('shows shredded and incomplete ones', async () => {
    await makeTable();
    const tombstone = {
      'branch-key-id': { S: 'gone' },
      type: { S: 'fieldseal:shredded' },
      'shred-time': { S: '2026-02-03T04:05:06.000Z' },
    };
    await store(database.client, table, [tombstone, ...recordsOf({ branchKeyId: 'half', versions: [FIRST] }).slice(0, 1)]);
    const rows = (await keystore('list')).stdout.split('\n').map(line => line.split(/ +/));
    expect(rows).toContainEqual(['gone', 'shredded', '0', '-', '2026-02-03T04:05:06Z', '-', '-']);
    expect(rows).toContainEqual(['half', 'incomplete', '1', '-', '-', '-', '-']);
  });

  it('shows only its header, or nothing, for an empty table', async () => {
    await makeTable();
    expect(await keystore('list')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^BRANCH KEY ID .*KMS KEY\n$/), stderr: '' });
    expect(await keystore('list', '--json')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('gives no text of the table to the terminal as it is', async () => {
    await makeTable();
    const hostile = ['a\u001b[2J', 'b\nc', 'd\u202ee', 'f   active', 'g\u200bh', 'i"j', `k\u009b31m`];
    const records = hostile.flatMap(id =>
      recordsOf({ branchKeyId: id, versions: [FIRST], kmsArn: id, context: { [id]: 'x', 'l,m': 'y' } }),
    );
    await store(database.client, table, records);
    const { code, stdout } = await fieldseal(['keystore', 'list', ...reach]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n').slice(1);
    expect(lines).toHaveLength(hostile.length);
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
      const [id] = /^"(?:[^"\\]|\\.)*"/.exec(line) ?? [];
      expect(hostile).toContain(JSON.parse(id ?? ''));
      expect(line).toContain('"l,m"');
    }
    const json = await keystore('list', '--json');
    expect(json.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(
      parsed(json.stdout)
        .map(key => (key as { branchKeyId: string }).branchKeyId)
        .sort(),
    ).toEqual([...hostile].sort());
  });

  it.each([
    ['that is not there', undefined, /^fieldseal: KEY_NOT_FOUND: key store table "keys-.*" is not there/],
    ['that is none of a key store', 'id', /^fieldseal: (MALFORMED|CONFIG_INVALID): .*no key store/],
  ])('fails for a table %s', async (_, partitionKey, problem) => {
    if (partitionKey !== undefined) {
      await database.createTable(table, partitionKey);
      await store(database.client, table, [{ [partitionKey]: { S: MARKER } }]);
    }
    const { code, stdout, stderr } = await keystore('list');
    expect(stdout).toBe('');
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(problem);
    expect(stderr).not.toContain(MARKER);
  });

  it('fails where there is no DynamoDB', async () => {
    const { code, stdout, stderr } = await inProcess(['keystore', 'list', ...reach, '--endpoint', 'http://127.0.0.1:9']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^fieldseal: KEY_UNAVAILABLE: key store table "keys-.*" cannot be reached, fails or throttles; try again\n$/);
  });
});

describe('fieldseal keystore shred without --confirm', () => {
  const NOT_REMOVED = 'Nothing was removed yet: branch key a.\n';

  it('shows what would be removed, what cannot be erased and how to go on', async () => {
    await makeTable();
    await store(database.client, table, recordsOf({ branchKeyId: 'a', versions: [FIRST, SECOND] }));
    const { code, stdout, stderr } = await fieldseal(['keystore', 'shred', 'a', ...reach]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      `${NOT_REMOVED}Would be removed:\n  version ${FIRST}\n  version ${SECOND}\n  beacon key\nNot erased by this:\n`,
    );
    expect(stdout).toMatch(
      /\n {2}.*point-in-time recovery(.|\n)*backups(.|\n)*streams(.|\n)*replicas(.|\n)*caches of other processes(.|\n)*recipients/,
    );
    expect(stdout).toMatch(/the KMS key is deleted\.\nTo remove it, add --confirm with the id of the branch key\.\n$/);
    expect(parsed((await keystore('list', '--json')).stdout)).toMatchObject([{ branchKeyId: 'a', versions: 2 }]);
  });

  it('takes the key store of a configuration', async () => {
    await makeTable();
    await store(database.client, table, recordsOf({ branchKeyId: 'a', versions: [FIRST] }));
    const keyStore = {
      table,
      discoveryFilter: { partition: 'aws', accountIDs: ['111122223333'] },
      region: 'us-east-1',
      endpoint: database.endpoint,
    };
    const config = scratch.config({ ...USERS, keyring: { type: 'hierarchical', branchKeyId: 'a', keyStore } }, `${table}.json`);
    const { code, stdout } = await inProcess(['keystore', 'shred', 'a', '--config', config, '--json']);
    expect(code).toBe(0);
    expect(parsed(stdout)).toMatchObject([{ branchKeyId: 'a', dryRun: true, versions: [FIRST], beaconKey: true, alreadyShredded: false }]);
  });

  it('fails for a branch key that is not there, and a table that is no key store', async () => {
    await makeTable();
    const unknown = await keystore('shred', 'a\u001b[2J');
    expect({ code: unknown.code, stdout: unknown.stdout }).toEqual({ code: 1, stdout: '' });
    expect(unknown.stderr).toMatch(/^fieldseal: KEY_NOT_FOUND: key store table "keys-.*" has no branch key "a\\u001b\[2J"\n$/);
    await database.createTable(`${table}-other`, 'id');
    const other = await inProcess(['keystore', 'shred', 'a', ...reach, '--table', `${table}-other`]);
    expect(other).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/CONFIG_INVALID: .* check that its keys are/) });
  });
});
