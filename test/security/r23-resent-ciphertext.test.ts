import type { TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type AttributeMap, encryptedDocumentClient, itemEncryptor } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { putsOf, type Sent, scripted } from '../support/scripted.ts';
import { patients, patientsOf } from '../support/suites/batch-tables.ts';

const fake = new FakeKms();
const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() });
const { decryptAttributes } = itemEncryptor({ table: patients, keyring });

beforeEach(() => fake.reset());
afterAll(() => fake.close());

function client(): { db: DynamoDBDocumentClient; sent: Sent[] } {
  const { client: base, sent } = scripted(({ operation, body }) => ({
    body: operation === 'BatchWriteItem' ? { UnprocessedItems: body.RequestItems } : {},
  }));
  return { db: encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [patients.at('patients')], keyring }), sent };
}

const patient = (): Record<string, unknown> => ({ ...patientsOf('w', 1)[0] });

/** What a request would have stored. */
async function stored(item: unknown): Promise<AttributeMap> {
  const attributes: AttributeMap = {};
  for (const [name, value] of Object.entries(item as Record<string, { S: string } | { N: string } | { B: string }>))
    attributes[name] = 'B' in value ? { B: Buffer.from(value.B, 'base64') } : value;
  return decryptAttributes(attributes);
}

describe('requirement 23: unprocessed items', () => {
  const write = (db: DynamoDBDocumentClient, Item: Record<string, unknown>) =>
    db.send(new BatchWriteCommand({ RequestItems: { patients: [{ PutRequest: { Item } }] } }));

  it.each<[string, Record<string, unknown>]>([
    ['an encrypted attribute', { diagnosis: 'changed' }],
    ['a signed attribute', { name: 'changed' }],
    ['an unsigned attribute', { bed: 99 }],
    ['the key', { id: 'changed' }],
    ['the removal of an attribute', { bed: undefined }],
  ])('%s that changed between attempts is encrypted anew', async (_, change) => {
    const { db, sent } = client();
    const item = patient();
    const { UnprocessedItems } = await write(db, item);
    const back = UnprocessedItems?.patients?.[0]?.PutRequest?.Item;
    expect(back).toBe(item);
    Object.assign(item, change);
    if (item.bed === undefined) delete item.bed;
    await db.send(new BatchWriteCommand({ RequestItems: UnprocessedItems }));
    expect(fake.count('GenerateDataKey')).toBe(2);
    const { diagnosis, name, bed, id } = await stored(putsOf(sent[1], 'patients')[0]);
    expect({ diagnosis: diagnosis?.S, name: name?.S, bed: bed?.N, id: id?.S }).toEqual({
      diagnosis: item.diagnosis,
      name: item.name,
      bed: item.bed === undefined ? undefined : String(item.bed),
      id: item.id,
    });
  });

  it('objects that were swapped are stored under their own keys', async () => {
    const { db, sent } = client();
    const [one, two] = patientsOf('w', 2).map(each => ({ ...each }) as Record<string, unknown>);
    const requests = [one, two].map(Item => ({ PutRequest: { Item: Item as Record<string, unknown> } }));
    await db.send(new BatchWriteCommand({ RequestItems: { patients: requests } }));
    Object.assign(one ?? {}, { diagnosis: two?.diagnosis });
    await db.send(new BatchWriteCommand({ RequestItems: { patients: [...requests].reverse() } }));
    expect(fake.count('GenerateDataKey')).toBe(3);
    const items = await Promise.all(putsOf(sent[1], 'patients').map(stored));
    expect(items.map(({ id, diagnosis }) => [id?.S, diagnosis?.S])).toEqual([
      ['p1', two?.diagnosis],
      ['p0', two?.diagnosis],
    ]);
  });
});

describe('requirement 23: idempotency tokens', () => {
  const transact = (db: DynamoDBDocumentClient, Item: Record<string, unknown>, more: object[] = []) =>
    db.send(
      new TransactWriteCommand({
        ClientRequestToken: 'token-1',
        TransactItems: [
          { Put: { TableName: 'patients', Item } },
          ...(more as NonNullable<TransactWriteItemsCommandInput['TransactItems']>),
        ],
      }),
    );

  it('the same transaction sends the same bytes, and makes no key', async () => {
    const { db, sent } = client();
    await transact(db, patient());
    await transact(db, patient());
    expect(fake.count('GenerateDataKey')).toBe(1);
    expect(sent[1]?.body).toEqual(sent[0]?.body);
  });

  it.each<[string, Record<string, unknown>, object[]]>([
    ['an encrypted value', { ...patient(), diagnosis: 'changed' }, []],
    ['a signed value', { ...patient(), name: 'changed' }, []],
    ['an unsigned value', { ...patient(), bed: 99 }, []],
    ['another action', patient(), [{ Delete: { TableName: 'patients', Key: { ward: 'w', id: 'x' } } }]],
    ['an action on a plain table', patient(), [{ Put: { TableName: 'plain', Item: { id: 'x' } } }]],
  ])('another transaction under the same token is an error: %s', async (_, item, more) => {
    const { db, sent } = client();
    await transact(db, patient());
    const failure = await transact(db, item, more).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'TOKEN_REUSED', retryable: false, writeApplied: false });
    expect(sent).toHaveLength(1);
  });
});
