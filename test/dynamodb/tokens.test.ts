import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verdictOn } from '../../src/dynamodb/writes/cancellation.ts';
import { derivedToken } from '../../src/dynamodb/writes/tokens.ts';
import { type Attempt, type Build, type FinishedAction, TransactionAttempts } from '../../src/dynamodb/writes/transaction-attempts.ts';
import { type Answer, scripted } from '../support/scripted.ts';
import { patients, patientsOf } from '../support/suites/batch-tables.ts';

const fake = new FakeKms();
const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client({ maxAttempts: 1 }) });
const [Item] = patientsOf('w', 1);
const transaction = (token: string | undefined, change: object = {}): TransactWriteCommand => {
  const TransactItems = [
    { Put: { TableName: 'patients', Item: { ...Item, ...change } } },
    { Put: { TableName: 'plain', Item: { id: 'x', tags: new Set(['a', 'b']) } } },
  ];
  const input: TransactWriteCommandInput = { TransactItems, ...(token !== undefined && { ClientRequestToken: token }) };
  return new TransactWriteCommand(input);
};
const client = (answer: () => Answer = () => ({ body: {} })) => {
  const { client: base, sent } = scripted(answer);
  return { base, sent, db: encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [patients.at('patients')], keyring }) };
};

beforeEach(() => fake.reset());
afterEach(() => vi.useRealTimers());
afterAll(() => fake.close());

describe('ClientRequestToken', () => {
  it('keeps the bytes of a transaction whose answer was lost', async () => {
    let lost = true;
    const { db, sent } = client(() => {
      if (!lost) return { body: {} };
      lost = false;
      throw new Error('socket hang up');
    });
    await expect(db.send(transaction('t'))).rejects.toThrow();
    await db.send(transaction('t'));
    expect(fake.count('GenerateDataKey')).toBe(1);
    expect(sent[1]).toEqual(sent[0]);
  });

  it('shared by calls at the same time gives both the same bytes', async () => {
    const { db, sent } = client();
    await Promise.all([db.send(transaction('t')), db.send(transaction('t'))]);
    expect(fake.count('GenerateDataKey')).toBe(1);
    expect(sent[1]).toEqual(sent[0]);
  });

  it('takes what DynamoDB takes for equal as the same transaction', async () => {
    const { base, sent } = client();
    const db = encryptedClient(base, { tables: [patients.at('patients')], keyring });
    const put = (bed: string, name: string[]) =>
      new TransactWriteItemsCommand({
        ClientRequestToken: 't',
        TransactItems: [
          {
            Put: {
              TableName: 'patients',
              Item: { ward: { S: 'w' }, id: { S: '1' }, diagnosis: { S: 'd' }, name: { S: 'n' }, bed: { N: bed } },
              ConditionExpression: 'attribute_not_exists(#id) OR contains(:names, #n)',
              ExpressionAttributeNames: { '#id': 'id', '#n': 'name' },
              ExpressionAttributeValues: { ':names': { SS: name } },
            },
          },
        ],
      });
    await db.send(put('1', ['a', 'b']));
    await db.send(put('1.0', ['b', 'a']));
    expect(sent[1]?.body).toEqual(sent[0]?.body);
  });

  it('is free again when nothing was sent under it', async () => {
    const { db, sent } = client();
    fake.fail({ operation: 'GenerateDataKey', error: 'throttle' });
    await expect(db.send(transaction('t'))).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
    fake.reset();
    await db.send(transaction('t', { diagnosis: 'other' }));
    expect(sent).toHaveLength(1);
  });

  it('is another for each wrapped client', async () => {
    await client().db.send(transaction('t'));
    await client().db.send(transaction('t', { diagnosis: 'other' }));
    expect(fake.count('GenerateDataKey')).toBe(2);
  });

  it('is forgotten ten minutes after its last request', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const { db } = client();
    await db.send(transaction('t'));
    vi.advanceTimersByTime(9 * 60_000);
    await db.send(transaction('t'));
    vi.advanceTimersByTime(9 * 60_000);
    await db.send(transaction('t'));
    expect(fake.count('GenerateDataKey')).toBe(1);
    vi.advanceTimersByTime(11 * 60_000);
    await db.send(transaction('t', { diagnosis: 'other' }));
    expect(fake.count('GenerateDataKey')).toBe(2);
  });

  it('left out, is made by the SDK: each call has bytes of its own', async () => {
    const { db, sent } = client();
    await db.send(transaction(undefined));
    await db.send(transaction(undefined));
    expect(fake.count('GenerateDataKey')).toBe(2);
    expect(sent[0]?.body.ClientRequestToken).not.toBe(sent[1]?.body.ClientRequestToken);
  });
});

describe('tokens of further attempts', () => {
  it('are the caller’s at first, then derived: always the same, at most 36 characters, all different', () => {
    expect(derivedToken('t', 1)).toBe('t');
    const tokens = [2, 3, 4].flatMap(n => ['t', 'u', 'x'.repeat(36)].map(token => derivedToken(token, n)));
    expect(new Set(tokens).size).toBe(9);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{36}$/);
    expect(derivedToken('t', 2)).toBe(derivedToken('t', 2));
  });
});

describe('attempts at one transaction', () => {
  const builder = () => {
    const built: number[] = [];
    const build: Build = async previous => ({ TransactItems: [built.push((previous?.number ?? 0) + 1)], actions: [] });
    return { built, build };
  };

  it('are built once, however many ask', async () => {
    const attempts = new TransactionAttempts();
    const { built, build } = builder();
    const [first, same] = await Promise.all([attempts.last(build), attempts.last(build)]);
    expect(first).toBe(same);
    const [second, other] = await Promise.all([attempts.after(first, build), attempts.after(first, build)]);
    expect(second).toBe(other);
    expect(await attempts.last(build)).toBe(second);
    expect(built).toEqual([1, 2]);
  });

  it('are not remembered when they cannot be built', async () => {
    const attempts = new TransactionAttempts();
    const { built, build } = builder();
    const failing = async (): Promise<never> => Promise.reject(new Error('no key'));
    await expect(attempts.last(failing)).rejects.toThrow('no key');
    const first = await attempts.last(build);
    await expect(attempts.after(first, failing)).rejects.toThrow('no key');
    expect(await attempts.last(build)).toBe(first);
    expect(built).toEqual([1]);
  });

  const outdated: FinishedAction = {
    action: {},
    verdict: async ({ Code }) => (Code === 'ConditionalCheckFailed' ? 'again' : undefined),
  };
  const applied: FinishedAction = { action: {}, verdict: async () => 'applied' };
  const final: FinishedAction = { action: {} };
  const cancelled = (...codes: (string | undefined)[]): Error =>
    Object.assign(new Error('cancelled'), { name: 'TransactionCanceledException', CancellationReasons: codes.map(Code => ({ Code })) });
  it.each<[string, readonly FinishedAction[], unknown]>([
    ['again', [outdated, final], cancelled('ConditionalCheckFailed', 'None')],
    ['again', [outdated, outdated], cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed')],
    ['applied', [outdated, applied], cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed')],
    ['condition', [outdated, final], cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed')],
    ['condition', [outdated, outdated], cancelled('ConditionalCheckFailed', 'TransactionConflict')],
    ['condition', [final, final], cancelled('None', undefined)],
    ['condition', [outdated], cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed')],
    ['condition', [outdated], new Error('another')],
  ])('are judged: %s', async (verdict, actions, error) => {
    const attempt: Attempt = { number: 1, TransactItems: [], actions: actions.map(action => [action]) };
    expect(await verdictOn(error, attempt)).toBe(verdict);
  });
});

describe('a token whose first call was ended before it could build', () => {
  it('is built by the call that waits for it, and kept', async () => {
    const attempts = new TransactionAttempts();
    let end: (error: Error) => void = () => undefined;
    const first = attempts.last(() => new Promise((_, reject) => (end = reject)));
    const second = attempts.last(async () => ({ TransactItems: ['built'], actions: [] }));
    end(new Error('aborted'));
    await expect(first).rejects.toThrow('aborted');
    expect(attempts.isUnused).toBe(false);
    expect(await second).toMatchObject({ TransactItems: ['built'], number: 1 });
    expect(await attempts.last(async () => Promise.reject(new Error('not again')))).toMatchObject({ number: 1 });
  });
});
