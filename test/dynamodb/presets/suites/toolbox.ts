import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  $add,
  $append,
  BatchGetCommand,
  BatchGetRequest,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteItemCommand,
  Entity,
  executeBatchGet,
  executeBatchWrite,
  executeTransactGet,
  executeTransactWrite,
  GetItemCommand,
  GetTransaction,
  item,
  list,
  map,
  number,
  PutItemCommand,
  PutTransaction,
  QueryCommand,
  ScanCommand,
  string,
  Table,
  UpdateAttributesCommand,
  UpdateItemCommand,
  UpdateTransaction,
} from 'dynamodb-toolbox';
import { encrypted, signed, unsigned } from 'fieldseal';
import { encryptedDocumentClient, toolbox } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type MapperDatabase, mapperDatabase, type Server } from './support.ts';

const MARKERS = ['ann-secret@example.com', 'bob-secret@example.com', '123-45-6789', 'secret street', 'secret note'];

const AppTable = new Table({
  name: 'set when there is one',
  partitionKey: { name: 'pk', type: 'string' },
  sortKey: { name: 'sk', type: 'string' },
  indexes: {
    gsi1: { type: 'global', partitionKey: { name: 'gsi1pk', type: 'string' }, sortKey: { name: 'gsi1sk', type: 'string' } },
  },
});

const schema = item({
  id: string().key(),
  team: string(),
  email: string().savedAs('mail'),
  ssn: string().optional(),
  address: map({ street: string(), city: string() }).optional(),
  notes: list(string()).optional(),
  visits: number().optional(),
  seenAt: number().optional(),
}).and(base => ({
  gsi1pk: string().link<typeof base>(({ team }) => `TEAM#${team}`),
  gsi1sk: string().link<typeof base>(({ id }) => `USER#${id}`),
}));

const User = new Entity({
  name: 'User',
  table: AppTable,
  schema,
  computeKey: ({ id }: { id: string }) => ({ pk: `USER#${id}`, sk: 'USER' }),
});

const app = toolbox('app', User, {
  id: signed<string>(),
  team: signed<string>(),
  mail: encrypted<string>(),
  ssn: encrypted<string>(),
  address: encrypted<{ street: string; city: string }>(),
  notes: encrypted<string[]>(),
  visits: encrypted<number>(),
  seenAt: unsigned<number>(),
});

/** dynamodb-toolbox, unchanged, over a wrapped document client. */
export function toolboxSuite({ name, connect, transactions, wrapped }: Server): void {
  describe(`dynamodb-toolbox on ${name}`, () => {
    let database: MapperDatabase;
    const ann = {
      id: 'u1',
      team: 'red',
      email: 'ann-secret@example.com',
      ssn: '123-45-6789',
      address: { street: 'secret street 1', city: 'Graz' },
      notes: ['secret note'],
      visits: 1,
      seenAt: 7,
    };
    const get = async (id: string) => (await User.build(GetItemCommand).key({ id }).send()).Item;

    beforeAll(async () => {
      database = await mapperDatabase(connect);
      const plain = DynamoDBDocumentClient.from(database.client, { marshallOptions: { removeUndefinedValues: true } });
      AppTable.tableName = database.tableName;
      AppTable.documentClient = !wrapped
        ? plain
        : encryptedDocumentClient(plain, { tables: [app.at(database.tableName)], keyring: database.keyring });
    });
    afterAll(async () => database[Symbol.asyncDispose]());

    it('puts and gets', async () => {
      await User.build(PutItemCommand).item(ann).send();
      const Item = await get('u1');
      expect(Item).toMatchObject(ann);
      expect(Item?.created).toMatch(/^20/);
      const again = User.build(PutItemCommand)
        .item(ann)
        .options({ condition: { attr: 'id', exists: false } });
      expect(await codeOf(() => again.send())).toMatch(/conditional request failed/i);
    });

    it('gets some attributes', async () => {
      const command = User.build(GetItemCommand)
        .key({ id: 'u1' })
        .options({ attributes: ['email', 'address.city'] });
      expect((await command.send()).Item).toEqual({ email: ann.email, address: { city: 'Graz' } });
    });

    it('updates encrypted, signed and unsigned attributes together, also inside encrypted ones', async () => {
      await User.build(UpdateItemCommand)
        .item({
          id: 'u1',
          ssn: '123-45-6789-0',
          visits: $add(2),
          seenAt: $add(1),
          notes: $append(['secret note 2']),
          address: { city: 'Linz' },
        })
        .send();
      expect(await get('u1')).toMatchObject({
        ssn: '123-45-6789-0',
        visits: 3,
        seenAt: 8,
        notes: ['secret note', 'secret note 2'],
        address: { street: 'secret street 1', city: 'Linz' },
      });
    });

    it('updates under a condition on an encrypted attribute, and returns the item', async () => {
      const update = (ssn: string) =>
        User.build(UpdateItemCommand)
          .item({ id: 'u1', email: 'bob-secret@example.com' })
          .options({ condition: { attr: 'ssn', eq: ssn }, returnValues: 'ALL_NEW' });
      expect(await codeOf(() => update('other').send())).toMatch(/conditional request failed/i);
      const { Attributes } = await update('123-45-6789-0').send();
      expect(Attributes).toMatchObject({ id: 'u1', email: 'bob-secret@example.com', ssn: '123-45-6789-0' });
    });

    it('replaces attributes whole', async () => {
      await User.build(UpdateAttributesCommand)
        .item({ id: 'u1', address: { street: 'secret street 2', city: 'Wels' } })
        .send();
      expect((await get('u1'))?.address).toEqual({ street: 'secret street 2', city: 'Wels' });
    });

    it('updates an item that is not there: an upsert', async () => {
      await User.build(UpdateItemCommand)
        .item({ id: 'u2', team: 'red', email: 'bob-secret@example.com', gsi1pk: 'TEAM#red', gsi1sk: 'USER#u2' })
        .send();
      expect(await get('u2')).toMatchObject({ id: 'u2', team: 'red', email: 'bob-secret@example.com' });
    });

    it('queries by index, and scans', async () => {
      const query = AppTable.build(QueryCommand).entities(User).query({ index: 'gsi1', partition: 'TEAM#red' });
      const { Items = [] } = await query.send();
      expect(Items.map(({ id, email }) => [id, email])).toEqual([
        ['u1', 'bob-secret@example.com'],
        ['u2', 'bob-secret@example.com'],
      ]);
      const some = await query.options({ attributes: ['email'], filters: { User: { attr: 'seenAt', gt: 7 } } }).send();
      expect(some.Items).toEqual([{ email: 'bob-secret@example.com' }]);
      const page = await query.options({ limit: 1 }).send();
      expect([page.Items?.length, page.LastEvaluatedKey === undefined]).toEqual([1, false]);
      expect((await AppTable.build(ScanCommand).entities(User).send()).Items?.length).toBe(2);
    });

    it.runIf(wrapped)('refuses filters and conditions of puts on encrypted attributes', async () => {
      const query = AppTable.build(QueryCommand).entities(User).query({ index: 'gsi1', partition: 'TEAM#red' });
      expect(await codeOf(() => query.options({ filters: { User: { attr: 'ssn', eq: '1' } } }).send())).toBe('OPERATION_REFUSED');
      const put = User.build(PutItemCommand)
        .item(ann)
        .options({ condition: { attr: 'email', eq: 'x' } });
      expect(await codeOf(() => put.send())).toBe('OPERATION_REFUSED');
    });

    it('gets and writes in batches', async () => {
      const users = ['b1', 'b2', 'b3'].map(id => ({ ...ann, id, team: 'batch' }));
      await executeBatchWrite(AppTable.build(BatchWriteCommand).requests(...users.map(user => User.build(BatchPutRequest).item(user))));
      const requests = users.map(({ id }) => User.build(BatchGetRequest).key({ id }));
      const { Responses } = await executeBatchGet(AppTable.build(BatchGetCommand).requests(...requests));
      expect(Responses?.[0]?.map(user => user?.email)).toEqual(users.map(({ email }) => email));
    });

    it.runIf(transactions)('writes and reads in transactions', async () => {
      await executeTransactWrite(
        User.build(PutTransaction).item({ ...ann, id: 't1', team: 'green' }),
        User.build(UpdateTransaction).item({ id: 'u2', ssn: '123-45-6789-3' }),
        User.build(ConditionCheck).key({ id: 'u1' }).condition({ attr: 'id', exists: true }),
      );
      const { Responses } = await executeTransactGet(
        User.build(GetTransaction).key({ id: 't1' }),
        User.build(GetTransaction).key({ id: 'u2' }),
      );
      expect(Responses?.map(({ Item } = {}) => Item?.ssn)).toEqual(['123-45-6789', '123-45-6789-3']);
    });

    it('deletes, and returns what was there', async () => {
      const command = User.build(DeleteItemCommand).key({ id: 'u1' }).options({ returnValues: 'ALL_OLD' });
      expect((await command.send()).Attributes).toMatchObject({ email: 'bob-secret@example.com' });
      expect(await get('u1')).toBeUndefined();
    });

    it.runIf(wrapped)('stores no plaintext of encrypted attributes', async () => {
      await User.build(PutItemCommand)
        .item({ ...ann, id: 'last' })
        .send();
      const text = await database.storedText();
      expect(text).toContain('user#last');
      for (const marker of MARKERS) expect(text).not.toContain(marker);
    });
  });
}
