import { TransactGetItemsCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactGetCommand } from '@aws-sdk/lib-dynamodb';
import { itemFailures } from 'fieldseal/dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIVE, reading, type Server } from './reading.ts';

/** What TransactGetItems does on a wrapped client. */
export function transactGetSuite(server: Server): void {
  if (!server.features.transactions) {
    describe(`TransactGetItems on ${server.name}`, () => it.skip('skipped: this server has no transactions', () => undefined));
    return;
  }
  describe(`TransactGetItems on ${server.name}`, () => {
    const at = reading(server, 'transact-get');
    const plainTable = () => `${at().TableName}-plain`;
    const get = (id: string, more: object = {}) => ({ Get: { TableName: at().TableName, Key: { tenant: 't1', id }, ...more } });

    beforeAll(async () => {
      await at().put(...FIVE);
      await at().database.createTable(plainTable(), 'id');
      await at().plain.send(new PutCommand({ TableName: plainTable(), Item: { id: 'p', email: 'in clear' } }));
    });

    it('opens items in their places, each under its own projection', async () => {
      const { Responses } = await at()
        .documents()
        .send(
          new TransactGetCommand({
            TransactItems: [
              get('m1'),
              { Get: { TableName: plainTable(), Key: { id: 'p' }, ...(server.features.faithful && { ProjectionExpression: 'email' }) } },
              get('missing'),
              get('m2', { ProjectionExpression: '#a.geo[0]', ExpressionAttributeNames: { '#a': 'address' } }),
            ],
          }),
        );
      expect(Responses).toEqual([
        { Item: FIVE[0] },
        { Item: expect.objectContaining({ email: 'in clear' }) },
        {},
        { Item: { address: { geo: [2] } } },
      ]);
    });

    it('speaks DynamoDB’s own form', async () => {
      const Key = { tenant: { S: 't1' }, id: { S: 'm4' } };
      const TransactItems = [{ Get: { TableName: at().TableName, Key, ProjectionExpression: 'email' } }];
      const { Responses } = await at().raw().send(new TransactGetItemsCommand({ TransactItems }));
      expect(Responses).toEqual([{ Item: { email: { S: 'm4@example.com' } } }]);
    });

    it('leaves the place of an item that cannot be opened empty, and tells of it, when failures are collected', async () => {
      const { name: id } = { name: 'forged' };
      await at().put({ tenant: 't1', id, email: 'x', team: 'red' });
      await at().forge(id, item => ({ ...item, team: 'blue' }));
      const command = (): TransactGetCommand => new TransactGetCommand({ TransactItems: [get('m1'), get(id), get('m2')] });
      await expect(at().documents().send(command())).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
      const output = await at().documents({ onItemError: 'collect' }).send(command());
      expect(output.Responses).toEqual([{ Item: FIVE[0] }, {}, { Item: FIVE[1] }]);
      expect(itemFailures(output)).toMatchObject([{ table: at().TableName, key: { tenant: 't1', id }, error: { code: 'NOT_AUTHENTIC' } }]);
    });

    it('passes DynamoDB’s refusals on', async () => {
      const db = at().documents();
      const twice = db.send(new TransactGetCommand({ TransactItems: [get('m1'), get('m1')] }));
      if (server.features.faithful) await expect(twice).rejects.toMatchObject({ name: 'ValidationException' });
      else await twice;
      const nowhere = db.send(
        new TransactGetCommand({ TransactItems: [get('m1'), { Get: { TableName: `${at().TableName}-none`, Key: { id: 'x' } } }] }),
      );
      await expect(nowhere).rejects.toMatchObject({ name: expect.stringMatching(/ResourceNotFound|TransactionCanceled/) });
    });
  });
}
