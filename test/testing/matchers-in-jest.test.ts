import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/** A test file of somebody who uses jest. The first four tests must pass, the others fail. */
const TESTS = `
  import { encrypted, key, table } from 'fieldseal';
  import { itemEncryptor } from 'fieldseal/dynamodb';
  import { rawAes } from 'fieldseal/kms';
  import { fieldsealMatchers } from 'fieldseal/testing';

  expect.extend(fieldsealMatchers);
  const users = table('users', { id: key.partition(), ssn: encrypted() });
  const keyring = rawAes({ keyNamespace: 'test', keyName: 'backup', wrappingKey: new Uint8Array(32).fill(7) });
  const ann = { id: 'u-1', ssn: '078-05-1120' };
  let stored;
  beforeAll(async () => { stored = await itemEncryptor({ table: users, keyring }).encryptItem(ann); });

  test('good: encrypted', () => {
    expect(stored).toBeEncrypted({ attributes: ['ssn'] });
    expect({ Items: [stored] }).toBeEncryptedUnder('backup');
    expect(stored).toContainNoPlaintext('078-05-1120', Buffer.from('078-05-1120'));
  });
  test('good: not', () => {
    expect(ann).not.toBeEncrypted();
    expect(stored).not.toBeEncrypted({ attributes: ['id'] });
    expect(stored).not.toBeEncryptedUnder('other');
    expect(ann).not.toContainNoPlaintext('078-05-1120');
  });
  test('good: asymmetric', () => {
    expect({ TableName: 'users', Item: stored }).toEqual({ TableName: 'users', Item: expect.toBeEncrypted() });
    expect({ TableName: 'users', Item: stored }).not.toEqual({ TableName: 'users', Item: expect.not.toBeEncrypted() });
    expect({ Item: stored }).toMatchObject({ Item: expect.not.toBeEncryptedUnder('other') });
  });
  test('good: promises', () => expect(Promise.resolve({ Item: stored })).resolves.toBeEncrypted());

  test('bad: in clear', () => expect(ann).toBeEncrypted());
  test('bad: not in clear', () => expect(stored).not.toBeEncrypted());
  test('bad: another key', () => expect(stored).toBeEncryptedUnder('other'));
  test('bad: not another key', () => expect(stored).not.toBeEncryptedUnder('backup'));
  test('bad: plaintext', () => expect(ann).toContainNoPlaintext('078-05-1120'));
  test('bad: not plaintext', () => expect(stored).not.toContainNoPlaintext('078-05-1120'));
  test('bad: no item', () => expect({ Items: [] }).not.toBeEncrypted());
`;

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { title: string; status: string; failureMessages: string[] }[];
  }[];
}

it('the matchers work in jest, with .not, as asymmetric matchers and on promises', async () => {
  const { testResults } = await runJest(TESTS);
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(results.map(({ title, status }) => `${title.split(':')[0]} ${status}`)).toEqual([
    ...Array<string>(4).fill('good passed'),
    ...Array<string>(7).fill('bad failed'),
  ]);
  const messages = results.map(({ failureMessages }) => failureMessages.join('\n'));
  expect(messages[4]).toContain('the item is not encrypted: it has neither header nor footer');
  expect(messages[8]).toContain('attribute "ssn" of the item');
  for (const message of messages) expect(message.split(' at ')[0]).not.toContain('078-05-1120');
});

/** Runs jest on a program that imports the package's sources. */
async function runJest(source: string): Promise<Report> {
  const cache = join(ROOT, '.cache'); // below the root, so that other packages are found
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'jest-'));
  try {
    await build({
      stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@fieldseal/source'],
      external: ['@aws-*', 'lru-cache'],
      outfile: join(folder, 'matchers.test.mjs'),
    });
    await writeFile(
      join(folder, 'jest.config.cjs'),
      "module.exports = { testEnvironment: 'node', testMatch: ['**/*.test.mjs'], transform: {} };",
    );
    const args = ['--experimental-vm-modules', resolve('jest/bin/jest'), '--config', 'jest.config.cjs'];
    const { NODE_OPTIONS: _, ...env } = process.env;
    await promisify(execFile)(process.execPath, [...args, '--json', '--outputFile=report.json', '--watchman=false', '--no-cache', '-i'], {
      cwd: folder,
      env: { ...env, NO_COLOR: '1' },
    }).catch(() => undefined); // it fails, as tests fail
    const report: Report = createRequire(import.meta.url)(join(folder, 'report.json'));
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
