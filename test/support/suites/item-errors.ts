import { QueryCommand as RawQuery } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocument, paginateQuery, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { codec, encrypted, isFieldsealError, key, table } from 'fieldseal';
import { encryptedDocumentClient, itemFailures } from 'fieldseal/dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FIVE, reading, type Server } from './reading.ts';

/** What becomes of items that cannot be opened. `m2` was tampered with, `m4` has lost its header. */
export function itemErrorSuite(server: Server): void {
  describe(`items that cannot be opened on ${server.name}`, () => {
    const at = reading(server, 'item-errors');
    const query = () => ({ TableName: at().TableName, KeyConditionExpression: 'tenant = :t', ExpressionAttributeValues: { ':t': 't1' } });
    const good = FIVE.filter(({ id }) => id !== 'm2' && id !== 'm4');
    const failures = () => [
      { table: at().TableName, key: { tenant: 't1', id: 'm2' }, error: { code: 'NOT_AUTHENTIC' } },
      { table: at().TableName, key: { tenant: 't1', id: 'm4' }, error: { code: 'NOT_AUTHENTIC' } },
    ];

    beforeAll(async () => {
      await at().put(...FIVE);
      await at().forge('m2', item => ({ ...item, team: 'forged' }));
      await at().forge('m4', ({ aws_dbe_head: _, ...item }) => item);
    });

    it('throw: the first in the order of the list', async () => {
      await at().put({ tenant: 't0', id: 'a', email: 'x' }, { tenant: 't0', id: 'b', email: 'x' });
      await at().plain.put({ TableName: at().TableName, Item: { tenant: 't0', id: 'a', email: 'x' } });
      await at().plain.put({ TableName: at().TableName, Item: { tenant: 't0', id: 'b', email: 'x', aws_dbe_head: new Uint8Array(1) } });
      const input = { ...query(), ExpressionAttributeValues: { ':t': 't0' } };
      for (const concurrency of [1, 8]) {
        const db = at().documents({ concurrency });
        await expect(db.send(new QueryCommand(query()))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
        await expect(db.send(new QueryCommand(input))).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
        await expect(db.send(new QueryCommand({ ...input, ScanIndexForward: false }))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
      }
    });

    it('collect: Query leaves them out, counts the others, and tells', async () => {
      const output = await at()
        .documents({ onItemError: 'collect' })
        .send(new QueryCommand({ ...query(), Limit: 4 }));
      expect(output.Items).toEqual(good.slice(0, 2));
      expect(output).toMatchObject({ Count: 2, ScannedCount: 4, LastEvaluatedKey: { tenant: 't1', id: 'm4' } });
      expect(itemFailures(output)).toMatchObject(failures());
      expect(itemFailures(output).every(({ error }) => isFieldsealError(error))).toBe(true);
      expect(itemFailures({})).toEqual([]);
    });

    it('collect: on raw clients keys are in DynamoDB’s own form, also when the key is projected away', async () => {
      const input = { ...query(), ExpressionAttributeValues: { ':t': { S: 't1' } }, ProjectionExpression: 'email' };
      const output = await at().raw({ onItemError: 'collect' }).send(new RawQuery(input));
      expect(output.Items).toEqual(good.map(({ email }) => ({ email: { S: email } })));
      expect(itemFailures(output)[0]).toMatchObject({ key: { tenant: { S: 't1' }, id: { S: 'm2' } } });
    });

    it('collect: each page of a paginator tells for itself', async () => {
      const told: unknown[] = [];
      const db = at().documents({ onItemError: 'collect' });
      for await (const page of paginateQuery({ client: db, pageSize: 2 }, query())) told.push(itemFailures(page).map(({ key }) => key.id));
      expect(told.slice(0, 3)).toEqual([['m2'], ['m4'], []]);
    });

    it('collect: Scan and BatchGetItem, on every kind of document client', async () => {
      const { TableName } = at();
      const RequestItems = { [TableName]: { Keys: FIVE.map(({ tenant, id }) => ({ tenant, id })) } };
      const overRaw = DynamoDBDocument.from(at().raw({ onItemError: 'collect' }));
      for (const db of [at().documents({ onItemError: 'collect' }), overRaw]) {
        const batch = await db.send(new BatchGetCommand({ RequestItems }));
        expect(batch.Responses?.[TableName]).toHaveLength(3);
        expect(batch.Responses?.[TableName]).toEqual(expect.arrayContaining(good));
        expect(itemFailures(batch)).toHaveLength(2);
        expect(itemFailures(batch)).toEqual(
          expect.arrayContaining(failures().map(failure => expect.objectContaining({ key: failure.key }))),
        );
      }
      const scan = await overRaw.scan({ TableName, FilterExpression: 'tenant = :t', ExpressionAttributeValues: { ':t': 't1' } });
      expect(scan.Items).toHaveLength(3);
      expect(scan.Count).toBe(3);
      expect(itemFailures(scan)).toHaveLength(2);
      await expect(at().documents().send(new ScanCommand({ TableName }))).rejects.toMatchObject({ name: 'FieldsealError' });
    });

    it('collect: a number that JavaScript cannot hold, and a codec that fails', async () => {
      const TableName = `${at().TableName}-codec`;
      await at().database.createTable(TableName, 'id');
      let broken = false;
      const born = codec(z.date(), {
        encode: date => date.toISOString(),
        decode: (text: string) => {
          if (broken && text.startsWith('1971')) throw new Error(text);
          return new Date(text);
        },
      });
      const people = table('people', { id: key.partition<string>(), born: encrypted(born), big: encrypted<unknown>().optional() });
      const options = { tables: [people.at(TableName)], keyring: at().keyring, onItemError: 'collect' } as const;
      const db = encryptedDocumentClient(at().plain, options);
      const { NumberValue } = await import('@aws-sdk/lib-dynamodb');
      await db.put({ TableName, Item: { id: 'a', born: new Date('1970-01-01') } });
      await db.put({ TableName, Item: { id: 'b', born: new Date('1971-01-01') } });
      await db.put({ TableName, Item: { id: 'c', born: new Date('1970-01-01'), big: NumberValue.from('1234567890123456789.5') } });
      broken = true;
      const output = await db.scan({ TableName });
      expect(output.Items).toEqual([{ id: 'a', born: new Date('1970-01-01') }]);
      expect(output.Count).toBe(1);
      expect(itemFailures(output).map(({ key: { id }, error }) => [id, error.code])).toEqual(
        expect.arrayContaining([
          ['b', 'ATTRIBUTE_INVALID'],
          ['c', 'ATTRIBUTE_INVALID'],
        ]),
      );
    });
  });
}
