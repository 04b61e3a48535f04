/** The same expressions through a wrapped client on an encrypted table, and plain on a table without encryption: results and errors agree. */
import { randomUUID } from 'node:crypto';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  type ReturnValue,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { attributeActions, isFieldsealError } from 'fieldseal';
import { type AttributeMap, encryptedClient } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Printer } from '../../src/dynamodb/expressions/print.ts';
import { conditionOn, projectionOf, updateOf, withItem } from '../dynamodb/expressions/arbitraries.ts';
import { comparableItem } from '../dynamodb/expressions/comparable.ts';
import { runs, SLOW } from '../property/runs.ts';
import { databaseAt, type TestDatabase } from '../support/database.ts';

const url = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;
const TIMEOUT = { timeout: 3 * SLOW.timeout };
/** After most of a test's time no further run begins. */
const within = (count: number): object => ({ ...runs(count), interruptAfterTimeLimit: 0.8 * TIMEOUT.timeout });
const [encryptedTable, plainTable] = [`encrypted-${randomUUID()}`, `plain-${randomUUID()}`];
const Key = { id: { S: 'a' } };

const table = attributeActions({
  logicalTableName: 'differential',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: {
    id: 'SIGN_ONLY',
    a: 'ENCRYPT_AND_SIGN',
    b: 'ENCRYPT_AND_SIGN',
    c: 'SIGN_ONLY',
    name: 'SIGN_ONLY',
    constructor: 'ENCRYPT_AND_SIGN' as const,
    'x.y': 'DO_NOTHING',
    '😀': 'DO_NOTHING',
  },
  allowedUnsignedAttributes: ['x.y', '😀'],
});
const keyring = rawAes({ keyNamespace: 'test', keyName: 'aes', wrappingKey: new Uint8Array(32).fill(7) });
const algorithmSuiteId = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384';

/** What encryption forbids, and DynamoDB does not. */
const FORBIDDEN = ['OPERATION_REFUSED', 'DECLASSIFICATION_REFUSED'];

describe.skipIf(url === undefined)('an encrypted table beside a plain one (skipped: npm run test:services)', () => {
  let database: TestDatabase;
  let wrapped: DynamoDBClient;
  const counts = { compared: 0, forbidden: 0, succeeded: 0 };

  beforeAll(async () => {
    database = await databaseAt(url ?? '');
    for (const name of [encryptedTable, plainTable]) await database.createTable(name, 'id');
    wrapped = encryptedClient(database.client, {
      tables: [table.at(encryptedTable)],
      keyring,
      algorithmSuiteId,
      allowDeclassify: ['a', 'b', 'constructor'],
      allowUnsignedSources: ['x.y', '😀'],
    });
  });
  afterAll(async () => {
    process.stdout.write(
      `  ${counts.compared} compared, ${counts.succeeded} of them succeeded; ${counts.forbidden} forbidden by encryption\n`,
    );
    await database[Symbol.asyncDispose]();
  });

  const put = async (item: AttributeMap): Promise<void> => {
    await wrapped.send(new PutItemCommand({ TableName: encryptedTable, Item: { ...item, ...Key } }));
    await database.client.send(new PutItemCommand({ TableName: plainTable, Item: { ...item, ...Key } }));
  };

  /** Both items after both ran the request; undefined when encryption forbids it. */
  async function compare(request: object, ReturnValues: ReturnValue = 'ALL_NEW'): Promise<void> {
    const update = (client: DynamoDBClient, TableName: string) => async (): Promise<unknown> =>
      comparableItem((await client.send(new UpdateItemCommand({ TableName, Key, ...request, ReturnValues }))).Attributes ?? {});
    const ours = await outcome(update(wrapped, encryptedTable));
    if (typeof ours === 'string' && FORBIDDEN.includes(ours)) {
      counts.forbidden++;
      return;
    }
    expect(ours, JSON.stringify(request)).toEqual(await outcome(update(database.client, plainTable)));
    counts.compared++;
    if (typeof ours !== 'string') counts.succeeded++;
    expect(await read(wrapped, encryptedTable), JSON.stringify(request)).toEqual(await read(database.client, plainTable));
  }

  async function read(client: DynamoDBClient, TableName: string, request: object = {}): Promise<unknown> {
    const { Item = {} } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true, ...request }));
    return comparableItem(Item);
  }

  it('conditions', TIMEOUT, () =>
    fc.assert(
      fc.asyncProperty(
        withItem(item => fc.array(conditionOn(item), { minLength: 1, maxLength: 6 })),
        async ([item, conditions]) => {
          await put(item);
          for (const condition of conditions) {
            const printer = new Printer();
            await compare({ ConditionExpression: printer.condition(condition), ...placeholders(printer) });
          }
        },
      ),
      within(300),
    ),
  );

  it('updates, with and without a condition', TIMEOUT, () =>
    fc.assert(
      fc.asyncProperty(
        withItem(item => fc.tuple(updateOf(item), fc.option(conditionOn(item), { freq: 3, nil: undefined }))),
        fc.constantFrom<ReturnValue>('ALL_NEW', 'ALL_OLD'),
        async ([item, [update, condition]], returnValues) => {
          await put(item);
          const printer = new Printer();
          const UpdateExpression = printer.update(update);
          const conditions = condition && { ConditionExpression: printer.condition(condition) };
          await compare({ UpdateExpression, ...conditions, ...placeholders(printer) }, returnValues);
        },
      ),
      within(1500),
    ),
  );

  it('updates of items that are not there', TIMEOUT, () =>
    fc.assert(
      fc.asyncProperty(
        withItem(item => fc.tuple(updateOf(item), fc.option(conditionOn(item), { freq: 3, nil: undefined }))),
        async ([, [update, condition]]) => {
          await clear();
          const printer = new Printer();
          const UpdateExpression = printer.update(update);
          const conditions = condition && { ConditionExpression: printer.condition(condition) };
          await compare({ UpdateExpression, ...conditions, ...placeholders(printer) });
        },
      ),
      within(400),
    ),
  );

  it('projections', TIMEOUT, () =>
    fc.assert(
      fc.asyncProperty(withItem(projectionOf), async ([item, paths]) => {
        await put(item);
        const printer = new Printer();
        const ProjectionExpression = paths.map(path => printer.path(path)).join(',');
        const request = { ProjectionExpression, ...placeholders(printer) };
        const ours = await outcome(() => read(wrapped, encryptedTable, request));
        expect(ours, ProjectionExpression).toEqual(await outcome(() => read(database.client, plainTable, request)));
        counts.compared++;
      }),
      within(500),
    ),
  );

  it('thousands were compared, and hundreds of them changed something', () => {
    expect(counts.compared).toBeGreaterThan(2000);
    expect(counts.succeeded).toBeGreaterThan(300);
  });

  async function clear(): Promise<void> {
    for (const TableName of [encryptedTable, plainTable]) await database.client.send(new DeleteItemCommand({ TableName, Key }));
  }
});

function placeholders(printer: Printer): object {
  const { names, values } = printer;
  return { ...(names && { ExpressionAttributeNames: names }), ...(values && { ExpressionAttributeValues: values }) };
}

/** What comes out, the name of DynamoDB's error, or the code of ours. */
async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (isFieldsealError(error)) return error.code;
    if (error instanceof DynamoDBServiceException) return error.name;
    throw error;
  }
}
