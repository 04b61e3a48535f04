import { inspect } from 'node:util';
import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { encryptedDocumentClient, itemEncryptor } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { aesKeyring } from '../security/support.ts';
import { type Answer, scripted, wire } from '../support/scripted.ts';
import { MARKER, patients, patientsOf } from '../support/suites/batch-tables.ts';

const TableName = 'patients';
const keyring = aesKeyring();
const options = { tables: [patients.at(TableName)], keyring };
const [item] = patientsOf('w', 1);
const Item = { ...item };
const Key = { ward: 'w', id: 'p0' };
const put = { Put: { TableName, Item } };

const client = (answer: () => Answer = () => ({ body: {} }), more: object = {}) => {
  const { client: base, sent } = scripted(answer);
  return { db: encryptedDocumentClient(DynamoDBDocumentClient.from(base), { ...options, ...more }), sent };
};
const failureOf = (db: DynamoDBDocumentClient, ...actions: object[]): Promise<unknown> =>
  db.send(new TransactWriteCommand({ TransactItems: actions })).then(
    () => 'answered',
    (error: unknown) => error,
  );

describe('TransactWriteItems: nothing is sent', () => {
  const names = { ExpressionAttributeNames: { '#d': 'diagnosis' }, ExpressionAttributeValues: { ':d': MARKER } };
  it.each<[string, string, object]>([
    ['an item that does not validate', 'VALIDATION_FAILED', { Put: { TableName, Item: { ...Item, name: 1 } } }],
    ['no item', 'INPUT_INVALID', { Put: { TableName } }],
    ['a put that compares ciphertext', 'OPERATION_REFUSED', { Put: { ...put.Put, ConditionExpression: '#d = :d', ...names } }],
    ['a deletion that compares ciphertext', 'OPERATION_REFUSED', { Delete: { TableName, Key, ConditionExpression: '#d = :d', ...names } }],
    [
      'a check that compares ciphertext',
      'OPERATION_REFUSED',
      { ConditionCheck: { TableName, Key, ConditionExpression: '#d = :d', ...names } },
    ],
    ['a foreign key', 'OPERATION_REFUSED', { Delete: { TableName, Key: { ...Key, diagnosis: MARKER } } }],
    ['a legacy parameter', 'OPERATION_REFUSED', { Delete: { TableName, Key, Expected: { diagnosis: { Value: MARKER } } } }],
    ['an action that writes nothing', 'OPERATION_REFUSED', { Get: { TableName, Key } }],
  ])('for %s', async (_, code, action) => {
    const { db, sent } = client();
    const failure = await failureOf(db, { Put: { TableName: 'plain', Item: { id: 'x' } } }, action);
    expect(failure).toMatchObject({ code, writeApplied: false });
    expect(inspect(failure)).not.toContain(MARKER);
    expect(sent).toHaveLength(0);
  });

  it('for a list that is no array, which the SDK would serialise unseen', async () => {
    const { db, sent } = client();
    const TransactItems = { size: 1, toJSON: () => [put] } as never;
    await expect(db.send(new TransactWriteCommand({ TransactItems }))).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
    expect(sent).toHaveLength(0);
  });

  it('under mode decrypt', async () => {
    const { db, sent } = client(undefined, { mode: 'decrypt' });
    expect(await failureOf(db, put)).toMatchObject({ code: 'OPERATION_REFUSED' });
    expect(sent).toHaveLength(0);
  });
});

describe('TransactWriteItems: what is sent', () => {
  it('keeps the order, and leaves actions on plain tables as they are', async () => {
    const { db, sent } = client();
    const plain = {
      Update: { TableName: 'plain', Key: { id: 'x' }, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': 'clear' } },
    };
    await failureOf(db, plain, put, { Delete: { TableName, Key } });
    const [first, second, third] = (sent[0]?.body.TransactItems ?? []) as Record<string, Record<string, unknown>>[];
    expect(first).toEqual({
      Update: { ...plain.Update, Key: { id: { S: 'x' } }, ExpressionAttributeValues: { ':a': { S: 'clear' } } },
    });
    expect(Object.keys(second?.Put?.Item as object)).toContain('aws_dbe_head');
    expect(third).toEqual({ Delete: { TableName, Key: { ward: { S: 'w' }, id: { S: 'p0' } } } });
    expect(JSON.stringify(sent)).not.toContain(MARKER);
  });

  it('brings metrics of collections back', async () => {
    const metrics = { [TableName]: [{ ItemCollectionKey: { ward: { S: 'w' } }, SizeEstimateRangeGB: [0, 1] }] };
    const { db } = client(() => ({ body: { ItemCollectionMetrics: metrics } }));
    const output = await db.send(new TransactWriteCommand({ TransactItems: [put], ReturnItemCollectionMetrics: 'SIZE' }));
    expect(output.ItemCollectionMetrics).toEqual({ [TableName]: [{ ItemCollectionKey: { ward: 'w' }, SizeEstimateRangeGB: [0, 1] }] });
  });
});

describe('TransactWriteItems: cancellations', () => {
  const { encryptAttributes } = itemEncryptor({ table: patients, keyring });
  const own = { ward: { S: 'w' }, id: { S: 'p0' }, diagnosis: { S: MARKER }, name: { S: 'n' } };
  const cancelled = (reasons: readonly object[]): Answer => ({
    error: 'TransactionCanceledException',
    body: { Message: 'Transaction cancelled', CancellationReasons: wire(reasons) },
  });
  const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
  const reasonsOf = async (answer: Answer, ...actions: object[]): Promise<unknown> => {
    const failure = (await failureOf(client(() => answer).db, ...actions)) as TransactionCanceledException;
    expect(failure.name).toBe('TransactionCanceledException');
    expect(failure.$metadata.httpStatusCode).toBe(400);
    return failure.CancellationReasons;
  };

  it('hold items decrypted where the caller asked, and nothing where not', async () => {
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: await encryptAttributes(own) };
    const asked = { Put: { ...put.Put, ...ALL_OLD } };
    const { Item: _, ...bare } = failed;
    expect(await reasonsOf(cancelled([failed, failed]), asked, put)).toEqual([{ ...failed, Item: own }, bare]);
  });

  it('with a poisoned item keep the others', async () => {
    const good = await encryptAttributes(own);
    const reasons = [{ ...good, name: { S: 'Mallory' } }, good].map(stored => ({ Code: 'ConditionalCheckFailed', Item: stored }));
    const asked = { Put: { ...put.Put, ...ALL_OLD } };
    const opened = await reasonsOf(cancelled(reasons), asked, asked);
    expect(opened).toEqual([{ Code: 'ConditionalCheckFailed' }, { Code: 'ConditionalCheckFailed', Item: own }]);
    expect(opened).toHaveProperty('0.itemFailure.code', 'NOT_AUTHENTIC');
    expect(inspect(opened)).not.toContain('NOT_AUTHENTIC');
  });

  it('with more reasons than actions hold no items: nobody knows whose they are', async () => {
    const reason = { Code: 'ConditionalCheckFailed', Item: await encryptAttributes(own) };
    const asked = { Put: { ...put.Put, ...ALL_OLD } };
    expect(await reasonsOf(cancelled([reason, reason]), asked)).toEqual([
      { Code: 'ConditionalCheckFailed' },
      { Code: 'ConditionalCheckFailed' },
    ]);
  });

  it('without items pass as they are', async () => {
    const reasons = [{ Code: 'None' }, { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }];
    expect(await reasonsOf(cancelled(reasons), put, { Delete: { TableName, Key } })).toEqual(reasons);
  });
});
