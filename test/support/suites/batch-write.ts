import { BatchWriteItemCommand, type BatchWriteItemCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import type { TestDatabase } from '../database.ts';
import { batchTables, deepFrozen, FORMS, inForm, MARKER, patientsOf } from './batch-tables.ts';

/** BatchWriteItem on a wrapped client, on any DynamoDB. */
export function batchWriteSuite(name: string, connect: () => Promise<TestDatabase>): void {
  describe(`BatchWriteItem on ${name}`, () => {
    const tables = batchTables(connect);
    const documents = (base = tables().database.client): DynamoDBDocumentClient =>
      encryptedDocumentClient(DynamoDBDocumentClient.from(base), tables().options);
    const read = async (TableName: string, ward: string, id: string): Promise<unknown> =>
      (await documents().send(new GetCommand({ TableName, Key: { ward, id }, ConsistentRead: true }))).Item;

    it('puts and deletes in several tables, encrypted and plain, in the order of the caller', async () => {
      const { patients, visits, plain, fake } = tables();
      const [a, b] = patientsOf('mixed', 2);
      const visit = { ward: 'mixed', id: 'v1', diagnosis: `${MARKER} visit`, name: 'V' };
      const RequestItems = deepFrozen({
        [patients]: [a, b].map(Item => ({ PutRequest: { Item } })),
        [visits]: [{ PutRequest: { Item: visit } }],
        [plain]: [{ PutRequest: { Item: { ward: 'mixed', id: 'x', diagnosis: 'in clear' } } }],
      });
      const { UnprocessedItems } = await documents().send(new BatchWriteCommand(deepFrozen({ RequestItems })));
      expect(UnprocessedItems).toEqual({});
      expect(fake.count('GenerateDataKey')).toBe(3);
      expect(await read(patients, 'mixed', 'p1')).toEqual(b);
      expect(await read(visits, 'mixed', 'v1')).toEqual(visit);
      expect(await read(plain, 'mixed', 'x')).toMatchObject({ diagnosis: 'in clear' });
      expect(await tables().raw()).not.toContain(MARKER);
      const Key = { ward: 'mixed', id: 'p1' };
      await documents().send(new BatchWriteCommand({ RequestItems: { [patients]: [{ DeleteRequest: { Key } }] } }));
      expect(await read(patients, 'mixed', 'p1')).toBeUndefined();
    });

    it.each(FORMS)('gives back the caller’s own objects on $name, and sends their bytes again without a key', async form => {
      const { fake, patients, plain, partial, options } = tables();
      const ward = `own-${form.name}`;
      const { client, sent } = partial((entry, table, nth) => nth === 1 && (table === plain || !JSON.stringify(entry).includes('"p1"')));
      const db = form.make(client, options);
      const puts = patientsOf(ward, 3).map(item => ({ PutRequest: { Item: inForm(form, item) } }));
      const deletion = { DeleteRequest: { Key: inForm(form, { ward, id: 'gone' }) } };
      const plainPut = { PutRequest: { Item: inForm(form, { ward, id: 'x', n: 1 }) } };
      const RequestItems = deepFrozen({ [patients]: [...puts, deletion], [plain]: [plainPut] });
      const first = await sendBatch(db, form.document, RequestItems);
      const back = first.UnprocessedItems?.[patients] ?? [];
      expect(back).toHaveLength(3);
      expect(back[0]).toBe(puts[0]);
      expect(back[1]).toBe(puts[2]);
      expect(back[2]).toBe(deletion);
      expect(first.UnprocessedItems?.[plain]).toEqual([plainPut]);
      expect(fake.count('GenerateDataKey')).toBe(3);

      const second = await sendBatch(db, form.document, first.UnprocessedItems);
      expect(second.UnprocessedItems).toEqual({});
      expect(fake.count('GenerateDataKey')).toBe(3);
      const [one, two] = sent.map(({ body }) => body.RequestItems as Record<string, unknown[]>);
      expect(two?.[patients]).toEqual(one?.[patients]?.filter(entry => !JSON.stringify(entry).includes('"p1"')));
      expect(await read(patients, ward, 'p2')).toMatchObject({ diagnosis: `${MARKER} 2` });
      expect(JSON.stringify(sent)).not.toContain(MARKER);
    });

    it('takes one item for two tables, and keeps their bytes apart', async () => {
      const { fake, patients, visits, partial, options } = tables();
      const { client } = partial((_, __, nth) => nth === 1);
      const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), options);
      const Item = deepFrozen({ ward: 'shared', id: 's1', diagnosis: `${MARKER} shared`, name: 'S' });
      const RequestItems = { [patients]: [{ PutRequest: { Item } }], [visits]: [{ PutRequest: { Item } }] };
      const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems }));
      await db.send(new BatchWriteCommand({ RequestItems: UnprocessedItems }));
      expect(fake.count('GenerateDataKey')).toBe(2);
      expect(await read(patients, 'shared', 's1')).toEqual(Item);
      expect(await read(visits, 'shared', 's1')).toEqual(Item);
    });

    it('keeps plaintext policies', async () => {
      const { patients, options, partial } = tables();
      const { client, sent } = partial((_, __, nth) => nth === 1);
      const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), {
        ...options,
        plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
      });
      const [Item] = patientsOf('policy', 1).map(patient => ({ ...patient, diagnosis: 'known to all' }));
      const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems: { [patients]: [{ PutRequest: { Item } }] } }));
      expect(JSON.stringify(sent)).toContain('known to all');
      expect(UnprocessedItems?.[patients]?.[0]?.PutRequest?.Item).toBe(Item);
    });
  });
}

/** Sends a batch in the form of a client. */
export async function sendBatch(db: object, document: boolean, RequestItems: unknown): Promise<BatchOutput> {
  const input = { RequestItems } as BatchWriteItemCommandInput;
  const command = document ? new BatchWriteCommand(input) : new BatchWriteItemCommand(input);
  return (db as DynamoDBClient).send(command as BatchWriteItemCommand) as Promise<BatchOutput>;
}

export interface BatchOutput {
  readonly UnprocessedItems?: Record<string, object[]>;
}
