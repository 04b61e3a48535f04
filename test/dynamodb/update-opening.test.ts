/** Which encrypted attributes a rewriting update opens: counted by the decryptions that Node is asked for. */
import { createDecipheriv } from 'node:crypto';
import { DynamoDBDocument, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aesKeyring, SYMMETRIC } from '../security/support.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

vi.mock('node:crypto', async importOriginal => {
  const original = await importOriginal<typeof import('node:crypto')>();
  return { ...original, createDecipheriv: vi.fn(original.createDecipheriv) };
});

const TableName = 'opened';
const people = table('people', {
  id: key.partition<string>(),
  a: encrypted<string>().optional(),
  b: encrypted<string>().optional(),
  c: encrypted<{ readonly d: string }>().optional(),
  team: signed<string>().optional(),
});
const ann = { id: 'ann', a: 'A', b: 'B', c: { d: 'D' }, team: 'red' };
const bare = { id: 'bare', team: 'red' };

describe('a rewriting update', () => {
  let database: TestDatabase;
  let db: DynamoDBDocument;
  beforeAll(async () => {
    database = await testDatabase();
    await database.createTable(TableName, 'id');
    db = encryptedDocumentClient(DynamoDBDocument.from(database.client), {
      tables: [people.at(TableName)],
      keyring: aesKeyring(),
      algorithmSuiteId: SYMMETRIC,
    });
  });
  afterAll(async () => database[Symbol.asyncDispose]());

  type Expression = Omit<UpdateCommandInput, 'TableName' | 'Key'>;
  /** How much is decrypted while an item is updated, keys included. */
  async function decryptions(item: { readonly id: string }, expression: Expression): Promise<number> {
    await db.put({ TableName, Item: item });
    vi.mocked(createDecipheriv).mockClear();
    await db.update({ TableName, Key: { id: item.id }, ...expression }).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error;
    });
    return vi.mocked(createDecipheriv).mock.calls.length;
  }
  /** How many attributes of `ann` are opened: what is decrypted beyond what an item takes that has none. */
  async function opened(expression: Expression): Promise<number> {
    const keys = await decryptions(bare, { UpdateExpression: 'SET team = :t', ExpressionAttributeValues: { ':t': 'blue' } });
    expect(keys).toBeGreaterThan(0);
    return (await decryptions(ann, expression)) - keys;
  }
  const values = (...names: readonly string[]): Expression => ({
    ExpressionAttributeValues: Object.fromEntries(names.map(name => [name, 'new'])),
  });

  it.each<[string, Expression]>([
    ['all that it must encrypt again', { UpdateExpression: 'SET team = :v', ...values(':v') }],
    ['what is changed in part', { UpdateExpression: 'SET c.d = :v', ...values(':v') }],
    ['what is only removed', { UpdateExpression: 'REMOVE a' }],
  ])('opens %s', async (_, expression) => {
    expect(await opened(expression)).toBe(3);
  });

  it.each<[number, string, Expression]>([
    [2, 'one', { UpdateExpression: 'SET a = :v', ...values(':v') }],
    [1, 'two', { UpdateExpression: 'SET a = :v, b = :v', ...values(':v') }],
    [2, 'one, and the new item returned', { UpdateExpression: 'SET a = :v', ...values(':v'), ReturnValues: 'ALL_NEW' }],
    [2, 'one, and another compared', { UpdateExpression: 'SET a = :v', ConditionExpression: 'b <> :v', ...values(':v') }],
    [2, 'one by another', { UpdateExpression: 'SET a = b' }],
  ])('opens %i where attributes are replaced that nobody looks at: %s', async (count, _, expression) => {
    expect(await opened(expression)).toBe(count);
    expect((await db.get({ TableName, Key: { id: 'ann' } })).Item).toMatchObject({ c: { d: 'D' }, team: 'red' });
  });

  it.each<[string, Expression]>([
    ['compared', { UpdateExpression: 'SET a = :v', ConditionExpression: 'a <> :v', ...values(':v') }],
    ['copied elsewhere', { UpdateExpression: 'SET a = b, b = a' }],
    ['kept if it is there', { UpdateExpression: 'SET a = if_not_exists(a, :v)', ...values(':v') }],
    ['returned', { UpdateExpression: 'SET a = :v', ...values(':v'), ReturnValues: 'ALL_OLD' }],
    ['returned in part', { UpdateExpression: 'SET a = :v', ...values(':v'), ReturnValues: 'UPDATED_OLD' }],
    [
      'returned when the condition fails',
      {
        UpdateExpression: 'SET a = :v',
        ConditionExpression: 'team = :v',
        ...values(':v'),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ],
  ])('opens what is replaced where it is %s', async (_, expression) => {
    expect(await opened(expression)).toBe(3);
  });
});
