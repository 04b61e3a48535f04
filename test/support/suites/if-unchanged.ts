import { DeleteItemCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocument,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { encryptedDocumentClient, ifUnchanged } from 'fieldseal/dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../tapped.ts';
import { FIVE, INDEXES, type Member, members, type Reading, reading, type Server } from './reading.ts';

const Key = { tenant: 't1', id: 'm1' };
const RAW_KEY = { tenant: { S: 't1' }, id: { S: 'm1' } };
const ann = FIVE[0] as Member; // there are five
const FAILED = { name: 'ConditionalCheckFailedException' };
const set = (attribute: string, value: unknown): object => ({
  UpdateExpression: `SET ${attribute} = :v`,
  ExpressionAttributeValues: { ':v': value },
});

/** What writes that are bound to an item do on wrapped clients. */
export function ifUnchangedSuite(server: Server): void {
  describe(`ifUnchanged on ${server.name}`, () => {
    const at = reading(server, 'locks');
    const documents = (): readonly [string, () => DynamoDBDocumentClient][] => [
      ['a document client', () => at().documents()],
      ['the aggregated one', () => encryptedDocumentClient(DynamoDBDocument.from(at().database.client), optionsOf(at()))],
      ['one over a wrapped client', () => DynamoDBDocumentClient.from(at().raw())],
    ];
    const read = async (id = 'm1', db: DynamoDBDocumentClient = at().documents()): Promise<object> =>
      (await db.send(new GetCommand({ TableName: at().TableName, Key: { ...Key, id }, ConsistentRead: true }))).Item ?? {};
    /** Somebody else writes the item meanwhile. */
    const elsewhere = (attribute = 'team', value: unknown = 'green', id = 'm1'): Promise<unknown> =>
      at()
        .documents()
        .send(new UpdateCommand({ TableName: at().TableName, Key: { ...Key, id }, ...set(attribute, value) } as never)); // set makes the rest
    const counted = (): { readonly db: DynamoDBDocumentClient; readonly operations: string[] } => {
      const operations: string[] = [];
      return {
        db: at().documents(
          {},
          at().tap(({ operation }) => operations.push(operation)),
        ),
        operations,
      };
    };

    beforeEach(() => at().put(...FIVE));

    describe.each(documents())('on %s', (_, client) => {
      const commands: readonly [string, (TableName: string, item: object) => never][] = [
        ['a put', (TableName, item) => new PutCommand(ifUnchanged(item, { TableName, Item: { ...ann, team: 'mine' } })) as never],
        ['a deletion', (TableName, item) => new DeleteCommand(ifUnchanged(item, { TableName, Key })) as never],
        [
          'an update of a signed attribute',
          (TableName, item) => new UpdateCommand(ifUnchanged(item, { TableName, Key, ...set('team', 'mine') })) as never,
        ],
        [
          'an update of an unsigned attribute',
          (TableName, item) => new UpdateCommand(ifUnchanged(item, { TableName, Key, ...set('seenAt', 99) })) as never,
        ],
      ]; // commands of one type for each kind: the client takes all

      it.each(commands)('%s takes effect once, on the item that was read', async (kind, command) => {
        const db = client();
        const item = await read('m1', db);
        await db.send(command(at().TableName, item));
        expect(await read()).not.toEqual(item);
        if (!kind.includes('unsigned')) await expect(db.send(command(at().TableName, item))).rejects.toMatchObject(FAILED);
      });

      it.each(commands)('%s fails when the item was rewritten, or put, meanwhile', async (_kind, command) => {
        const db = client();
        for (const change of [elsewhere, () => at().put(...FIVE)]) {
          const item = await read('m1', db);
          await change();
          const now = await read();
          await expect(db.send(command(at().TableName, item))).rejects.toMatchObject(FAILED);
          expect(await read()).toEqual(now);
        }
      });

      it.each(commands)('%s fails when the item was deleted meanwhile, and makes none', async (_kind, command) => {
        const db = client();
        const item = await read('m1', db);
        await at().plain.delete({ TableName: at().TableName, Key });
        await expect(db.send(command(at().TableName, item))).rejects.toMatchObject(FAILED);
        expect(await at().stored('m1')).toEqual({});
      });
    });

    it('works in DynamoDB’s own form', async () => {
      const { TableName } = at();
      const db = at().raw();
      const get = async (): Promise<object> => (await db.send(new GetItemCommand({ TableName, Key: RAW_KEY }))).Item ?? {};
      const changed = { ...RAW_KEY, email: { S: 'new@example.com' } };
      const first = await get();
      await db.send(new PutItemCommand(ifUnchanged(first, { TableName, Item: changed })));
      await expect(db.send(new PutItemCommand(ifUnchanged(first, { TableName, Item: changed })))).rejects.toMatchObject(FAILED);
      await expect(db.send(new DeleteItemCommand(ifUnchanged(first, { TableName, Key: RAW_KEY })))).rejects.toMatchObject(FAILED);
      const update = { TableName, Key: RAW_KEY, UpdateExpression: 'SET email = :e', ExpressionAttributeValues: { ':e': { S: 'newer' } } };
      await expect(db.send(new UpdateItemCommand(ifUnchanged(first, update)))).rejects.toMatchObject(FAILED);
      await db.send(new UpdateItemCommand(ifUnchanged(await get(), update)));
      expect(await get()).toMatchObject({ email: { S: 'newer' } });
    });

    it('goes together with a condition of the caller’s, whatever it says', async () => {
      const { TableName } = at();
      const db = at().documents();
      const put = (item: object, more: object): Promise<unknown> =>
        db.send(new PutCommand(ifUnchanged(item, { TableName, Item: ann, ...more }) as never)); // more is what differs
      const either = { ConditionExpression: 'attribute_exists(id) OR attribute_exists(team)' };
      const valued = { ConditionExpression: 'team = :footer', ExpressionAttributeValues: { ':footer': 'red' } };
      const stale = await read();
      await put(await read(), either);
      await put(await read(), valued);
      await expect(put(stale, either)).rejects.toMatchObject(FAILED);
      await expect(put(await read(), { ...valued, ConditionExpression: 'team <> :footer' })).rejects.toMatchObject(FAILED);
      const update = { TableName, Key, ...set('email', 'x'), ConditionExpression: 'email = :e AND seenAt = :n' };
      const values = { ':v': 'x', ':e': 'm1@example.com', ':n': 1 };
      await db.send(new UpdateCommand(ifUnchanged(await read(), { ...update, ExpressionAttributeValues: values })));
      await expect(
        db.send(new UpdateCommand(ifUnchanged(await read(), { ...update, ExpressionAttributeValues: values }))),
      ).rejects.toMatchObject(FAILED);
    });

    it('stays with an input that is copied, and whose condition is given later', async () => {
      const { TableName } = at();
      const db = at().documents();
      const locked = { ...ifUnchanged(await read(), { TableName, Item: ann }), ConditionExpression: 'attribute_exists(id)' };
      await db.send(new PutCommand(locked));
      await expect(db.send(new PutCommand(locked))).rejects.toMatchObject(FAILED);
    });

    it('takes items of queries, and what writes returned', async () => {
      const { TableName } = at();
      const db = at().documents();
      const { Items } = await db.send(
        new QueryCommand({
          TableName,
          IndexName: 'teamKeys',
          KeyConditionExpression: 'team = :t',
          ExpressionAttributeValues: { ':t': 'red' },
          ProjectionExpression: 'email',
        }),
      );
      await db.send(new PutCommand(ifUnchanged(Items?.[0] ?? {}, { TableName, Item: ann })));
      const { Attributes } = await db.send(new PutCommand({ TableName, Item: ann, ReturnValues: 'ALL_OLD' }));
      await expect(db.send(new PutCommand(ifUnchanged(Attributes ?? {}, { TableName, Item: ann })))).rejects.toMatchObject(FAILED);
    });

    it.each<[string, object]>([
      ['rewrote the item', set('team', 'mine')],
      ['changed an unsigned attribute', set('seenAt', 99)],
      ['changed both', { UpdateExpression: 'SET email = :v ADD seenAt :n', ExpressionAttributeValues: { ':v': 'x', ':n': 1 } }],
    ])('takes what an update that %s returned as the item that it was', async (kind, expression) => {
      const { TableName } = at();
      for (const db of documents().map(([, client]) => client())) {
        const returned = async (ReturnValues: 'ALL_OLD' | 'ALL_NEW'): Promise<object> =>
          (await db.send(new UpdateCommand({ TableName, Key, ...expression, ReturnValues }))).Attributes ?? {};
        const again = (item: object): Promise<unknown> => db.send(new PutCommand(ifUnchanged(item, { TableName, Item: ann })));
        const after = await returned('ALL_NEW');
        await again(after);
        await expect(again(after)).rejects.toMatchObject(FAILED);
        const before = await returned('ALL_OLD');
        if (kind.includes('unsigned')) await again(before);
        else await expect(again(before)).rejects.toMatchObject(FAILED);
      }
    });

    it('takes what an update that made the item returned', async () => {
      const { TableName } = at();
      const db = at().documents();
      const made = { ...Key, id: 'made' };
      const update = { TableName, Key: made, ...set('email', 'made@example.com'), ReturnValues: 'ALL_NEW' as const };
      const { Attributes = {} } = await db.send(new UpdateCommand(update));
      await db.send(new DeleteCommand(ifUnchanged(Attributes, { TableName, Key: made })));
      await expect(db.send(new DeleteCommand(ifUnchanged(Attributes, { TableName, Key: made })))).rejects.toMatchObject(FAILED);
    });

    it('does not count changes of unsigned attributes', async () => {
      const item = await read();
      await elsewhere('seenAt', 77);
      const { TableName } = at();
      await at()
        .documents()
        .send(new UpdateCommand(ifUnchanged(item, { TableName, Key, ...set('team', 'mine') })));
      expect(await read()).toMatchObject({ team: 'mine', seenAt: 77 });
    });

    it('a rewriting update that comes too late reads once, writes nothing, and tries nothing again', async () => {
      const { TableName } = at();
      const item = await read();
      await elsewhere();
      const { db, operations } = counted();
      const command = new UpdateCommand(
        ifUnchanged(item, { TableName, Key, ...set('email', 'x'), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
      );
      await expect(db.send(command)).rejects.toMatchObject({ ...FAILED, Item: { team: { S: 'green' }, email: { S: 'm1@example.com' } } });
      expect(operations).toEqual(['GetItem']);
    });

    it('a rewriting update that another writer overtakes fails, and is not tried again', async () => {
      const { TableName } = at();
      const seen: string[] = [];
      const overtake = async ({ operation }: Exchange): Promise<void> => {
        seen.push(operation);
        if (seen.length === 1) await at().put({ ...ann, team: 'green' }); // a put waits for no update of this process
      };
      const item = await read();
      const db = at().documents({}, at().tap(overtake));
      await expect(db.send(new UpdateCommand(ifUnchanged(item, { TableName, Key, ...set('email', 'x') })))).rejects.toMatchObject(FAILED);
      expect(await read()).toMatchObject({ team: 'green', email: 'm1@example.com' });
      expect(seen.filter(operation => operation === 'UpdateItem')).toHaveLength(1);
    });

    it('cannot be sent by a client that would not keep it', async () => {
      const { TableName } = at();
      const input = ifUnchanged(await read(), { TableName, Key });
      const other = encryptedDocumentClient(DynamoDBDocumentClient.from(at().database.client), {
        ...optionsOf(at()),
        tables: [members.at('another')],
      });
      const copied: typeof input = JSON.parse(JSON.stringify(input));
      for (const attempt of [
        () => at().plain.delete(input),
        () => other.send(new DeleteCommand(input)),
        () => at().documents().send(new DeleteCommand(copied)),
        ...(server.features.transactions ? [() => at().plain.transactWrite({ TransactItems: [{ Delete: input }] })] : []),
      ])
        await expect(attempt()).rejects.toMatchObject({ name: 'ValidationException' });
      expect(await read()).toMatchObject({ id: 'm1' });
    });
  });
}

function optionsOf({ TableName, keyring }: Reading): { tables: ReturnType<typeof members.at>[]; keyring: Reading['keyring'] } {
  return { tables: [members.at(TableName, { indexes: INDEXES })], keyring };
}
