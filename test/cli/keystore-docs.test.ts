import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { recordsOf, store } from './key-store-records.ts';
import { fieldseal } from './program.ts';

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
/** Blocks of the page that show what a command prints. */
const examples = [...page.matchAll(/^```\n\$ fieldseal (keystore .*)\n((?:.*\n)*?)```$/gm)].map(([, command = '', output = '']) => ({
  command,
  output,
}));
const kmsArn = 'arn:aws:kms:eu-central-1:111122223333:key/5f6b3dcc-f168-42dc-be3e-3a56b1e9e821';
const KEYS = [
  {
    branchKeyId: '0e0b7d0c-91a5-4f65-9e0b-27a86f2d1c53',
    versions: ['5b3f0f0e-0f5c-4d7e-8d8a-3f4f3c8c2a11', '9d7b2f64-6a0e-4f9b-b6c5-1d8f5c1f7e22'],
    kmsArn,
  },
  { branchKeyId: 'invoices', versions: ['c4b0e0f2-54a1-4d0b-8f4e-6f3f3b1f9b22'], kmsArn, context: { department: 'sales', purpose: 'x' } },
];
const TOMBSTONE = {
  'branch-key-id': { S: '7a1f51f3-0c0e-4b8e-9a36-0d6a0c3c4d11' },
  type: { S: 'fieldseal:shredded' },
  'shred-time': { S: '2026-03-04T05:06:07.000Z' },
};

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.createTable('branch-keys', 'branch-key-id', 'type');
  await store(database.client, 'branch-keys', [...KEYS.flatMap(recordsOf), TOMBSTONE]);
});
afterAll(() => database[Symbol.asyncDispose]());

it('docs/command-line.md has examples of the key store', () => {
  expect(examples.map(({ command }) => command.split(' ')[1])).toEqual(['list', 'shred']);
});

it.each(examples)('docs/command-line.md shows what $command prints', async ({ command, output }) => {
  const run = await fieldseal([...command.split(' '), '--region', 'eu-central-1', '--endpoint', database.endpoint]);
  expect(run).toEqual({ code: 0, stdout: output, stderr: '' });
});
