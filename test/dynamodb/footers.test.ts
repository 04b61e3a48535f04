import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { itemFailures } from 'fieldseal/dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { footerOf } from '../../src/dynamodb/reads/footers.ts'; // remembered for locks, which have no other way to be seen yet
import { DYNALITE } from '../support/suites/dynalite.ts';
import { FIVE, reading } from '../support/suites/reading.ts';

describe('the footer of what was read', () => {
  const at = reading(DYNALITE, 'footers');
  const Key = { tenant: 't1', id: 'm1' };
  const footer = async (id: string): Promise<unknown> => (await at().stored(id)).aws_dbe_foot;
  const seen = (item: unknown): unknown => (typeof item === 'object' && item !== null ? footerOf(item) : 'no item');

  beforeAll(() => at().put(...FIVE));

  it('is remembered with items of every read, projected or not, in every form', async () => {
    const { TableName } = at();
    const query = { TableName, KeyConditionExpression: 'tenant = :t' };
    const raw = DynamoDBDocument.from(at().raw());
    for (const db of [at().documents(), raw]) {
      const items = [
        (await db.get({ TableName, Key })).Item,
        (await db.get({ TableName, Key, ProjectionExpression: 'email' })).Item,
        (await db.query({ ...query, ExpressionAttributeValues: { ':t': 't1' } })).Items?.[0],
        (await db.batchGet({ RequestItems: { [TableName]: { Keys: [Key] } } })).Responses?.[TableName]?.[0],
        (
          await db.query({
            TableName,
            IndexName: 'teamKeys',
            KeyConditionExpression: 'team = :t',
            ExpressionAttributeValues: { ':t': 'red' },
          })
        ).Items?.[0],
      ];
      for (const item of items) expect(seen(item)).toEqual(await footer('m1'));
    }
    const collected = await at().documents({ onItemError: 'collect' }).scan({ TableName });
    expect(itemFailures(collected)).toEqual([]);
    for (const item of collected.Items ?? []) expect(seen(item)).toEqual(await footer(String(item.id)));
  });

  it('is remembered with what a write returned', async () => {
    const { TableName } = at();
    const db = at().documents();
    const before = await footer('m2');
    const put = await db.put({ TableName, Item: FIVE[1], ReturnValues: 'ALL_OLD' });
    expect(seen(put.Attributes)).toEqual(before);
    const after = await footer('m2');
    expect(after).not.toEqual(before);
    expect(seen((await db.delete({ TableName, Key: { ...Key, id: 'm2' }, ReturnValues: 'ALL_OLD' })).Attributes)).toEqual(after);
  });

  it('is not there for plaintext, unverified keys, and what was not read', async () => {
    const { TableName } = at();
    await at().plain.put({ TableName, Item: { tenant: 't1', id: 'plain', email: 'x' } });
    const db = at().documents({ plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ', onPartialIndex: 'keysOnly' });
    expect(seen((await db.get({ TableName, Key: { ...Key, id: 'plain' } })).Item)).toBeUndefined();
    const query = { TableName, IndexName: 'teamKeys', KeyConditionExpression: 'team = :t', ExpressionAttributeValues: { ':t': 'red' } };
    expect(seen((await db.query(query)).Items?.[0])).toBeUndefined();
    expect(footerOf({ ...FIVE[0] })).toBeUndefined();
  });
});
