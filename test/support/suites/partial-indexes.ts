import { DeleteCommand, PutCommand, paginateQuery, QueryCommand, type QueryCommandInput, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { EncryptedClientOptions } from 'fieldseal/dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../tapped.ts';
import { FIVE, members, type Reading, reading, type Server } from './reading.ts';

const RED = FIVE.slice(0, 3);

/** What reads of indexes that lack signed attributes do on a wrapped client. */
export function partialIndexSuite(server: Server): void {
  describe(`partial indexes on ${server.name}`, () => {
    const at = reading(server, 'partial');
    const ofTeam = ({ TableName }: Reading, more: Partial<QueryCommandInput> = {}): QueryCommandInput => ({
      TableName,
      IndexName: 'teamKeys',
      KeyConditionExpression: 'team = :team',
      ...more,
      ExpressionAttributeValues: { ':team': 'red', ...more.ExpressionAttributeValues },
    });
    const watched = (watch: (exchange: Exchange) => unknown, options: Partial<EncryptedClientOptions> = {}) =>
      at().documents(options, at().tap(watch));
    const beforeRefetch = (work: () => Promise<unknown>) =>
      watched(async ({ operation }) => {
        if (operation === 'Query') await work();
      });

    beforeEach(() => at().put(...FIVE));

    it.each(['teamKeys', 'teamSome'])('are read again from the table, consistently: %s', async IndexName => {
      const seen: Exchange[] = [];
      const { Items, Count } = await watched(exchange => seen.push(exchange)).send(new QueryCommand(ofTeam(at(), { IndexName })));
      expect(Items).toEqual(RED);
      expect(Count).toBe(3);
      expect(seen.map(({ operation }) => operation)).toEqual(['Query', 'BatchGetItem']);
      expect(seen[1]?.request.RequestItems?.[at().TableName]).toMatchObject({ ConsistentRead: true });
    });

    it('project, filter and page as others do', async () => {
      const more = {
        ProjectionExpression: 'email',
        FilterExpression: 'id <> :id',
        ExpressionAttributeValues: { ':id': 'm2' },
      };
      const ids: unknown[] = [];
      for await (const page of paginateQuery({ client: at().documents(), pageSize: 2 }, ofTeam(at(), { ...more, ScanIndexForward: false })))
        ids.push(...(page.Items ?? []));
      expect(ids).toEqual([RED[2], RED[0]].map(item => ({ email: item?.email })));
      const explicit = await at()
        .documents()
        .send(new QueryCommand(ofTeam(at(), { Select: 'ALL_PROJECTED_ATTRIBUTES' })));
      expect(explicit.Items).toEqual(RED.map(({ tenant, id, team, score }) => ({ tenant, id, team, score })));
    });

    it('count without being read', async () => {
      const seen: string[] = [];
      const db = watched(({ operation }) => seen.push(operation), { onPartialIndex: 'error' });
      expect(await db.send(new QueryCommand(ofTeam(at(), { Select: 'COUNT' })))).toMatchObject({ Count: 3 });
      expect(seen).toEqual(['Query']);
    });

    it('leave out what is gone, or moved, when it is read', async () => {
      const remove = () => at().plain.send(new DeleteCommand({ TableName: at().TableName, Key: { tenant: 't1', id: 'm1' } }));
      const gone = await beforeRefetch(remove).send(new QueryCommand(ofTeam(at())));
      expect(gone.Items).toEqual(RED.slice(1));
      expect(gone).toMatchObject({ Count: 2, ScannedCount: 3 });
      await at().put(...FIVE);
      const move = () =>
        at().put({ ...RED[0], team: 'blue' } as never, { ...RED[1], score: 22 } as never, { ...RED[2], status: 'new' } as never);
      const moved = await beforeRefetch(move).send(new QueryCommand(ofTeam(at())));
      expect(moved.Items).toEqual([{ ...RED[2], status: 'new' }]);
      expect(moved).toMatchObject({ Count: 1, ScannedCount: 3 });
    });

    it('leave out what no longer meets the filter', async () => {
      const filter = { IndexName: 'teamSome', FilterExpression: 'attribute_exists(email)' };
      const change = () =>
        at().plain.send(new PutCommand({ TableName: at().TableName, Item: { tenant: 't1', id: 'm1', team: 'red', score: 1 } }));
      const options = { plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' } as const;
      const db = watched(async ({ operation }) => operation === 'Query' && change(), options);
      expect((await db.send(new QueryCommand(ofTeam(at(), filter)))).Items).toEqual(RED.slice(1));
    });

    it('verify what they read: items that were tampered with fail, also when they moved', async () => {
      const forge = (change: object) => () => at().forge('m2', item => ({ ...item, ...change }));
      for (const change of [{ status: 'forged' }, { team: 'blue' }]) {
        await at().put(...FIVE);
        await expect(beforeRefetch(forge(change)).send(new QueryCommand(ofTeam(at())))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
      }
      await at().put(...FIVE);
      const strip = () => at().forge('m2', ({ aws_dbe_head: _, aws_dbe_foot: __, ...item }) => item);
      await expect(beforeRefetch(strip).send(new QueryCommand(ofTeam(at())))).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
    });

    it('take nothing from an entry but its key', async () => {
      const forging = watched(({ operation, response }) => {
        if (operation !== 'Query') return;
        const [first, ...rest] = response.Items ?? [];
        if (first !== undefined) response.Items = [{ ...first, id: { S: 'm4' } }, { ...first, email: { S: 'forged' } }, ...rest, ...rest];
      });
      const { Items } = await forging.send(new QueryCommand(ofTeam(at())));
      expect(Items).toEqual([...RED, ...RED.slice(1)]); // m4 is in another team; duplicates stay in their places
    });

    it('swapped items of the answer come to the places where their keys are', async () => {
      const swapping = watched(({ operation, response }) => {
        if (operation === 'BatchGetItem') for (const items of Object.values(response.Responses ?? {})) items.reverse();
      });
      expect((await swapping.send(new QueryCommand(ofTeam(at())))).Items).toEqual(RED);
      const renaming = watched(({ operation, response }) => {
        if (operation !== 'BatchGetItem') return;
        const others = (response.Responses?.[at().TableName] ?? []).filter(({ id }) => id?.S !== 'm1');
        response.Responses = { [at().TableName]: others.slice(0, 1).map(item => ({ ...item, id: { S: 'm1' } })) };
      });
      await expect(renaming.send(new QueryCommand(ofTeam(at())))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    });

    it('go on with keys that were left unprocessed, and sum up what that consumed', async () => {
      let refetches = 0;
      const units: number[] = [];
      const db = watched(({ operation, request, response }) => {
        const consumed = (response as { ConsumedCapacity?: unknown }).ConsumedCapacity;
        for (const { CapacityUnits } of [consumed ?? []].flat() as { CapacityUnits: number }[]) units.push(CapacityUnits);
        if (operation !== 'BatchGetItem' || ++refetches > 2) return;
        const [first, ...rest] = request.RequestItems?.[at().TableName]?.Keys ?? [];
        const { Responses = {} } = response;
        response.Responses = { [at().TableName]: (Responses[at().TableName] ?? []).filter(({ id }) => id?.S === first?.id?.S) };
        response.UnprocessedKeys = { [at().TableName]: { Keys: rest, ConsistentRead: true } };
      });
      const output = await db.send(new QueryCommand(ofTeam(at(), { ReturnConsumedCapacity: 'TOTAL' })));
      expect(output.Items).toEqual(RED);
      expect(refetches).toBe(3);
      if (units.length > 0) {
        expect(output.ConsumedCapacity?.CapacityUnits).toBeCloseTo(units.reduce((sum, unit) => sum + unit, 0));
      }
      expect(output.ConsumedCapacity === undefined).toBe(units.length === 0);
      if (server.features.faithful) expect((await db.send(new QueryCommand(ofTeam(at())))).ConsumedCapacity).toBeUndefined();
    });

    it('give up as DynamoDB does when keys stay unprocessed', async () => {
      const stuck = watched(({ operation, request, response }) => {
        if (operation !== 'BatchGetItem') return;
        response.Responses = {};
        response.UnprocessedKeys = request.RequestItems ?? {};
      });
      await expect(stuck.send(new QueryCommand(ofTeam(at())))).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    });

    it('are read in chunks of a hundred keys', async () => {
      const many = Array.from({ length: 105 }, (_, i) => ({ tenant: 't9', id: `x${i}`, email: `${i}`, team: 'many', score: i }));
      await at().put(...many);
      const sizes: (number | undefined)[] = [];
      const db = watched(
        ({ operation, request }) => operation === 'BatchGetItem' && sizes.push(request.RequestItems?.[at().TableName]?.Keys?.length),
      );
      const { Items } = await db.send(new QueryCommand(ofTeam(at(), { ExpressionAttributeValues: { ':team': 'many' } })));
      expect(Items).toEqual(many);
      expect(sizes.sort()).toEqual([100, 5]);
    });

    it('error: refuses before anything is sent, or once an entry shows it', async () => {
      const seen: string[] = [];
      const watch = ({ operation }: Exchange) => seen.push(operation);
      const declared = watched(watch, { onPartialIndex: 'error' }).send(new QueryCommand(ofTeam(at())));
      await expect(declared).rejects.toMatchObject({ code: 'INDEX_PARTIAL', message: expect.stringMatching(/"teamKeys".*project ALL/) });
      expect(seen).toEqual([]);
      const undeclared = watched(watch, { onPartialIndex: 'error', tables: [members.at(at().TableName)] });
      await expect(undeclared.send(new QueryCommand(ofTeam(at())))).rejects.toMatchObject({ code: 'INDEX_PARTIAL' });
      expect(seen).toEqual(['Query']);
    });

    it('keysOnly: gives the keys of the table and of the index, and nothing that was not asked for', async () => {
      const db = at().documents({ onPartialIndex: 'keysOnly' });
      const keys = RED.map(({ tenant, id, team, score }) => ({ tenant, id, team, score }));
      for (const IndexName of ['teamKeys', 'teamSome'])
        expect((await db.send(new QueryCommand(ofTeam(at(), { IndexName })))).Items).toEqual(keys);
      const projected = await db.send(new QueryCommand(ofTeam(at(), { ProjectionExpression: 'id, email' })));
      expect(projected.Items).toEqual(RED.map(({ id }) => ({ id })));
      const undeclared = at().documents({ onPartialIndex: 'keysOnly', tables: [members.at(at().TableName)] });
      expect((await undeclared.send(new ScanCommand({ TableName: at().TableName, IndexName: 'teamKeys', Limit: 1 }))).Items).toEqual([
        { tenant: expect.any(String), id: expect.any(String) },
      ]);
    });

    it('where plaintext may be read, only the table tells what is plaintext', async () => {
      const options = { plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' } as const;
      await at().plain.send(new PutCommand({ TableName: at().TableName, Item: { ...RED[0], note: 'in clear' } }));
      for (const tables of [undefined, [members.at(at().TableName)]])
        for (const IndexName of ['teamKeys', 'teamAll']) {
          const db = at().documents({ ...options, ...(tables && { tables }) });
          expect((await db.send(new QueryCommand(ofTeam(at(), { IndexName })))).Items).toEqual([
            { ...RED[0], note: 'in clear' },
            ...RED.slice(1),
          ]);
        }
      const misdeclared = members.at(at().TableName, { indexes: { teamKeys: { partition: 'team', sort: 'score', project: 'ALL' } } });
      const db = at().documents({ ...options, tables: [misdeclared] });
      expect((await db.send(new QueryCommand(ofTeam(at())))).Items?.[1]).toEqual(RED[1]);
    });
  });
}
