import { QueryCommand as RawQuery } from '@aws-sdk/client-dynamodb';
import { QueryCommand, type QueryCommandInput, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { isFieldsealError } from 'fieldseal';
import { beforeAll, describe, expect, it } from 'vitest';
import { tamperedBytes, type WireShape } from '../tapped.ts';
import { FIVE, members, type Reading, reading, type Server } from './reading.ts';

const RED = FIVE.slice(0, 3);

/** What reads of indexes that hold all that is signed do on a wrapped client. */
export function indexSuite(server: Server): void {
  describe(`indexes on ${server.name}`, () => {
    const at = reading(server, 'indexes');
    const ofTeam = ({ TableName }: Reading, IndexName: string, more: Partial<QueryCommandInput> = {}): QueryCommand =>
      new QueryCommand({
        TableName,
        IndexName,
        KeyConditionExpression: 'team = :team',
        ...more,
        ExpressionAttributeValues: { ':team': 'red', ...more.ExpressionAttributeValues },
      });
    const undeclared = (base?: Reading['database']['client']) => at().documents({ tables: [members.at(at().TableName)] }, base);

    beforeAll(() => at().put(...FIVE));

    it('a global index with whole items', async () => {
      const { Items, Count } = await at().documents().send(ofTeam(at(), 'teamAll'));
      expect(Items).toEqual(RED);
      expect(Count).toBe(3);
      const scanned = await at()
        .documents()
        .send(new ScanCommand({ TableName: at().TableName, IndexName: 'teamAll', ProjectionExpression: 'email' }));
      expect(scanned.Items).toHaveLength(5);
      expect(scanned.Items).toEqual(expect.arrayContaining(FIVE.map(({ email }) => ({ email }))));
    });

    it('a global index with all that is signed gives what it holds', async () => {
      const requests: WireShape[] = [];
      const client = at().documents(
        { onPartialIndex: 'error' },
        at().tap(({ request }) => requests.push(request)),
      );
      const { Items } = await client.send(ofTeam(at(), 'teamSigned'));
      expect(Items).toEqual(RED.map(({ seenAt: _, ...item }) => item));
      expect(requests).toHaveLength(1);
    });

    it('a local index gives whole items, whatever it projects', async () => {
      const sent: WireShape[] = [];
      const db = at().documents(
        {},
        at().tap(({ operation, request }) => operation === 'Query' && sent.push(request)),
      );
      const byStatus = (more: Partial<QueryCommandInput> = {}): QueryCommand =>
        new QueryCommand({
          TableName: at().TableName,
          IndexName: 'byStatus',
          KeyConditionExpression: 'tenant = :t AND #s = :s',
          ...more,
          ExpressionAttributeNames: { '#s': 'status', ...more.ExpressionAttributeNames },
          ExpressionAttributeValues: { ':t': 't1', ':s': 'open' },
        });
      const open = FIVE.filter(({ status }) => status === 'open');
      const inAnyOrder = (items: readonly object[]): unknown => expect.arrayContaining([...items]); // entries with equal keys have none
      expect((await db.send(byStatus())).Items).toEqual(inAnyOrder(open));
      expect(sent.at(-1)?.Select).toBe('ALL_ATTRIBUTES');
      const projected = byStatus({ ProjectionExpression: '#e', ExpressionAttributeNames: { '#e': 'email' } });
      expect((await db.send(projected)).Items).toEqual(inAnyOrder(open.map(({ email }) => ({ email }))));
      expect(sent.at(-1)).toMatchObject({ Select: 'ALL_ATTRIBUTES', ExpressionAttributeNames: { '#s': 'status' } });
      const keys = await db.send(byStatus({ Select: 'ALL_PROJECTED_ATTRIBUTES' }));
      expect(keys.Items).toEqual(inAnyOrder(open.map(({ tenant, id, status }) => ({ tenant, id, status }))));
      expect(await db.send(byStatus({ Select: 'COUNT' }))).toMatchObject({ Count: 2 });
      const scan = await db.send(new ScanCommand({ TableName: at().TableName, IndexName: 'byStatus', ConsistentRead: true }));
      expect(scan.Items).toEqual(expect.arrayContaining([...FIVE]));
    });

    it('an index that is not declared, with whole items or with keys', async () => {
      for (const index of ['teamAll', 'teamKeys']) expect((await undeclared().send(ofTeam(at(), index))).Items).toEqual(RED);
    });

    it('an index that is not declared and has marks but not all attributes: not authentic, and the way out', async () => {
      const failure = await undeclared()
        .send(ofTeam(at(), 'teamSome'))
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'NOT_AUTHENTIC', message: expect.stringContaining('declare it') });
      expect(isFieldsealError(failure) && failure.stack).not.toContain('at ');
      expect((await at().documents().send(ofTeam(at(), 'teamSome'))).Items).toEqual(RED);
    });

    it('a forged entry of an index is not authentic', async () => {
      const forging = at().tap(({ operation, response }) => {
        const [first, second] = response.Items ?? [];
        if (operation !== 'Query' || first?.email === undefined || second?.email === undefined) return;
        [first.email, second.email] = [second.email, first.email];
      });
      const query = ofTeam(at(), 'teamAll');
      await expect(at().documents({}, forging).send(query)).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
      const flipping = at().tap(({ response }) => {
        for (const item of response.Items ?? []) item.aws_dbe_foot = tamperedBytes(item.aws_dbe_foot);
      });
      await expect(at().documents({}, flipping).send(query)).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    });

    it('an entry without header and footer is plaintext where the index has whole items, and half of them is not authentic', async () => {
      const without = (...names: string[]) =>
        at().documents(
          {},
          at().tap(({ response }) => {
            for (const item of response.Items ?? []) for (const name of names) delete item[name];
          }),
        );
      const query = ofTeam(at(), 'teamAll');
      await expect(without('aws_dbe_head', 'aws_dbe_foot').send(query)).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
      await expect(without('aws_dbe_head').send(query)).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
    });

    it('speaks DynamoDB’s own form', async () => {
      const { Items } = await at()
        .raw()
        .send(
          new RawQuery({
            TableName: at().TableName,
            IndexName: 'teamKeys',
            KeyConditionExpression: 'team = :team AND score BETWEEN :a AND :b',
            ExpressionAttributeValues: { ':team': { S: 'red' }, ':a': { N: '2' }, ':b': { N: '2' } },
          }),
        );
      expect(Items).toHaveLength(1);
      expect(Items?.[0]).toMatchObject({ id: { S: 'm2' }, email: { S: 'm2@example.com' }, seenAt: { N: '2' } });
    });
  });
}
