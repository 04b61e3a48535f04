import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, table, unsigned } from 'fieldseal';
import {
  type CommandExplanation,
  type EncryptedClientOptions,
  encryptedDocumentClient,
  explainCommand,
  itemEncryptor,
} from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { aesKeyring } from '../security/support.ts';
import { testDatabase } from '../support/database.ts';
import { DOCUMENTED, type Explained } from '../support/suites/explained-commands.ts';
import { INDEXES, members } from '../support/suites/reading.ts';
import { tapped } from '../support/tapped.ts';

const page = readFileSync(new URL('../../docs/iam.md', import.meta.url), 'utf8');
const TableName = 'members-prod';
const fake = new FakeKms();
afterAll(() => fake.close());

type Mode = EncryptedClientOptions['mode'];

function explained(row: Explained, mode: Mode = 'both'): Promise<CommandExplanation> {
  const db = encryptedDocumentClient(DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' })), {
    tables: [members.at(TableName, { indexes: INDEXES })],
    keyring: kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() }),
    mode,
  });
  return explainCommand(db, row.command(TableName));
}

/** Transactions need the permissions of their actions. */
function actionsOf(row: Explained, { requests }: CommandExplanation): string[] {
  const input = row.command(TableName).input as { readonly TransactItems?: readonly object[] };
  const inTransaction = (input.TransactItems ?? []).flatMap(action => Object.keys(action).map(kind => `${kind}Item`));
  const own = requests.flatMap(({ operation }) => (operation.startsWith('Transact') ? inTransaction : [operation]));
  return [...new Set(own)].map(action => `dynamodb:${action}`);
}

function kmsCell({ kmsCalls }: CommandExplanation): string {
  const each = ({ operation, calls, per }: CommandExplanation['kmsCalls'][number]): string =>
    `${calls === 1 ? '' : `${calls} `}${operation}${per === 'item read' ? ' for each item' : ''}`;
  return kmsCalls.map(each).join(', ') || 'none';
}

async function documentedRow(row: Explained): Promise<string[]> {
  const explanation = await explained(row);
  const requests = explanation.requests.map(({ operation }) => operation).join(', ');
  return [row.name, requests, actionsOf(row, explanation).join(', '), kmsCell(explanation)];
}

/** Cells of the lines of the first table under a heading. */
function rowsUnder(heading: string): string[][] {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`) + 1);
  const lines = section
    .slice(0, section.indexOf('\n## '))
    .split('\n')
    .filter(line => line.startsWith('|'));
  return lines.slice(2).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
}

/** The actions that a policy allows, from its block of JSON under a heading. */
function allowedUnder(heading: string): { dynamodb: string[]; kms: string[] } {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page.slice(page.indexOf(`\n### ${heading}\n`))) ?? [];
  const policy = JSON.parse(json) as { Statement: { Effect: string; Action: string[] }[] };
  const actions = policy.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
  const of = (service: string): string[] => actions.filter(action => action.startsWith(`${service}:`)).sort();
  return { dynamodb: of('dynamodb'), kms: of('kms') };
}

describe('docs/iam.md', () => {
  it('lists the requests and calls that are made', async () => {
    expect(rowsUnder('Calls of each command')).toEqual(await Promise.all(DOCUMENTED.map(documentedRow)));
  });

  it.each<[Mode, string, string[]]>([
    ['both', 'A service that reads and writes', []],
    ['decrypt', 'A service that only reads', []],
    ['encrypt', 'A service that only writes', ['dynamodb:GetItem']], // of an update of an item that is not there
  ])('allows what mode %s does, and no more', async (mode, heading, further) => {
    const all = await Promise.all(DOCUMENTED.map(async row => ({ row, explanation: await explained(row, mode) })));
    const done = all.filter(({ explanation }) => explanation.path !== 'refused');
    const dynamodb = new Set([...done.flatMap(({ row, explanation }) => actionsOf(row, explanation)), ...further]);
    const inKms = new Set(done.flatMap(({ explanation }) => explanation.kmsCalls.map(({ operation }) => `kms:${operation}`)));
    expect(allowedUnder(heading)).toEqual({ dynamodb: [...dynamodb].sort(), kms: [...inKms].sort() });
  });

  it('a writer reads, and opens nothing, to update what is not there', async () => {
    await using database = await testDatabase();
    await database.createTable('users-prod', 'id');
    const users = table('users', { id: key.partition(), email: encrypted<string>().optional(), seenAt: unsigned<number>() });
    const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() });
    const operations: string[] = [];
    const base = tapped(database, ({ operation }) => operations.push(operation));
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [users.at('users-prod')], keyring, mode: 'encrypt' });
    fake.reset();
    const set = { UpdateExpression: 'SET seenAt = :now', ExpressionAttributeValues: { ':now': 1 } };
    await db.send(new UpdateCommand({ TableName: 'users-prod', Key: { id: 'u-1' }, ...set }));
    expect([...new Set(operations)]).toEqual(['UpdateItem', 'GetItem']);
    expect(fake.calls.map(({ operation }) => operation)).toEqual(['GenerateDataKey']);
  });

  it('what global tables of 2017 add must be unsigned', async () => {
    const fields = { id: key.partition(), email: encrypted<string>() };
    const replicated = { 'aws:rep:updatetime': 1.5, 'aws:rep:updateregion': 'eu-west-1', 'aws:rep:deleting': false };
    const keyring = aesKeyring();
    const item = { id: 'u', email: 'ann@example.com' };
    const strict = itemEncryptor({ table: table('users', fields), keyring });
    const stored = await strict.encryptItem(item);
    await expect(strict.decryptItem({ ...stored, ...replicated })).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    const declared = {
      ...fields,
      'aws:rep:deleting': unsigned<boolean>().optional(),
      'aws:rep:updatetime': unsigned<number>().optional(),
      'aws:rep:updateregion': unsigned<string>().optional(),
    };
    const lenient = itemEncryptor({ table: table('users', declared), keyring });
    expect(await lenient.decryptItem({ ...(await lenient.encryptItem(item)), ...replicated })).toEqual({ ...item, ...replicated });
  });
});
