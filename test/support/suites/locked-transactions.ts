import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ifUnchanged } from 'fieldseal/dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { FIVE, reading, type Server } from './reading.ts';

const Key = { tenant: 't1', id: 'm1' };
const Other = { tenant: 't1', id: 'm2' };
const ann = { ...FIVE[0] };
const set = (attribute: string, value: unknown): object => ({
  UpdateExpression: `SET ${attribute} = :v`,
  ExpressionAttributeValues: { ':v': value },
});

/** What actions of transactions that are bound to items do, on a database that has transactions. */
export function lockedTransactionSuite(server: Server): void {
  describe(`ifUnchanged in transactions on ${server.name}`, () => {
    const at = reading(server, 'locked-transactions');
    const read = async (id = 'm1'): Promise<object> =>
      (
        await at()
          .documents()
          .send(new GetCommand({ TableName: at().TableName, Key: { ...Key, id }, ConsistentRead: true }))
      ).Item ?? {};
    const elsewhere = (attribute = 'team', value: unknown = 'green', id = 'm1'): Promise<unknown> =>
      at()
        .documents()
        .send(new UpdateCommand({ TableName: at().TableName, Key: { ...Key, id }, ...set(attribute, value) } as never)); // set makes the rest

    beforeEach(() => at().put(...FIVE));

    it('binds actions of a transaction, all or nothing', async () => {
      const { TableName } = at();
      const db = at().documents();
      const transaction = async (): Promise<TransactWriteCommand> =>
        new TransactWriteCommand({
          TransactItems: [
            { Put: ifUnchanged(await read('m1'), { TableName, Item: { ...ann, team: 'moved' } }) },
            { Update: ifUnchanged(await read('m2'), { TableName, Key: Other, ...set('email', 'moved') }) as never }, // set makes the rest
            { Update: ifUnchanged(await read('m3'), { TableName, Key: { ...Key, id: 'm3' }, ...set('seenAt', 33) }) as never }, // as above
            { Delete: ifUnchanged(await read('m4'), { TableName, Key: { ...Key, id: 'm4' } }) },
            {
              ConditionCheck: ifUnchanged(await read('m5'), {
                TableName,
                Key: { ...Key, id: 'm5' },
                ConditionExpression: 'attribute_exists(id)',
              }),
            },
          ],
        });
      for (const [i, id] of ['m1', 'm2', 'm3', 'm4', 'm5'].entries()) {
        const command = await transaction();
        await elsewhere('score', 100 + i, id);
        const reasons = Array.from({ length: 5 }, (_, at) => ({ Code: at === i ? 'ConditionalCheckFailed' : 'None' }));
        await expect(db.send(command)).rejects.toMatchObject({ name: 'TransactionCanceledException', CancellationReasons: reasons });
        expect(await read('m1')).toMatchObject({ team: 'red' });
      }
      await db.send(await transaction());
      expect(await read('m1')).toMatchObject({ team: 'moved' });
      expect(await read('m2')).toMatchObject({ email: 'moved' });
      expect(await read('m3')).toMatchObject({ seenAt: 33 });
      expect(await read('m4')).toEqual({});
    });

    it('makes another transaction of one under a token', async () => {
      const { TableName } = at();
      const db = at().documents();
      const send = (item: object): Promise<unknown> =>
        db.send(
          new TransactWriteCommand({
            ClientRequestToken: `lock-${TableName.slice(-20)}`,
            TransactItems: [{ Delete: ifUnchanged(item, { TableName, Key }) }],
          }),
        );
      const stale = await read();
      await elsewhere();
      await expect(send(stale)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
      await expect(send(await read())).rejects.toMatchObject({ code: 'TOKEN_REUSED' });
    });
  });
}
