import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { codec, encrypted, key, table } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reading, type Server } from './reading.ts';

const rich = {
  tenant: 't1',
  id: 'rich',
  email: 'rich@example.com',
  address: { street: 'Elm Street', 'a.b': 1, list: [{ x: 1, y: 2 }, 'two', [3, 33]], nil: null },
  notes: [{ words: 'a', by: 'x' }, 'plain', { words: 'b' }],
  team: 'red',
  seenAt: 7,
};

/** Each is compared with what the server makes of the same projection on an item in clear. */
const PROJECTIONS: readonly [expression: string, names?: Record<string, string>][] = [
  ['email'],
  ['tenant, email'],
  ['score'],
  ['email, score.zz, seenAt'],
  ['address.street, notes[0].words'],
  ['address.#list[2][1], address.#list[0].x', { '#list': 'list' }],
  ['address.#list[2], address.#list[0].y', { '#list': 'list' }],
  ['notes[2].words, notes[0].#by', { '#by': 'by' }],
  ['notes[1], notes[9]'],
  ['notes[1].words'],
  ['address.#c, address.#ab', { '#c': 'constructor', '#ab': 'a.b' }],
  ['address.nil'],
  ['email.zz, score[0]'],
  ['#n', { '#n': 'address' }],
];

/** What ProjectionExpression does on a wrapped client: the same as on a table in clear, once all of the item is verified. */
export function projectionSuite(server: Server): void {
  describe(`projections on ${server.name}`, () => {
    const at = reading(server, 'projections');
    const Key = { tenant: 't1', id: 'rich' };
    const clear = () => `${at().TableName}-clear`;

    beforeAll(async () => {
      const Item = marshall(rich);
      Object.assign(Item.address?.M ?? {}, { constructor: { S: 'c' } }); // the document client cannot write this name, but read it
      await at()
        .raw()
        .send(new PutItemCommand({ TableName: at().TableName, Item }));
      await at().database.createTable(clear(), 'tenant', 'id');
      await at().database.client.send(new PutItemCommand({ TableName: clear(), Item }));
    });

    const comparable = PROJECTIONS.filter(([expression]) => server.features.faithful || !/\].*\]/.test(expression));
    it.each(comparable)('%s', async (ProjectionExpression, names) => {
      const more = { ProjectionExpression, ...(names && { ExpressionAttributeNames: names }) };
      const expected = await at().plain.send(new GetCommand({ TableName: clear(), Key, ...more }));
      const db = at().documents();
      expect((await db.send(new GetCommand({ TableName: at().TableName, Key, ...more }))).Item).toEqual(expected.Item);
      const query = { KeyConditionExpression: 'tenant = :t', ExpressionAttributeValues: { ':t': 't1' } };
      expect((await db.send(new QueryCommand({ TableName: at().TableName, ...query, ...more }))).Items).toEqual([expected.Item]);
      expect((await db.send(new ScanCommand({ TableName: at().TableName, ...more }))).Items).toEqual([expected.Item]);
    });

    it.each([
      ['emial', undefined],
      ['email, #proto', { '#proto': '__proto__' }],
      ['#c', { '#c': 'constructor' }],
    ])('%s: a name that nobody declared is a mistake', async (ProjectionExpression, names) => {
      const get = new GetCommand({
        TableName: at().TableName,
        Key,
        ProjectionExpression,
        ...(names && { ExpressionAttributeNames: names }),
      });
      await expect(at().documents().send(get)).rejects.toMatchObject({ code: 'ATTRIBUTE_UNKNOWN' });
    });

    it('an item that is not there is not there', async () => {
      const get = new GetCommand({ TableName: at().TableName, Key: { ...Key, id: 'none' }, ProjectionExpression: 'email' });
      expect(await at().documents().send(get)).not.toHaveProperty('Item');
    });

    it.each([
      'email,',
      'email email',
      'email, email',
      'address, address.street',
      'address.a, address[0]',
      'email; DROP',
      '#undefined',
      ':value',
      'size(email)',
      '',
    ])('refused as DynamoDB does: %s', async ProjectionExpression => {
      const get = { Key, ProjectionExpression };
      if (server.features.strict)
        await expect(at().plain.send(new GetCommand({ TableName: clear(), ...get }))).rejects.toMatchObject({
          name: 'ValidationException',
        });
      await expect(
        at()
          .documents()
          .send(new GetCommand({ TableName: at().TableName, ...get })),
      ).rejects.toMatchObject({
        name: 'ValidationException',
      });
    });

    it('of the format’s own attributes are refused', async () => {
      for (const [ProjectionExpression, names] of [['aws_dbe_head'], ['email, #f', { '#f': 'aws_dbe_foot' }], ['aws_dbe_x.y']] as const) {
        const more = { Key, ProjectionExpression, ...(names && { ExpressionAttributeNames: names }) };
        const refused = at()
          .documents()
          .send(new GetCommand({ TableName: at().TableName, ...more }));
        await expect(refused).rejects.toMatchObject({ code: 'OPERATION_REFUSED', message: expect.stringContaining('aws_dbe_') });
      }
    });

    it('hide nothing from the verification', async () => {
      await at().put({ ...rich, id: 'forged' });
      await at().forge('forged', item => ({ ...item, team: 'blue' }));
      const get = new GetCommand({ TableName: at().TableName, Key: { ...Key, id: 'forged' }, ProjectionExpression: 'seenAt' });
      await expect(at().documents().send(get)).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    });

    it('take a key __proto__ that only DynamoDB’s own form can hold', async () => {
      const Item = { tenant: { S: 't1' }, id: { S: 'proto' }, email: { S: 'x' }, address: { M: JSON.parse('{"__proto__":{"S":"deep"}}') } };
      const client = at().raw();
      await client.send(new PutItemCommand({ TableName: at().TableName, Item }));
      const get = { TableName: at().TableName, Key: { tenant: { S: 't1' }, id: { S: 'proto' } } };
      const names = { ProjectionExpression: 'address.#p', ExpressionAttributeNames: { '#p': '__proto__' } };
      const projected = (await client.send(new GetItemCommand({ ...get, ...names }))).Item;
      expect(Object.keys(projected?.address?.M ?? {})).toEqual(['__proto__']);
      const db = at().documents();
      const native = { TableName: at().TableName, Key: { tenant: 't1', id: 'proto' } };
      await expect(db.send(new GetCommand(native))).rejects.toMatchObject({ code: 'ATTRIBUTE_INVALID' });
      expect((await db.send(new GetCommand({ ...native, ProjectionExpression: 'email' }))).Item).toEqual({ email: 'x' });
      await db.send(new PutCommand({ TableName: at().TableName, Item: { ...rich, id: 'proto' } }));
    });

    it('of a part of what a codec makes are refused on document clients', async () => {
      const TableName = `${at().TableName}-codec`;
      await at().database.createTable(TableName, 'id');
      const born = codec(z.date(), { encode: date => ({ iso: date.toISOString() }), decode: ({ iso }: { iso: string }) => new Date(iso) });
      const people = table('people', { id: key.partition<string>(), born: encrypted(born) });
      const db = encryptedDocumentClient(at().plain, { tables: [people.at(TableName)], keyring: at().keyring });
      await db.send(new PutCommand({ TableName, Item: { id: 'a', born: new Date(0) } }));
      const get = (ProjectionExpression: string) => db.send(new GetCommand({ TableName, Key: { id: 'a' }, ProjectionExpression }));
      expect((await get('born')).Item).toEqual({ born: new Date(0) });
      await expect(get('born.iso')).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
    });
  });
}
