import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  type BatchProgress,
  batchGetAll,
  batchWriteAll,
  encryptedDocumentClient,
  itemFailures,
  unprocessedKeys,
  unprocessedWrites,
} from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import type { TestDatabase } from '../database.ts';
import { batchTables, deepFrozen, FORMS, type Form, inForm, MARKER, patientsOf } from './batch-tables.ts';

/** Clients that are not wrapped. */
const PLAIN: readonly Form[] = [
  { name: 'a plain DynamoDBDocumentClient', make: base => DynamoDBDocumentClient.from(base), document: true },
  { name: 'a plain DynamoDBClient', make: base => base, document: false },
];

/** `batchWriteAll` and `batchGetAll`, on any DynamoDB. */
export function batchHelperSuite(name: string, connect: () => Promise<TestDatabase>): void {
  describe(`batch helpers on ${name}`, () => {
    const tables = batchTables(connect);

    describe.each([...FORMS, ...PLAIN])('$name', form => {
      it('writes and reads more than a request takes, also what was held back', async () => {
        const { patients, plain, partial, options, fake } = tables();
        const wrapped = FORMS.includes(form);
        const ward = `many-${form.name}`;
        const items = patientsOf(ward, 30).map(item => inForm(form, wrapped ? item : { ...item, diagnosis: 'in clear' }));
        const { client, sent } = partial((entry, _, nth) => nth < 5 && /"p\d*[05]"/.test(JSON.stringify(entry)));
        const db = form.make(client, options);
        const table = wrapped ? patients : plain;
        const progress: BatchProgress[] = [];
        const RequestItems = deepFrozen({
          [table]: items.map(Item => ({ PutRequest: { Item } })),
          [plain]: patientsOf(`${ward}-other`, 3).map(item => ({ PutRequest: { Item: inForm(form, item) } })),
          ...(!wrapped && { [plain]: items.map(Item => ({ PutRequest: { Item } })) }),
        });
        const total = Object.values(RequestItems).flat().length;
        await batchWriteAll(db, { RequestItems }, { concurrency: 2, onProgress: each => progress.push(each) });
        expect(progress.at(-1)).toEqual({ done: total, total });
        expect(progress.map(({ done }) => done)).toEqual([...progress.map(({ done }) => done)].sort((a, b) => a - b));
        expect(sent.length).toBeGreaterThan(Math.ceil(total / 25));
        if (wrapped) expect(fake.count('GenerateDataKey')).toBe(30);

        const keyOf = (n: number): Record<string, never> => inForm(form, { ward, id: `p${n}` });
        const order = [29, 3, 3, 17, 0];
        const Keys = [...order.map(keyOf), inForm(form, { ward, id: 'missing' }), ...Array.from({ length: 120 }, (_, n) => keyOf(n % 30))];
        const { items: read } = await batchGetAll(db, deepFrozen({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }));
        const found = read[table] ?? [];
        expect(found).toHaveLength(126);
        expect(found.slice(0, 5)).toEqual(order.map(n => items[n]));
        expect(found[5]).toBeUndefined();
        expect(found.slice(6)).toEqual([...items, ...items, ...items, ...items]);
        expect(await tables().raw()).not.toContain(MARKER);
      });
    });

    it('takes back only the attributes of a projection, in the order of the keys', async () => {
      const { plain, database } = tables();
      const db = DynamoDBDocumentClient.from(database.client);
      const items = patientsOf('projected', 4);
      await batchWriteAll(db, { RequestItems: { [plain]: items.map(Item => ({ PutRequest: { Item } })) } });
      const read = async (ProjectionExpression: string, ExpressionAttributeNames?: Record<string, string>): Promise<unknown> => {
        const Keys = [3, 1].map(n => ({ ward: 'projected', id: `p${n}` }));
        const names = ExpressionAttributeNames === undefined ? {} : { ExpressionAttributeNames };
        return (await batchGetAll(db, { RequestItems: { [plain]: { Keys, ProjectionExpression, ...names } } })).items[plain];
      };
      expect(await read('#n, bed', { '#n': 'name' })).toEqual([3, 1].map(n => ({ name: `Patient ${n}`, bed: n })));
      expect(await read('id, bed')).toEqual([3, 1].map(n => ({ id: `p${n}`, bed: n })));
      expect(await read('#i, ward', { '#i': 'id' })).toEqual([3, 1].map(n => ({ id: `p${n}`, ward: 'projected' })));
    });

    it('ends with the caller’s own requests when nothing moves', async () => {
      const { patients, plain, partial, options } = tables();
      const { client, sent } = partial(entry => JSON.stringify(entry).includes('stuck'));
      const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), options);
      const requests = [...patientsOf('moving', 3), ...patientsOf('stuck', 2)].map(Item => ({ PutRequest: { Item } }));
      const clear = { PutRequest: { Item: { ward: 'stuck', id: 'x', list: [1, { two: new Set([2]) }] } } };
      const RequestItems = deepFrozen({ [patients]: requests, [plain]: [clear] });
      const failure = await batchWriteAll(db, { RequestItems }, { maxAttempts: 3 }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'BATCH_INCOMPLETE', writeApplied: true, retryable: false });
      expect(sent).toHaveLength(4);
      const left = unprocessedWrites(failure);
      expect(left?.[patients]?.map(request => requests.indexOf(request as never))).toEqual([3, 4]);
      expect(left?.[plain]?.[0]).toBe(clear);
      expect(JSON.stringify(failure)).not.toContain(MARKER);
      expect((failure as Error).message).not.toMatch(/stuck|marker/);
    });

    it('ends with the caller’s own keys when nothing moves', async () => {
      const { plain, partial } = tables();
      const { client, sent } = partial(entry => JSON.stringify(entry).includes('stuck'));
      const db = DynamoDBDocumentClient.from(client);
      const Keys = ['a', 'stuck-1', 'b', 'stuck-2'].map(id => ({ ward: 'w', id }));
      const RequestItems = deepFrozen({ [plain]: { Keys, ProjectionExpression: 'bed' } });
      const failure = await batchGetAll(db, { RequestItems }, { maxAttempts: 2 }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'BATCH_INCOMPLETE', writeApplied: false, retryable: true });
      expect(sent).toHaveLength(3);
      const left = unprocessedKeys(failure)?.[plain];
      expect(left).toEqual({ Keys: [Keys[1], Keys[3]], ProjectionExpression: 'bed' });
      expect(left?.Keys?.[0]).toBe(Keys[1]);
    });

    it.skipIf(name === 'moto')('sums what requests consumed (moto counts none)', async () => {
      const { plain, database } = tables();
      const RequestItems = { [plain]: patientsOf('capacity', 30).map(Item => ({ PutRequest: { Item } })) };
      const db = DynamoDBDocumentClient.from(database.client);
      const { ConsumedCapacity = [] } = await batchWriteAll(db, { RequestItems, ReturnConsumedCapacity: 'TOTAL' });
      expect(ConsumedCapacity.map(({ CapacityUnits = 0 }) => CapacityUnits).reduce((a, b) => a + b)).toBe(30);
    });

    it('does not disturb a raw client whose configuration a document client shares', async () => {
      const { plain, database } = tables();
      DynamoDBDocumentClient.from(database.client, { marshallOptions: { removeUndefinedValues: true } });
      const raw: DynamoDBClient = database.client;
      const Item = { ward: { S: 'shared-config' }, id: { S: 'x' } };
      await batchWriteAll(raw, { RequestItems: { [plain]: [{ PutRequest: { Item } }] } });
      const { Responses } = await raw.send(new BatchGetItemCommand({ RequestItems: { [plain]: { Keys: [Item] } } }));
      expect(Responses?.[plain]).toEqual([Item]);
      const { items } = await batchGetAll(raw, { RequestItems: { [plain]: { Keys: [Item] } } });
      expect(items[plain]).toEqual([Item]);
    });

    it('leaves out what cannot be opened, and tells of it, where the client collects failures', async () => {
      const { patients, options, database } = tables();
      const plain = DynamoDBDocumentClient.from(database.client);
      const db = encryptedDocumentClient(plain, { ...options, onItemError: 'collect' });
      const items = patientsOf('poisoned', 3);
      await batchWriteAll(db, { RequestItems: { [patients]: items.map(Item => ({ PutRequest: { Item } })) } });
      const Key = { ward: 'poisoned', id: 'p1' };
      const stored = (await plain.send(new GetCommand({ TableName: patients, Key }))).Item;
      await plain.send(new PutCommand({ TableName: patients, Item: { ...stored, name: 'Mallory' } }));
      const Keys = items.map(({ ward, id }) => ({ ward, id }));
      const result = await batchGetAll(db, { RequestItems: { [patients]: { Keys } } });
      expect(result.items[patients]).toEqual([items[0], undefined, items[2]]);
      expect(itemFailures(result)).toMatchObject([{ table: patients, key: Key, error: { code: 'NOT_AUTHENTIC' } }]);
    });

    it('deletes', async () => {
      const { patients, options, database } = tables();
      const db = encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), options);
      const items = patientsOf('deleted', 30);
      await batchWriteAll(db, { RequestItems: { [patients]: items.map(Item => ({ PutRequest: { Item } })) } });
      const deletions = items.map(({ ward, id }) => ({ DeleteRequest: { Key: { ward, id } } }));
      await batchWriteAll(db, { RequestItems: { [patients]: deletions } });
      expect((await db.send(new GetCommand({ TableName: patients, Key: { ward: 'deleted', id: 'p7' } }))).Item).toBeUndefined();
    });
  });
}
