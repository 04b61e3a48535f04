import { randomUUID } from 'node:crypto';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lines, parsed, Scratch, USERS, user } from '../cli/fixtures.ts';
import { fieldseal, type Run } from '../cli/program.ts';
import { SERVERS } from '../support/servers.ts';

const databaseUrl = SERVERS['DynamoDB Local'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MARKER = 'hunter2MARKER';
const CONTROL_OR_MARKER = /MARKER|(?!\n)\p{Cc}/u;
const input = lines(user('a'), user('b'));
const scratch = new Scratch();
/** Every step is a process of its own. */
const TIMEOUT = { timeout: 120_000 };

// dynalite has no transactions, in which branch keys are made and removed.
describe.skipIf(databaseUrl === undefined)('fieldseal keystore on DynamoDB Local (skipped: npm run test:services)', TIMEOUT, () => {
  const kms = new FakeKms();
  const { arn: kmsKeyArn } = kms.createKey();
  const table = `keys-${randomUUID()}`;
  const endpoint = databaseUrl ?? '';
  let kmsEndpoint = '';
  let reach: readonly string[];

  beforeAll(async () => {
    kmsEndpoint = (await kms.listen()).url;
    reach = ['--table', table, '--endpoint', endpoint, '--kms-endpoint', kmsEndpoint, '--kms-key-arn', kmsKeyArn];
    expect(await keystore('create-table')).toMatchObject({ code: 0, stdout: expect.stringContaining(`key store table ${table} was made`) });
  });
  beforeEach(() => kms.reset());
  afterAll(() => kms.close());

  /** Of an option that is given twice, the last counts. */
  const keystore = (command: string, ...args: readonly string[]): Promise<Run> => fieldseal(['keystore', command, ...reach, ...args]);

  async function json(command: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await keystore(command, ...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  const listed = async (id: unknown): Promise<unknown> =>
    parsed((await keystore('list', '--json')).stdout).find(key => (key as { branchKeyId: string }).branchKeyId === id);

  function configOf(branchKeyId: string, more: object = {}): string {
    const keyStore = { table, kmsKeyArn, endpoint, kmsEndpoint };
    return scratch.config({ ...USERS, keyring: { type: 'hierarchical', branchKeyId, keyStore, ...more } }, `${randomUUID()}.json`);
  }

  it('makes, rotates and shreds a branch key, and what is under it follows', async () => {
    const { branchKeyId, version } = await json('create-key');
    expect([branchKeyId, version]).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
    const id = String(branchKeyId);
    const config = configOf(id);
    const first = await fieldseal(['encrypt', '-c', config], { input });
    const rotated = await json('rotate', id);
    expect(rotated).toEqual({ branchKeyId: id, version: expect.stringMatching(UUID) });
    expect(rotated.version).not.toBe(version);
    expect(await listed(id)).toMatchObject({ state: 'active', versions: 2, activeVersion: rotated.version, kmsKeyArn, hasBeaconKey: true });
    const second = await fieldseal(['encrypt', '-c', config], { input });
    for (const { stdout } of [first, second]) {
      expect(await fieldseal(['decrypt', '-c', config], { input: stdout })).toEqual({ code: 0, stdout: input, stderr: '' });
    }

    kms.reset();
    const dryRun = await json('shred', id);
    expect(dryRun).toMatchObject({ branchKeyId: id, dryRun: true, beaconKey: true, alreadyShredded: false });
    expect(dryRun.versions).toEqual(expect.arrayContaining([version, rotated.version]));
    expect(await listed(id)).toMatchObject({ state: 'active', versions: 2 });

    const shredded = await fieldseal(['keystore', 'shred', id, '--config', config, '--confirm', id]);
    expect(shredded).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(`^Shredded: branch key ${id}\\.\nRemoved:\n`) });
    expect(shredded.stdout).toMatch(/\n {2}beacon key\nNot erased by this:\n(.|\n)*\nIt is final only when [^\n]*\n$/);
    expect(await listed(id)).toMatchObject({ state: 'shredded', versions: 0, contextNames: [] });
    expect(kms.calls).toEqual([]);
    const opened = await fieldseal(['decrypt', '-c', config], { input: first.stdout });
    expect(opened).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^-:1: KEY_SHREDDED: /) });

    expect(await keystore('shred', id, '--confirm', id)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('had been shredded before'),
    });
    for (const again of [keystore('rotate', id), keystore('create-key', '--id', id, '--context', 'a=b')]) {
      expect(await again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^fieldseal: KEY_SHREDDED: /) });
    }
  });

  it('makes a branch key of an id and a context, once, and never tells the values', async () => {
    const id = `tenant \u001b[2J ${randomUUID()}`;
    const args = ['create-key', '--id', id, '--context', `tenant=${MARKER}`, '--context', `note=a=${MARKER}`] as const;
    const made = await keystore(...args);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^branch key {2}tenant \\u001b\[2J \S+\nversion {5}\S+\n$/);
    expect(await listed(id)).toMatchObject({ contextNames: ['note', 'tenant'] });
    const again = await keystore(...args);
    expect(again).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^fieldseal: KEY_EXISTS: branch key "tenant \\u001b\[2J /),
    });
    const texts = await keystore('list');
    for (const { stdout, stderr } of [made, again, texts]) expect(stdout + stderr).not.toMatch(CONTROL_OR_MARKER);
  });

  it('makes nothing when KMS denies', async () => {
    const before = parsed((await keystore('list', '--json')).stdout).length;
    kms.fail({ error: 'access-denied' });
    const denied = await keystore('create-key', '--id', `denied-${randomUUID()}`, '--context', `tenant=${MARKER}`);
    expect(denied).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^fieldseal: KEY_ACCESS_DENIED: [^\n]*\n$/) });
    expect(denied.stderr).not.toContain(MARKER);
    expect(parsed((await keystore('list', '--json')).stdout)).toHaveLength(before);
  });

  it('rotates no key that KMS denies, is not there or is under another key', async () => {
    const { branchKeyId, version } = await json('create-key');
    const id = String(branchKeyId);
    const handle = kms.fail({ error: 'disabled' });
    expect(await keystore('rotate', id)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^fieldseal: KEY_ACCESS_DENIED: /),
    });
    handle.remove();
    expect(await keystore('rotate', 'nobody')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^fieldseal: KEY_NOT_FOUND: /) });
    const other = await keystore('rotate', id, '--kms-key-arn', kms.createKey().arn);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringMatching(/^fieldseal: KEY_ACCESS_DENIED: /) });
    expect(await listed(id)).toMatchObject({ versions: 1, activeVersion: version });
  });

  it('shreds nothing under a keyring with a second recipient, or without the same id again', async () => {
    const id = String((await json('create-key')).branchKeyId);
    const hierarchical = { type: 'hierarchical', branchKeyId: id, keyStore: { table, kmsKeyArn, endpoint, kmsEndpoint } };
    const keyring = { type: 'multi', generator: hierarchical, children: [USERS.keyring] };
    const config = scratch.config({ ...USERS, keyring }, `${id}.json`);
    const second = await fieldseal(['keystore', 'shred', id, '--config', config, '--confirm', id]);
    expect(second).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^fieldseal: OPERATION_REFUSED: .* several recipients/),
    });
    const other = await keystore('shred', id, '--confirm', `${id} `);
    expect(other).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^fieldseal: INPUT_INVALID: --confirm /) });
    expect(await listed(id)).toMatchObject({ state: 'active', versions: 1 });
  });

  it('makes nothing in a table that is not there', async () => {
    const missing = await keystore('create-key', '--table', 'no-such-table');
    expect(missing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^fieldseal: KEY_NOT_FOUND: .*"no-such-table" is not there/),
    });
  });
});
