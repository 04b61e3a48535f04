import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Entity, Service } from 'electrodb';
import { encrypted, signed, unsigned } from 'fieldseal';
import { electrodb, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, type MapperDatabase, mapperDatabase, type Server } from './support.ts';

const MARKERS = ['ann-secret@example.com', 'bob-secret@example.com', '123-45-6789', 'secret note'];

function userEntity(table?: string) {
  return new Entity(
    {
      model: { entity: 'user', version: '1', service: 'app' },
      attributes: {
        id: { type: 'string', required: true },
        team: { type: 'string', required: true },
        email: { type: 'string', required: true, field: 'mail' },
        ssn: { type: 'string' },
        notes: { type: 'list', items: { type: 'string' } },
        visits: { type: 'number' },
        seenAt: { type: 'number' },
        changedAt: { type: 'string', watch: '*', set: () => new Date(0).toISOString() },
      },
      indexes: {
        byId: { pk: { field: 'pk', composite: ['id'] }, sk: { field: 'sk', composite: [] } },
        byTeam: {
          index: 'gsi1',
          collection: 'members',
          pk: { field: 'gsi1pk', composite: ['team'] },
          sk: { field: 'gsi1sk', composite: ['id'] },
        },
      },
    },
    table === undefined ? {} : { table },
  );
}

function teamEntity(table?: string) {
  return new Entity(
    {
      model: { entity: 'team', version: '1', service: 'app' },
      attributes: { team: { type: 'string', required: true }, secret: { type: 'string' } },
      indexes: {
        byName: { pk: { field: 'pk', composite: ['team'] }, sk: { field: 'sk', composite: [] } },
        withMembers: {
          index: 'gsi1',
          collection: 'members',
          pk: { field: 'gsi1pk', composite: ['team'] },
          sk: { field: 'gsi1sk', composite: [] },
        },
      },
    },
    table === undefined ? {} : { table },
  );
}

const app = electrodb('app', [userEntity(), teamEntity()], {
  id: signed<string>(),
  team: signed<string>(),
  mail: encrypted(z.email()),
  ssn: encrypted<string>(),
  notes: encrypted<string[]>(),
  visits: encrypted<number>(),
  secret: encrypted<string>(),
  seenAt: unsigned<number>(),
  changedAt: signed<string>(),
});

/** ElectroDB, unchanged, over a wrapped document client. */
export function electrodbSuite({ name, connect, transactions, wrapped }: Server): void {
  describe(`ElectroDB on ${name}`, () => {
    let database: MapperDatabase;
    let User: ReturnType<typeof userEntity>;
    let Team: ReturnType<typeof teamEntity>;
    let App: Service<{ User: ReturnType<typeof userEntity>; Team: ReturnType<typeof teamEntity> }>;
    const ann = {
      id: 'u1',
      team: 'red',
      email: 'ann-secret@example.com',
      ssn: '123-45-6789',
      notes: ['secret note'],
      visits: 1,
      seenAt: 7,
    };
    const withTime = { ...ann, changedAt: '1970-01-01T00:00:00.000Z' };

    beforeAll(async () => {
      database = await mapperDatabase(connect);
      const plain = DynamoDBDocumentClient.from(database.client);
      const client = !wrapped ? plain : encryptedDocumentClient(plain, { tables: [app.at(database.tableName)], keyring: database.keyring });
      User = userEntity(database.tableName);
      Team = teamEntity(database.tableName);
      App = new Service({ User, Team }, { client, table: database.tableName });
    });
    afterAll(async () => database[Symbol.asyncDispose]());

    it('creates and gets', async () => {
      expect((await User.create(ann).go()).data).toEqual(withTime);
      expect((await User.get({ id: 'u1' }).go()).data).toEqual(withTime);
      expect(await codeOf(() => User.create(ann).go())).toMatch(/conditional request failed/i);
    });

    it('gets some attributes', async () => {
      expect((await User.get({ id: 'u1' }).go({ attributes: ['email', 'seenAt'] })).data).toEqual({ email: ann.email, seenAt: 7 });
    });

    it('patches encrypted, signed and unsigned attributes together', async () => {
      await User.patch({ id: 'u1' })
        .set({ ssn: '123-45-6789-0' })
        .add({ visits: 2, seenAt: 1 })
        .append({ notes: ['secret note 2'] })
        .go();
      const { data } = await User.get({ id: 'u1' }).go();
      expect(data).toMatchObject({ ssn: '123-45-6789-0', visits: 3, seenAt: 8, notes: ['secret note', 'secret note 2'] });
    });

    it('patches under a condition on an encrypted attribute', async () => {
      const patch = (ssn: string) =>
        User.patch({ id: 'u1' })
          .set({ ssn: '123-45-6789' })
          .where((field, { eq }) => eq(field.ssn, ssn))
          .go();
      expect(await codeOf(() => patch('other'))).toMatch(/conditional request failed/i);
      await patch('123-45-6789-0');
      expect((await User.get({ id: 'u1' }).go()).data?.ssn).toBe('123-45-6789');
    });

    it('updates and returns what was changed', async () => {
      const { data } = await User.update({ id: 'u1' }).set({ email: 'bob-secret@example.com' }).go({ response: 'all_new' });
      expect(data).toMatchObject({ id: 'u1', email: 'bob-secret@example.com', ssn: '123-45-6789' });
      const old = await User.update({ id: 'u1' }).remove(['notes']).go({ response: 'updated_old' });
      expect(old.data).toMatchObject({ notes: ['secret note', 'secret note 2'] });
    });

    it('patches nothing that is not there', async () => {
      expect(await codeOf(() => User.patch({ id: 'nobody' }).set({ ssn: '1' }).go())).toMatch(/conditional request failed/i);
    });

    it.runIf(wrapped)('refuses what a validator refuses', async () => {
      expect(await codeOf(() => User.patch({ id: 'u1' }).set({ email: 'no address' }).go())).toBe('VALIDATION_FAILED');
    });

    it('upserts an item that is not there, and one that is', async () => {
      const bob = { id: 'u2', team: 'red', email: 'bob-secret@example.com', ssn: '123-45-6789' };
      await User.upsert(bob).go();
      await User.upsert({ ...bob, ssn: '123-45-6789-2' }).go();
      expect((await User.get({ id: 'u2' }).go()).data).toMatchObject({ ...bob, ssn: '123-45-6789-2' });
    });

    it('queries by index, with a filter on what is signed, and pages', async () => {
      await User.put({ ...ann, id: 'u3', team: 'blue' }).go();
      const red = await User.query.byTeam({ team: 'red' }).go();
      expect(red.data.map(({ id, email }) => [id, email])).toEqual([
        ['u1', 'bob-secret@example.com'],
        ['u2', 'bob-secret@example.com'],
      ]);
      const first = await User.query.byTeam({ team: 'red' }).go({ limit: 1, attributes: ['email'] });
      expect(first.data).toEqual([{ email: 'bob-secret@example.com' }]);
      const rest = await User.query.byTeam({ team: 'red' }).go({ cursor: first.cursor });
      expect(rest.data.map(({ id }) => id)).toEqual(['u2']);
      const seen = await User.query
        .byTeam({ team: 'red' })
        .where(({ seenAt }, { gt }) => gt(seenAt, 7))
        .go();
      expect(seen.data.map(({ id }) => id)).toEqual(['u1']);
      expect((await User.scan.go()).data.length).toBe(3);
    });

    it.runIf(wrapped)('refuses filters on encrypted attributes', async () => {
      const filtered = User.query.byTeam({ team: 'red' }).where(({ ssn }, { eq }) => eq(ssn, '123-45-6789'));
      expect(await codeOf(() => filtered.go())).toBe('OPERATION_REFUSED');
      expect(await codeOf(() => User.scan.where(({ email }, { begins }) => begins(email, 'a')).go())).toBe('OPERATION_REFUSED');
      const put = User.put(ann).where(({ ssn }, { eq }) => eq(ssn, '1'));
      expect(await codeOf(() => put.go())).toBe('OPERATION_REFUSED');
    });

    it('queries a collection of two entities', async () => {
      await Team.create({ team: 'red', secret: 'secret note of the team' }).go();
      const { data } = await App.collections.members({ team: 'red' }).go();
      expect(data.Team).toEqual([{ team: 'red', secret: 'secret note of the team' }]);
      expect(data.User.length).toBe(2);
    });

    it('gets, puts and deletes in batches', async () => {
      const users = Array.from({ length: 30 }, (_, i) => ({ ...ann, id: `b${i}`, team: 'batch' }));
      expect((await User.put(users).go()).unprocessed).toEqual([]);
      const keys = users.map(({ id }) => ({ id }));
      expect((await User.get(keys).go({ attributes: ['email'] })).data.length).toBe(30);
      expect((await User.get(keys).go({ preserveBatchOrder: true })).data).toEqual(users.map(user => ({ ...withTime, ...user })));
      expect((await User.delete(keys).go()).unprocessed).toEqual([]);
      expect((await User.query.byTeam({ team: 'batch' }).go()).data).toEqual([]);
    });

    it.runIf(transactions)('writes and reads in transactions', async () => {
      const written = await App.transaction
        .write(({ User: user, Team: team }) => [
          user.create({ ...ann, id: 't1', team: 'green' }).commit(),
          user.patch({ id: 'u2' }).set({ ssn: '123-45-6789-3' }).commit(),
          team.upsert({ team: 'green', secret: 'secret note' }).commit(),
          user
            .check({ id: 'u1' })
            .where(({ id }, { exists }) => exists(id))
            .commit(),
        ])
        .go();
      expect(written.canceled).toBe(false);
      const read = await App.transaction.get(({ User: user }) => [user.get({ id: 't1' }).commit(), user.get({ id: 'u2' }).commit()]).go();
      expect(read.data.map(({ item }) => item?.ssn)).toEqual(['123-45-6789', '123-45-6789-3']);
      const canceled = await App.transaction
        .write(({ User: user }) => [user.create({ ...ann, id: 't1' }).commit(), user.create({ ...ann, id: 't2' }).commit()])
        .go();
      expect([canceled.canceled, canceled.data.map(({ rejected }) => rejected)]).toEqual([true, [true, false]]);
      expect((await User.get({ id: 't2' }).go()).data).toBeNull();
    });

    it('deletes, and returns what was there', async () => {
      const { data } = await User.delete({ id: 'u3' }).go({ response: 'all_old' });
      expect(data).toMatchObject({ email: ann.email });
      expect((await User.get({ id: 'u3' }).go()).data).toBeNull();
    });

    it.runIf(wrapped)('stores no plaintext of encrypted attributes', async () => {
      await User.put({ ...ann, id: 'last' }).go();
      const text = await database.storedText();
      expect(text).toContain('$app#id_last');
      for (const marker of MARKERS) expect(text).not.toContain(marker);
    });
  });
}
