import { ScanCommand as RawScan } from '@aws-sdk/client-dynamodb';
import { paginateScan, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIVE, reading, type Server } from './reading.ts';

const byId = (one: Record<string, unknown>, other: Record<string, unknown>): number => (String(one.id) < String(other.id) ? -1 : 1);

/** What Scan does on a wrapped client. */
export function scanSuite(server: Server): void {
  describe(`Scan on ${server.name}`, () => {
    const at = reading(server, 'scan');
    const others = FIVE.map(item => ({ ...item, tenant: 't2' }));

    beforeAll(() => at().put(...FIVE, ...others));

    it('opens what it finds, in parallel segments too', async () => {
      const db = at().documents();
      const { TableName } = at();
      const whole = await db.send(new ScanCommand({ TableName }));
      expect(whole).toMatchObject({ Count: 10, ScannedCount: 10 });
      const segments = await Promise.all([0, 1, 2].map(Segment => db.send(new ScanCommand({ TableName, Segment, TotalSegments: 3 }))));
      for (const items of [whole.Items ?? [], segments.flatMap(({ Items = [] }) => Items)]) {
        expect(items.filter(({ tenant }) => tenant === 't1').sort(byId)).toEqual(FIVE);
        expect(items.filter(({ tenant }) => tenant === 't2').sort(byId)).toEqual(others);
      }
    });

    it('goes through pages', async () => {
      const items: Record<string, unknown>[] = [];
      let pages = 0;
      const input = { TableName: at().TableName, ProjectionExpression: 'tenant, id, email', Limit: 3 };
      for await (const page of paginateScan({ client: at().documents() }, input)) {
        items.push(...(page.Items ?? []));
        pages++;
        expect(page.Count).toBe(page.Items?.length);
      }
      expect(pages).toBeGreaterThan(3);
      const expected = [...FIVE, ...others].map(({ tenant, id, email }) => ({ tenant, id, email }));
      expect(items).toHaveLength(10);
      expect(items).toEqual(expect.arrayContaining(expected));
    });

    it('counts, filters, and speaks DynamoDB’s own form', async () => {
      const { TableName } = at();
      const count = await at()
        .raw()
        .send(new RawScan({ TableName, Select: 'COUNT' }));
      expect(count).toMatchObject({ Count: 10, ScannedCount: 10 });
      expect(count.Items).toBeUndefined();
      const filtered = await at()
        .raw()
        .send(
          new RawScan({
            TableName,
            FilterExpression: 'score = :r AND tenant = :t',
            ExpressionAttributeValues: { ':r': { N: '1' }, ':t': { S: 't2' } },
          }),
        );
      expect(filtered.Items).toHaveLength(1);
      expect(filtered.Items?.[0]?.email).toEqual({ S: 'm1@example.com' });
      expect(filtered.Count).toBe(1);
    });
  });
}
