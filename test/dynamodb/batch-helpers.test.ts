import { inspect } from 'node:util';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type BatchOptions,
  batchGetAll,
  batchWriteAll,
  encryptedDocumentClient,
  unprocessedKeys,
  unprocessedWrites,
} from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { type Answer, type Json, type Sent, scripted } from '../support/scripted.ts';
import { batchHelperSuite } from '../support/suites/batch-helpers.ts';
import { MARKER, patients, patientsOf } from '../support/suites/batch-tables.ts';

batchHelperSuite('dynalite', testDatabase);

const fake = new FakeKms();
const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client({ maxAttempts: 1 }) });
const client = (answer: (sent: Sent, nth: number) => Answer) => {
  const { client: base, sent } = scripted(answer);
  const plain = DynamoDBDocumentClient.from(base);
  return { plain, db: encryptedDocumentClient(plain, { tables: [patients.at('patients')], keyring }), sent };
};
const input = (count: number, table = 'patients') => ({
  RequestItems: { [table]: patientsOf('w', count).map(Item => ({ PutRequest: { Item } })) },
});
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => error,
  );
const all = ({ body }: Sent): Answer => ({ body: { UnprocessedItems: body.RequestItems } });
const none: () => Answer = () => ({ body: {} });

beforeEach(() => fake.reset());
afterAll(() => fake.close());

describe('batchWriteAll', () => {
  it('goes on after throttling, and after a key that could not be had', async () => {
    const { db, sent } = client((_, nth) => (nth < 3 ? { error: 'ProvisionedThroughputExceededException' } : { body: {} }));
    fake.fail({ operation: 'GenerateDataKey', error: 'throttle', times: 1 });
    await batchWriteAll(db, input(2));
    expect(sent).toHaveLength(3);
  });

  it('ends at once with other errors, and tells what was not written', async () => {
    const { db, sent } = client((_, nth) => (nth === 1 ? { body: {} } : { error: 'ValidationException', body: { message: 'no' } }));
    const given = input(60);
    const failure = await failureOf(batchWriteAll(db, given, { concurrency: 1 }));
    expect(failure).toMatchObject({ name: 'ValidationException' });
    expect(sent).toHaveLength(2);
    expect(unprocessedWrites(failure)?.patients).toEqual(given.RequestItems.patients?.slice(25));
  });

  it('sends nothing again that was written already', async () => {
    const forged = { PutRequest: { Item: { ward: { S: 'w' }, id: { S: 'never sent' } } } };
    const { db, sent } = client(() => ({ body: { UnprocessedItems: { patients: [forged] } } }));
    expect(await failureOf(batchWriteAll(db, input(1)))).toMatchObject({ code: 'MALFORMED', writeApplied: true });
    expect(sent).toHaveLength(1);
  });

  it('goes on as long as something moves', async () => {
    const { plain, sent } = client(({ body }) => ({
      body: { UnprocessedItems: { t: (body.RequestItems as Record<string, Json[]>).t?.slice(1) } },
    }));
    await batchWriteAll(plain, input(8, 't'), { maxAttempts: 1 });
    expect(sent).toHaveLength(8);
  });

  it('says that nothing was written when nothing was', async () => {
    const { db } = client(all);
    const failure = await failureOf(batchWriteAll(db, input(2), { maxAttempts: 2 }));
    expect(failure).toMatchObject({ code: 'BATCH_INCOMPLETE', writeApplied: false, retryable: true });
    expect(inspect(failure)).not.toContain(MARKER);
    expect(fake.count('GenerateDataKey')).toBe(2);
  });

  it('tells the last failure as its cause', async () => {
    const { plain } = client(() => ({ error: 'ProvisionedThroughputExceededException' }));
    const failure = await failureOf(batchWriteAll(plain, input(1), { maxAttempts: 2 }));
    expect(failure).toMatchObject({ code: 'BATCH_INCOMPLETE', cause: { name: 'ProvisionedThroughputExceededException' } });
  });

  it('stops while it waits when it is aborted', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { db, sent } = client(all);
    const abort = new AbortController();
    const given = input(1);
    const working = failureOf(
      batchWriteAll(db, given, { maxAttempts: 100, signal: abort.signal, onProgress: () => sent.length === 5 && abort.abort() }),
    );
    const failure = await working;
    vi.restoreAllMocks();
    expect(failure).toMatchObject({ name: 'AbortError' });
    expect(sent).toHaveLength(5);
    expect(unprocessedWrites(failure)?.patients?.[0]).toBe(given.RequestItems.patients?.[0]);
  });

  it('sends nothing once it is aborted', async () => {
    const { db, sent } = client(none);
    expect(await failureOf(batchWriteAll(db, input(1), { signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
    expect(sent).toHaveLength(0);
  });

  it('has no more requests under way than it may', async () => {
    let running = 0;
    let most = 0;
    const { client: base } = scripted(async () => {
      most = Math.max(most, ++running);
      await vi.waitFor(() => expect(most).toBeGreaterThanOrEqual(3), { timeout: 20_000 });
      await new Promise(resolve => setTimeout(resolve, 5)); // for one too many to come
      running--;
      return { body: {} };
    });
    await batchWriteAll(DynamoDBDocumentClient.from(base), input(200, 't'), { concurrency: 3 });
    expect(most).toBe(3);
  });

  it.each<[string, BatchOptions]>([
    ['maxAttempts', { maxAttempts: 0 }],
    ['concurrency', { concurrency: 1.5 }],
    ['retries', { retries: 3 } as BatchOptions],
  ])('refuses the option %s', async (name, options) => {
    const { db } = client(none);
    expect(await failureOf(batchWriteAll(db, input(1), options))).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(name),
    });
  });

  it('refuses what is no batch', async () => {
    const { db } = client(none);
    expect(await failureOf(batchWriteAll(db, { RequestItems: undefined }))).toMatchObject({ code: 'INPUT_INVALID' });
    expect(await failureOf(batchWriteAll(db, { RequestItems: { patients: {} as never } }))).toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('does nothing for an empty batch', async () => {
    const { db, sent } = client(none);
    expect(await batchWriteAll(db, { RequestItems: { patients: [] } })).toEqual({});
    expect(sent).toHaveLength(0);
  });
});

describe('batchGetAll', () => {
  const Keys = [{ id: 1 }, { id: 2 }];

  it('takes numbers as keys, however they come back', async () => {
    const { plain } = client(() => ({ body: { Responses: { t: [{ id: { N: '2.0' } }, { id: { N: '1' } }] } } }));
    expect((await batchGetAll(plain, { RequestItems: { t: { Keys } } })).items).toEqual({ t: [{ id: 1 }, { id: 2 }] });
  });

  it.each<[string, Json]>([
    ['an item', { Responses: { t: [{ id: { N: '3' } }] } }],
    ['an item without a key', { Responses: { t: [{ other: { N: '1' } }] } }],
    ['an item of another table', { Responses: { u: [{ id: { N: '1' } }] } }],
    ['a key', { UnprocessedKeys: { t: { Keys: [{ id: { N: '3' } }] } } }],
  ])('refuses %s that was not asked for', async (_, body) => {
    const { plain } = client(() => ({ body }));
    const failure = await failureOf(batchGetAll(plain, { RequestItems: { t: { Keys } } }));
    expect(failure).toMatchObject({ code: 'MALFORMED' });
    expect(unprocessedKeys(failure)).toEqual({ t: { Keys } });
  });

  it.each<[string, object]>([
    ['a table without keys', { t: {} }],
    ['keys of several names', { t: { Keys: [{ id: 1 }, { other: 1 }] } }],
    ['an empty key', { t: { Keys: [{}] } }],
    ['a key that DynamoDB cannot hold', { t: { Keys: [{ id: new Date() }] } }],
    ['a legacy parameter', { t: { Keys, AttributesToGet: ['id'] } }],
    ['nothing', undefined as never],
  ])('refuses %s', async (_, RequestItems) => {
    const { plain, sent } = client(none);
    expect(await failureOf(batchGetAll(plain, { RequestItems: RequestItems as never }))).toMatchObject({ code: 'INPUT_INVALID' });
    expect(sent).toHaveLength(0);
  });

  it('reads nothing for no keys', async () => {
    const { plain, sent } = client(none);
    expect(await batchGetAll(plain, { RequestItems: { t: { Keys: [] } } })).toEqual({ items: { t: [] } });
    expect(sent).toHaveLength(0);
  });
});
