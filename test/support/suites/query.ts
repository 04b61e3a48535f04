import { QueryCommand as RawQuery, paginateQuery as rawPages } from '@aws-sdk/client-dynamodb';
import { paginateQuery, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIVE, type Reading, reading, type Server } from './reading.ts';

/** What Query does on a wrapped client. */
export function querySuite(server: Server): void {
  describe(`Query on ${server.name}`, () => {
    const at = reading(server, 'query');
    const ofTenant = ({ TableName }: Reading, more: Partial<QueryCommandInput> = {}): QueryCommandInput => ({
      TableName,
      KeyConditionExpression: 'tenant = :t',
      ...more,
      ExpressionAttributeValues: { ':t': 't1', ...more.ExpressionAttributeValues },
    });

    beforeAll(() => at().put(...FIVE));

    it('opens items in their order', async () => {
      const output = await at()
        .documents()
        .send(new QueryCommand(ofTenant(at())));
      expect(output.Items).toEqual(FIVE);
      expect(output).toMatchObject({ Count: 5, ScannedCount: 5 });
      const backwards = await at()
        .documents({ concurrency: 2 })
        .send(new QueryCommand(ofTenant(at(), { ScanIndexForward: false })));
      expect(backwards.Items).toEqual(FIVE.toReversed());
    });

    it('speaks DynamoDB’s own form on raw clients', async () => {
      const { Items } = await at()
        .raw()
        .send(
          new RawQuery({
            TableName: at().TableName,
            KeyConditionExpression: 'tenant = :t AND id = :i',
            ExpressionAttributeValues: { ':t': { S: 't1' }, ':i': { S: 'm2' } },
          }),
        );
      expect(Items?.[0]).toMatchObject({ email: { S: 'm2@example.com' }, score: { N: '2' } });
      expect(Items?.[0]).not.toHaveProperty('aws_dbe_head');
    });

    it('goes through pages, keys of pages as they are', async () => {
      const ids: unknown[] = [];
      const starts: unknown[] = [];
      for await (const page of paginateQuery({ client: at().documents(), pageSize: 2 }, ofTenant(at()))) {
        for (const item of page.Items ?? []) ids.push([item.id, item.email]);
        starts.push(page.LastEvaluatedKey);
      }
      expect(ids).toEqual(FIVE.map(({ id, email }) => [id, email]));
      expect(starts.slice(0, 2)).toEqual([
        { tenant: 't1', id: 'm2' },
        { tenant: 't1', id: 'm4' },
      ]);
      const raw: unknown[] = [];
      const input = { TableName: at().TableName, KeyConditionExpression: 'tenant = :t', ExpressionAttributeValues: { ':t': { S: 't1' } } };
      for await (const page of rawPages({ client: at().raw(), pageSize: 3 }, input))
        for (const item of page.Items ?? []) raw.push(item.email?.S);
      expect(raw).toEqual(FIVE.map(({ email }) => email));
    });

    it('lets the server filter on what is not encrypted, and on the existence of what is', async () => {
      const { Items, Count, ScannedCount } = await at()
        .documents()
        .send(
          new QueryCommand(
            ofTenant(at(), {
              FilterExpression: '#s = :open AND attribute_exists(email) AND attribute_not_exists(notes)',
              ExpressionAttributeNames: { '#s': 'status' },
              ExpressionAttributeValues: { ':open': 'open' },
            }),
          ),
        );
      expect(Items?.map(({ id }) => id)).toEqual(['m2', 'm4']);
      expect([Count, ScannedCount]).toEqual([2, 5]);
    });

    it('counts without opening anything', async () => {
      const closed = at().documents({ mode: 'encrypt' });
      const output = await closed.send(
        new QueryCommand(ofTenant(at(), { Select: 'COUNT', FilterExpression: 'score > :r', ExpressionAttributeValues: { ':r': 3 } })),
      );
      expect(output).toMatchObject({ Count: 2, ScannedCount: 5 });
      expect(output.Items).toBeUndefined();
    });

    it.each<[string, Partial<QueryCommandInput>]>([
      ['alone', {}],
      ['with its Select', { Select: 'SPECIFIC_ATTRIBUTES' }],
    ])('projects after it verified: a projection %s', async (_, more) => {
      const requests: unknown[] = [];
      const client = at().documents(
        {},
        at().tap(({ request }) => requests.push(request)),
      );
      const { Items, Count } = await client.send(
        new QueryCommand(
          ofTenant(at(), {
            ProjectionExpression: '#e, address.geo[1].lat, address.geo[0]',
            FilterExpression: '#s = :open',
            ExpressionAttributeNames: { '#e': 'email', '#s': 'status' },
            ExpressionAttributeValues: { ':open': 'open' },
            ...more,
          }),
        ),
      );
      expect(Items).toEqual([
        { email: 'm2@example.com', address: { geo: [2, { lat: 2 }] } },
        { email: 'm4@example.com', address: { geo: [4, { lat: 4 }] } },
      ]);
      expect(Count).toBe(2);
      expect(requests).toHaveLength(1);
      expect(requests[0]).not.toHaveProperty('ProjectionExpression');
      expect(requests[0]).not.toHaveProperty('Select');
      expect(requests[0]).toHaveProperty('ExpressionAttributeNames', { '#s': 'status' });
    });

    it('leaves the input as it is', async () => {
      const input = Object.freeze(ofTenant(at(), { ProjectionExpression: 'email', Select: 'SPECIFIC_ATTRIBUTES' }));
      const before = structuredClone(input);
      await at().documents().send(new QueryCommand(input));
      expect(input).toEqual(before);
    });

    it.each<[string, Partial<QueryCommandInput>]>([
      ['a projection that is empty', { ProjectionExpression: '' }],
      ['a projection that overlaps', { ProjectionExpression: 'address, address.street' }],
      ['a projection of a reserved word', { ProjectionExpression: 'name' }],
      ['a name that nobody uses', { ProjectionExpression: 'email', ExpressionAttributeNames: { '#x': 'x' } }],
      ['a value that nobody uses', { ExpressionAttributeValues: { ':x': 1 } }],
      ['a Select without its projection', { Select: 'SPECIFIC_ATTRIBUTES' }],
      ['a projection of a count', { Select: 'COUNT', ProjectionExpression: 'email' }],
      ['a projection of everything', { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'email' }],
      ['all that an index projects, of the table', { Select: 'ALL_PROJECTED_ATTRIBUTES' }],
      ['an unfinished filter', { FilterExpression: 'score >' }],
    ])('is refused as DynamoDB does: %s', async (_, more) => {
      await expect(
        at()
          .documents()
          .send(new QueryCommand(ofTenant(at(), more))),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    });
  });
}
