import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocument, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WireShape } from '../tapped.ts';
import { FIVE, members, reading, type Server } from './reading.ts';

/** What BatchGetItem does on a wrapped client. */
export function batchGetSuite(server: Server): void {
  describe(`BatchGetItem on ${server.name}`, () => {
    const at = reading(server, 'batch-get');
    const keys = FIVE.map(({ tenant, id }) => ({ tenant, id }));
    const plainTable = () => `${at().TableName}-plain`;

    beforeAll(async () => {
      await at().put(...FIVE);
      await at().database.createTable(plainTable(), 'id');
      await at().plain.send(new PutCommand({ TableName: plainTable(), Item: { id: 'p', email: 'in clear', other: 1 } }));
    });

    it('opens items of encrypted tables, and passes the others on', async () => {
      const { TableName } = at();
      const output = await at()
        .documents()
        .send(
          new BatchGetCommand({
            RequestItems: {
              [plainTable()]: { Keys: [{ id: 'p' }], ProjectionExpression: '#e', ExpressionAttributeNames: { '#e': 'email' } },
              [TableName]: { Keys: keys },
            },
          }),
        );
      expect(output.Responses?.[plainTable()]).toEqual([{ email: 'in clear' }]);
      expect(output.Responses?.[TableName]).toHaveLength(5);
      expect(output.Responses?.[TableName]).toEqual(expect.arrayContaining([...FIVE]));
      expect(output.UnprocessedKeys).toEqual({});
    });

    it('projects each table for itself, keys or none among them', async () => {
      const { TableName } = at();
      const sent: WireShape[] = [];
      const input = {
        RequestItems: {
          [TableName]: {
            Keys: [{ tenant: { S: 't1' }, id: { S: 'm3' } }],
            ProjectionExpression: '#a.street, email',
            ExpressionAttributeNames: { '#a': 'address' },
          },
        },
      };
      const { Responses } = await at()
        .raw(
          {},
          at().tap(({ request }) => sent.push(request)),
        )
        .send(new BatchGetItemCommand(input));
      expect(Responses?.[TableName]).toEqual([{ email: { S: 'm3@example.com' }, address: { M: { street: { S: 'Elm Street 3' } } } }]);
      expect(sent[0]?.RequestItems?.[TableName]).toEqual({ Keys: [{ tenant: { S: 't1' }, id: { S: 'm3' } }] });
      expect(input.RequestItems[TableName]?.ProjectionExpression).toBe('#a.street, email');
    });

    it('gives unprocessed keys back as they were asked for, ready to be sent again', async () => {
      const { TableName } = at();
      let held = false;
      const client = at().tap(({ request, response }) => {
        if (held) return;
        held = true;
        const [first, ...rest] = request.RequestItems?.[TableName]?.Keys ?? [];
        response.Responses = { [TableName]: (response.Responses?.[TableName] ?? []).filter(({ id }) => id?.S === first?.id?.S) };
        response.UnprocessedKeys = { [TableName]: { ...request.RequestItems?.[TableName], Keys: rest } };
      });
      const db = DynamoDBDocument.from(at().raw({}, client));
      const asked = {
        Keys: keys,
        ProjectionExpression: '#i, email',
        ExpressionAttributeNames: { '#i': 'id' },
        ConsistentRead: true,
      };
      const first = await db.batchGet({ RequestItems: { [TableName]: asked } });
      expect(first.Responses?.[TableName]).toEqual([{ id: 'm1', email: 'm1@example.com' }]);
      expect(first.UnprocessedKeys).toEqual({ [TableName]: { ...asked, Keys: keys.slice(1) } });
      const second = await db.batchGet({ RequestItems: first.UnprocessedKeys });
      expect(second.Responses?.[TableName]).toHaveLength(4);
      expect(second.Responses?.[TableName]).toContainEqual({ id: 'm5', email: 'm5@example.com' });
    });

    it('leaves duplicate keys and bad projections to DynamoDB’s own error', async () => {
      const { TableName } = at();
      const db = at().documents();
      for (const part of [
        { Keys: [keys[0], keys[0]] },
        { Keys: keys, ProjectionExpression: 'email,' },
        { Keys: keys, ExpressionAttributeNames: { '#x': 'email' } },
      ]) {
        const sent = db.send(new BatchGetCommand({ RequestItems: { [TableName]: part as { Keys: Record<string, unknown>[] } } }));
        await expect(sent).rejects.toMatchObject({ name: 'ValidationException' });
      }
    });

    it('opens two encrypted tables at once', async () => {
      const second = `${at().TableName}-2`;
      await at().database.createTable(second, 'tenant', 'id');
      const { tables, keyring } = { tables: [members.at(at().TableName), members.at(second)], keyring: at().keyring };
      const db = encryptedDocumentClient(at().plain, { tables, keyring });
      await db.send(new PutCommand({ TableName: second, Item: FIVE[0] }));
      const { Responses } = await db.send(
        new BatchGetCommand({
          RequestItems: {
            [second]: { Keys: keys.slice(0, 2), ProjectionExpression: 'email' },
            [at().TableName]: { Keys: keys.slice(0, 1) },
          },
        }),
      );
      expect(Responses?.[second]).toEqual([{ email: 'm1@example.com' }]);
      expect(Responses?.[at().TableName]).toEqual([FIVE[0]]);
    });
  });
}
