import { inspect } from 'node:util';
import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { aesKeyring } from '../security/support.ts';
import { testDatabase } from '../support/database.ts';
import { type Answer, scripted } from '../support/scripted.ts';
import { MARKER, patients, patientsOf } from '../support/suites/batch-tables.ts';
import { batchWriteSuite } from '../support/suites/batch-write.ts';

batchWriteSuite('dynalite', testDatabase);

const options = { tables: [patients.at('patients')], keyring: aesKeyring() };
const requestsOf = (count: number) => patientsOf('w', count).map(Item => ({ PutRequest: { Item } }));
const documents = (answer: Parameters<typeof scripted>[0]) => {
  const { client, sent } = scripted(answer);
  return { db: encryptedDocumentClient(DynamoDBDocumentClient.from(client), options), sent };
};
const nothing: () => Answer = () => ({ body: { UnprocessedItems: {} } });
const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'answered').catch((error: unknown) => error);

describe('BatchWriteItem: nothing is sent', () => {
  const [first, second] = requestsOf(2);
  it.each<[string, string, unknown]>([
    ['an item that does not validate', 'VALIDATION_FAILED', [first, { PutRequest: { Item: { ...second?.PutRequest.Item, name: 1 } } }]],
    ['an undeclared attribute', 'ATTRIBUTE_UNKNOWN', [{ PutRequest: { Item: { ...first?.PutRequest.Item, isAdmin: true } } }]],
    ['no item', 'INPUT_INVALID', [{ PutRequest: {} }]],
    ['a request that is none', 'INPUT_INVALID', ['put']],
    ['no list', 'INPUT_INVALID', { 0: first, toJSON: () => [first] }],
    ['a key with foreign attributes', 'OPERATION_REFUSED', [{ DeleteRequest: { Key: { ward: 'w', id: 'x', diagnosis: MARKER } } }]],
    ['a legacy parameter', 'OPERATION_REFUSED', [{ DeleteRequest: { Key: { ward: 'w', id: 'x' }, Expected: {} } }]],
  ])('for %s', async (_, code, requests) => {
    const { db, sent } = documents(nothing);
    const failure = await failureOf(db.send(new BatchWriteCommand({ RequestItems: { patients: requests as never } })));
    expect(failure).toMatchObject({ code, writeApplied: false });
    expect(inspect(failure)).not.toContain(MARKER);
    expect(sent).toHaveLength(0);
  });

  it('under mode decrypt', async () => {
    const { client, sent } = scripted(nothing);
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), { ...options, mode: 'decrypt' });
    const failure = await failureOf(db.send(new BatchWriteCommand({ RequestItems: { patients: requestsOf(1) } })));
    expect(failure).toMatchObject({ code: 'OPERATION_REFUSED' });
    expect(sent).toHaveLength(0);
  });

  it('when middleware adds a request that the caller did not make', async () => {
    const { client, sent } = scripted(nothing);
    client.middlewareStack.add(
      next => args => {
        const { RequestItems } = args.input as { RequestItems: Record<string, unknown[]> };
        RequestItems.patients = [...(RequestItems.patients ?? []), { PutRequest: { Item: { ward: { S: 'w' }, id: { S: 'planted' } } } }];
        return next(args);
      },
      { step: 'initialize', priority: 'low' },
    );
    const Item = { ward: { S: 'w' }, id: { S: '1' }, diagnosis: { S: 'd' }, name: { S: 'n' } };
    const db = encryptedClient(client, options);
    const failure = await failureOf(db.send(new BatchWriteItemCommand({ RequestItems: { patients: [{ PutRequest: { Item } }] } })));
    expect(failure).toMatchObject({ code: 'OPERATION_REFUSED' });
    expect(sent).toHaveLength(0);
  });
});

describe('BatchWriteItem: strange answers', () => {
  /** The ciphertext of an item, as somebody could send it back. */
  async function stolen(): Promise<unknown> {
    const { client, sent } = scripted(() => ({ body: {} }));
    const Item = { ward: { S: 'w' }, id: { S: 'other' }, diagnosis: { S: MARKER }, name: { S: 'n' } };
    await encryptedClient(client, options).send(new PutItemCommand({ TableName: 'patients', Item }));
    return sent[0]?.body.Item;
  }

  it.each<[string, (own: unknown[], foreign: unknown) => unknown[]]>([
    ['an item that was never sent', (_, foreign) => [{ PutRequest: { Item: foreign } }]],
    ['a deletion that was never sent', () => [{ DeleteRequest: { Key: { ward: { S: 'w' }, id: { S: 'p0' } } } }]],
    ['a request twice', own => [own[0], own[0]]],
    ['a request without a key', () => [{ PutRequest: { Item: { ward: { S: 'w' } } } }]],
    ['an empty request', () => [{}]],
  ])('%s is an error that says that the write was applied', async (_, forge) => {
    const foreign = await stolen();
    const { db, sent } = documents(({ body }) => {
      const own = (body.RequestItems as Record<string, unknown[]>).patients ?? [];
      return { body: { UnprocessedItems: { patients: forge(own, foreign) } } };
    });
    const failure = await failureOf(db.send(new BatchWriteCommand({ RequestItems: { patients: requestsOf(2) } })));
    expect(failure).toMatchObject({ code: 'MALFORMED', writeApplied: true, retryable: false });
    expect(sent).toHaveLength(1);
  });

  it('another content under a key that was sent gives the caller’s own object', async () => {
    const requests = requestsOf(1);
    const { db } = documents(() => ({
      body: {
        UnprocessedItems: {
          patients: [{ PutRequest: { Item: { ward: { S: 'w' }, id: { S: 'p0' }, name: { S: 'Mallory' }, diagnosis: { B: 'AAAA' } } } }],
        },
      },
    }));
    const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems: { patients: requests } }));
    expect(UnprocessedItems?.patients?.[0]).toBe(requests[0]);
  });

  it('another order gives each caller’s object for its key', async () => {
    const requests = requestsOf(3);
    const { db } = documents(({ body }) => ({
      body: { UnprocessedItems: { patients: (body.RequestItems as Record<string, unknown[]>).patients?.reverse() } },
    }));
    const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems: { patients: requests } }));
    expect(UnprocessedItems?.patients?.map(request => requests.indexOf(request as never))).toEqual([2, 1, 0]);
  });

  it('the name of a table may come back for its ARN', async () => {
    const arn = 'arn:aws:dynamodb:us-east-1:111122223333:table/patients';
    const requests = requestsOf(1);
    const { db } = documents(({ body }) => ({
      body: { UnprocessedItems: { patients: (body.RequestItems as Record<string, unknown[]>)[arn] } },
    }));
    const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems: { [arn]: requests } }));
    expect(UnprocessedItems?.patients?.[0]).toBe(requests[0]);
  });

  it('items that are Maps come back as they were given', async () => {
    const put = { PutRequest: { Item: new Map(Object.entries(patientsOf('w', 1)[0] ?? {})) } };
    const { db, sent } = documents(({ body }) => ({ body: { UnprocessedItems: body.RequestItems } }));
    const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems: { patients: [put] as never } }));
    expect(UnprocessedItems?.patients?.[0]).toBe(put);
    expect(JSON.stringify(sent)).not.toContain(MARKER);
  });

  it('metrics of collections pass', async () => {
    const metrics = { patients: [{ ItemCollectionKey: { ward: { S: 'w' } }, SizeEstimateRangeGB: [0, 1] }] };
    const { db } = documents(() => ({ body: { ItemCollectionMetrics: metrics } }));
    const output = await db.send(new BatchWriteCommand({ RequestItems: { patients: requestsOf(1) }, ReturnItemCollectionMetrics: 'SIZE' }));
    expect(output.ItemCollectionMetrics).toEqual({ patients: [{ ItemCollectionKey: { ward: 'w' }, SizeEstimateRangeGB: [0, 1] }] });
  });
});
