// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of the libraries, not of JavaScript
import { type Entity, type Model, Table } from 'dynamodb-onetable';
import { encrypted, signed, unsigned } from 'fieldseal';
import { encryptedClient, onetable } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type MapperDatabase, mapperDatabase, type Server } from './support.ts';

const MARKERS = ['ann-secret@example.com', 'bob-secret@example.com', '123-45-6789', 'secret street', 'secret note'];

const schema = {
  format: 'onetable:1.1.0',
  version: '0.0.1',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gsi1: { hash: 'gsi1pk', sort: 'gsi1sk', project: 'all' },
  },
  models: {
    User: {
      pk: { type: String, value: 'USER#${id}' },
      sk: { type: String, value: 'USER' },
      gsi1pk: { type: String, value: 'TEAM#${team}' },
      gsi1sk: { type: String, value: 'USER#${id}' },
      id: { type: String, required: true },
      team: { type: String, required: true },
      email: { type: String, required: true, map: 'mail' },
      ssn: { type: String },
      address: { type: Object, schema: { street: { type: String }, city: { type: String } } },
      notes: { type: Array, items: { type: String } },
      visits: { type: Number },
      seenAt: { type: Number },
    },
    Nick: {
      pk: { type: String, value: 'NICK#${id}' },
      sk: { type: String, value: 'NICK' },
      id: { type: String, required: true },
      nick: { type: String, unique: true },
      ssn: { type: String },
    },
  },
  params: { isoDates: true, timestamps: true },
} as const;

const app = onetable('app', schema, {
  id: signed<string>(),
  team: signed<string>(),
  nick: signed<string>(),
  mail: encrypted<string>(),
  ssn: encrypted<string>(),
  address: encrypted<{ street?: string; city?: string }>(),
  notes: encrypted<string[]>(),
  visits: encrypted<number>(),
  seenAt: unsigned<number>(),
});

type UserType = Entity<typeof schema.models.User>;

/** OneTable, unchanged, over a wrapped client that speaks DynamoDB's own form. */
export function onetableSuite({ name, connect, transactions, wrapped }: Server): void {
  describe(`OneTable on ${name}`, () => {
    let database: MapperDatabase;
    let table: Table<typeof schema>;
    let User: Model<UserType>;
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
    const bob = { id: 'u2', team: 'red', email: 'bob-secret@example.com' };

    beforeAll(async () => {
      database = await mapperDatabase(connect);
      const client = !wrapped
        ? database.client
        : encryptedClient(database.client, { tables: [app.at(database.tableName)], keyring: database.keyring });
      table = new Table({ client, name: database.tableName, schema, partial: true, logger: false });
      User = table.getModel('User');
    });
    afterAll(async () => database[Symbol.asyncDispose]());

    it('creates and gets', async () => {
      await User.create(ann);
      const user = await User.get({ id: 'u1' });
      expect(user).toMatchObject(ann);
      expect(user).toMatchObject({ created: expect.any(Date), updated: expect.any(Date) });
      expect(await codeOf(() => User.create(ann))).toMatch(/conditional/i);
    });

    it('gets some fields', async () => {
      const user = await User.get({ id: 'u1' }, { fields: ['email', 'address'] });
      expect(user).toEqual({ email: ann.email, address: ann.address });
    });

    it('updates encrypted, signed and unsigned attributes together, also inside encrypted ones', async () => {
      await User.update(
        { id: 'u1', ssn: '123-45-6789-0', address: { city: 'Linz' } },
        { add: { visits: 2, seenAt: 1 }, push: { notes: ['secret note 2'] } },
      );
      expect(await User.get({ id: 'u1' })).toMatchObject({
        ssn: '123-45-6789-0',
        visits: 3,
        seenAt: 8,
        notes: ['secret note', 'secret note 2'],
        address: { street: 'secret street 1', city: 'Linz' },
      });
    });

    it('updates under a condition on an encrypted attribute, and returns the item', async () => {
      const update = (ssn: string) => User.update({ id: 'u1', email: 'bob-secret@example.com' }, { where: `\${ssn} = {${ssn}}` });
      expect(await codeOf(() => update('other'))).toMatch(/conditional/i);
      expect(await update('123-45-6789-0')).toMatchObject({ id: 'u1', email: 'bob-secret@example.com', ssn: '123-45-6789-0' });
    });

    it('removes attributes', async () => {
      await User.update({ id: 'u1' }, { remove: ['notes'] });
      expect((await User.get({ id: 'u1' }))?.notes).toBeUndefined();
    });

    it('updates nothing that is not there, and upserts where told', async () => {
      expect(await codeOf(() => User.update(bob))).toMatch(/conditional|not found/i);
      await User.upsert(bob);
      await User.update({ ...bob, ssn: '123-45-6789-2' }, { exists: null });
      expect(await User.get({ id: 'u2' })).toMatchObject({ ...bob, ssn: '123-45-6789-2' });
    });

    it('finds by index, and scans', async () => {
      const found = await User.find({ team: 'red' }, { index: 'gsi1' });
      expect(found.map(({ id, email }) => [id, email])).toEqual([
        ['u1', 'bob-secret@example.com'],
        ['u2', 'bob-secret@example.com'],
      ]);
      const seen = await User.find({ team: 'red' }, { index: 'gsi1', where: '${seenAt} > {7}' });
      expect(seen.map(({ id }) => id)).toEqual(['u1']);
      const page = await User.find({ team: 'red' }, { index: 'gsi1', limit: 1 });
      const next = await User.find({ team: 'red' }, { index: 'gsi1', limit: 1, ...(page.next && { next: page.next }) });
      expect([...page, ...next].map(({ id }) => id)).toEqual(['u1', 'u2']);
      expect((await User.scan()).length).toBe(2);
    });

    it.runIf(wrapped)('refuses filters on encrypted attributes', async () => {
      expect(await codeOf(() => User.find({ team: 'red', ssn: '123-45-6789' }, { index: 'gsi1' }))).toBe('OPERATION_REFUSED');
      expect(await codeOf(() => User.scan({ email: 'ann-secret@example.com' }))).toBe('OPERATION_REFUSED');
    });

    it('gets and writes in batches', async () => {
      const batch = {};
      for (const id of ['b1', 'b2', 'b3']) await User.create({ ...ann, id, team: 'batch' }, { batch, exists: null });
      await table.batchWrite(batch);
      const wanted = {};
      for (const id of ['b1', 'b2', 'b3']) await User.get({ id }, { batch: wanted });
      const users = (await table.batchGet(wanted, { parse: true, hidden: false })) as unknown as UserType[]; // declared void
      expect(users.map(({ email }) => email)).toEqual([ann.email, ann.email, ann.email]);
    });

    it.runIf(transactions)('writes and reads in transactions', async () => {
      const transaction = {};
      await User.create({ ...ann, id: 't1', team: 'green' }, { transaction });
      await User.update({ id: 'u2', ssn: '123-45-6789-3' }, { transaction });
      await User.check({ id: 'u1' }, { transaction, exists: true });
      await table.transact('write', transaction);
      const reading = {};
      await User.get({ id: 't1' }, { transaction: reading });
      await User.get({ id: 'u2' }, { transaction: reading });
      const users = (await table.transact('get', reading, { parse: true, hidden: false })) as unknown as UserType[]; // declared void
      expect(users.map(({ ssn }) => ssn)).toEqual(['123-45-6789', '123-45-6789-3']);
    });

    it.runIf(transactions)('keeps a signed field unique, with an item of its own', async () => {
      const Nick = table.getModel('Nick');
      await Nick.create({ id: 'n1', nick: 'annie', ssn: '123-45-6789' });
      expect(await codeOf(() => Nick.create({ id: 'n2', nick: 'annie' }))).toMatch(/unique/i);
      await Nick.update({ id: 'n1', nick: 'anna' }, { return: 'none' });
      await Nick.create({ id: 'n2', nick: 'annie' });
      await Nick.remove({ id: 'n2' });
      expect(await Nick.get({ id: 'n1' })).toMatchObject({ nick: 'anna', ssn: '123-45-6789' });
    });

    it('deletes, and returns what was there', async () => {
      expect(await User.remove({ id: 'u2' })).toMatchObject({ email: bob.email });
      expect(await User.get({ id: 'u2' })).toBeUndefined();
    });

    it.runIf(wrapped)('stores no plaintext of encrypted attributes', async () => {
      await User.create({ ...ann, id: 'last' });
      const text = await database.storedText();
      expect(text).toContain('user#last');
      for (const marker of MARKERS) expect(text).not.toContain(marker);
    });
  });
}
