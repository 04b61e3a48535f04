import { randomUUID } from 'node:crypto';
import { DynamoDBServiceException, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttributeMap } from '../../src/dynamodb/attribute-value.ts';
import type { Condition, Update } from '../../src/dynamodb/expressions/ast.ts';
import { evaluate } from '../../src/dynamodb/expressions/evaluate-condition.ts';
import { applyUpdate } from '../../src/dynamodb/expressions/evaluate-update.ts';
import { parseCondition, parseProjection, parseUpdate } from '../../src/dynamodb/expressions/parser.ts';
import { Printer } from '../../src/dynamodb/expressions/print.ts';
import { project } from '../../src/dynamodb/expressions/projection.ts';
import { Scope } from '../../src/dynamodb/expressions/scope.ts';
import { checkUpdate } from '../../src/dynamodb/expressions/static-checks.ts';
import { conditionOn, projectionOf, updateOf, withItem } from '../dynamodb/expressions/arbitraries.ts';
import { comparableItem } from '../dynamodb/expressions/comparable.ts';
import { conditionText, updateText } from '../dynamodb/expressions/texts.ts';
import { runs, SLOW } from '../property/runs.ts';
import { databaseAt, type TestDatabase } from '../support/database.ts';

const url = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;
/** After most of a test's time no further run begins. */
const within = (count: number): object => ({ ...runs(count), interruptAfterTimeLimit: 0.7 * SLOW.timeout });
const TableName = `expressions-${randomUUID()}`;
const Key = { id: { S: 'a' } };
const keys = { partitionKeyName: 'id' };

/** The expressions of one request, as they are sent. */
interface Request {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: AttributeMap;
}

describe.skipIf(url === undefined)('expressions as DynamoDB Local has them (skipped: npm run test:services)', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await databaseAt(url ?? '');
    await database.createTable(TableName, 'id');
  });
  afterAll(async () => database[Symbol.asyncDispose]());

  const put = (given: AttributeMap): Promise<unknown> =>
    database.client.send(new PutItemCommand({ TableName, Item: { ...given, ...Key } }));
  const updateTheirs = async (request: Request): Promise<unknown> => {
    const { Attributes = {} } = await database.client.send(new UpdateItemCommand({ TableName, Key, ...request, ReturnValues: 'ALL_NEW' }));
    return comparableItem(Attributes);
  };
  const projectTheirs = async (request: Request): Promise<unknown> => {
    const { Item = {} } = await database.client.send(new GetItemCommand({ TableName, Key, ...request }));
    return comparableItem(Item);
  };
  const expectSame = async (given: AttributeMap, request: Request): Promise<void> => {
    const [ours, theirs] = request.ProjectionExpression === undefined ? [updateOurs, updateTheirs] : [projectOurs, projectTheirs];
    expect(await outcome(() => ours(given, request)), JSON.stringify(request)).toEqual(await outcome(() => theirs(request)));
  };

  it('conditions', SLOW, () => {
    const conditions = (given: AttributeMap): fc.Arbitrary<Condition[]> => fc.array(conditionOn(given), { minLength: 1, maxLength: 8 });
    const same = fc.asyncProperty(withItem(conditions), async ([given, each]) => {
      await put(given);
      for (const only of each)
        await expectSame(
          given,
          printed(printer => ({ ConditionExpression: printer.condition(only) })),
        );
    });
    return fc.assert(same, within(400));
  });

  it('updates, with and without a condition', SLOW, () => {
    const updates = (given: AttributeMap): fc.Arbitrary<[Update, Condition | undefined]> =>
      fc.tuple(updateOf(given), fc.option(conditionOn(given), { freq: 3, nil: undefined }));
    const same = fc.asyncProperty(withItem(updates), async ([given, [actions, only]]) => {
      await put(given);
      const request = printed(printer => ({
        UpdateExpression: printer.update(actions),
        ...(only && { ConditionExpression: printer.condition(only) }),
      }));
      await expectSame(given, request);
    });
    return fc.assert(same, within(2500));
  });

  it('projections', SLOW, () => {
    const same = fc.asyncProperty(withItem(projectionOf), async ([given, chosen]) => {
      await put(given);
      await expectSame(
        given,
        printed(printer => ({ ProjectionExpression: chosen.map(path => printer.path(path)).join(',') })),
      );
    });
    return fc.assert(same, within(700));
  });

  it('text, whole and damaged', SLOW, () => {
    const same = fc.asyncProperty(fc.array(conditionText, { maxLength: 4 }), updateText, async (conditions, actions) => {
      await put(TEXT_ITEM);
      for (const ConditionExpression of conditions) await expectSame(TEXT_ITEM, { ConditionExpression });
      await expectSame(TEXT_ITEM, { UpdateExpression: actions });
    });
    return fc.assert(same, within(700));
  });
});

/** What the texts name. */
const TEXT_ITEM: AttributeMap = {
  a: { N: '5' },
  b: { N: '7' },
  c: { S: 'abc' },
  l: { L: [{ N: '1' }, { S: 'x' }] },
  m: { M: { k: { N: '3' } } },
};

function printed(print: (printer: Printer) => Request): Request {
  const printer = new Printer();
  const expressions = print(printer);
  const { names, values } = printer;
  return { ...expressions, ...(names && { ExpressionAttributeNames: names }), ...(values && { ExpressionAttributeValues: values }) };
}

async function updateOurs(given: AttributeMap, request: Request): Promise<unknown> {
  const scope = new Scope(request.ExpressionAttributeNames, request.ExpressionAttributeValues);
  const stored = { ...given, ...Key };
  const actions = request.UpdateExpression === undefined ? undefined : parseUpdate(request.UpdateExpression, scope);
  const only = request.ConditionExpression === undefined ? undefined : parseCondition(request.ConditionExpression, scope);
  scope.refuseUnused();
  if (actions !== undefined) checkUpdate(actions, keys);
  if (only !== undefined && !evaluate(only, stored)) return 'ConditionalCheckFailedException';
  return comparableItem(actions === undefined ? stored : applyUpdate(actions, stored));
}

async function projectOurs(given: AttributeMap, request: Request): Promise<unknown> {
  const scope = new Scope(request.ExpressionAttributeNames, request.ExpressionAttributeValues);
  const chosen = parseProjection(request.ProjectionExpression ?? '', scope);
  scope.refuseUnused();
  return comparableItem(project({ ...given, ...Key }, chosen));
}

/** What comes out, or the name of the error of DynamoDB that is thrown. */
async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof DynamoDBServiceException) return error.name;
    throw error;
  }
}
