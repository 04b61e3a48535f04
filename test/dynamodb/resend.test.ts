import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { putsOf, type Sent, scripted } from '../support/scripted.ts';
import { patients, patientsOf, visits } from '../support/suites/batch-tables.ts';

const fake = new FakeKms();
const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() });
const tables = [patients.at('patients'), visits.at('visits')];

beforeEach(() => fake.reset());
afterEach(() => vi.useRealTimers());
afterAll(() => fake.close());

/** A service that gets to nothing, or, once told so, to all. */
function idle(): { db: DynamoDBDocumentClient; sent: Sent[]; work(): void } {
  let working = false;
  const { client, sent } = scripted(({ body }) => ({ body: { UnprocessedItems: working ? {} : body.RequestItems } }));
  const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), { tables, keyring });
  const work = (): void => {
    working = true;
  };
  return { db, sent, work };
}

const write = (db: DynamoDBDocumentClient, Item: object, table = 'patients') =>
  db.send(new BatchWriteCommand({ RequestItems: { [table]: [{ PutRequest: { Item: Item as Record<string, unknown> } }] } }));
const patient = () => ({ ...patientsOf('w', 1)[0] }) as Record<string, unknown>;

describe('bytes of an item that came back unprocessed', () => {
  it('are sent again for the same object, as often as it comes back', async () => {
    const { db, sent } = idle();
    const item = patient();
    for (let i = 0; i < 3; i++) await write(db, item);
    expect(fake.count('GenerateDataKey')).toBe(1);
    expect(putsOf(sent[2], 'patients')).toEqual(putsOf(sent[0], 'patients'));
  });

  it('are not sent for another object with the same content', async () => {
    const { db, sent } = idle();
    await write(db, patient());
    await write(db, patient());
    expect(fake.count('GenerateDataKey')).toBe(2);
    expect(putsOf(sent[1], 'patients')).not.toEqual(putsOf(sent[0], 'patients'));
  });

  it('are not sent through another wrapped client, nor for another table', async () => {
    const [one, other] = [idle(), idle()];
    const item = patient();
    await write(one.db, item);
    await write(other.db, item);
    await write(one.db, item, 'visits');
    expect(fake.count('GenerateDataKey')).toBe(3);
  });

  it('are forgotten once the item was written', async () => {
    const { db, work } = idle();
    const item = patient();
    await write(db, item);
    work();
    await write(db, item);
    await write(db, item);
    expect(fake.count('GenerateDataKey')).toBe(2);
  });

  it('are forgotten after ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const { db } = idle();
    const item = patient();
    await write(db, item);
    vi.advanceTimersByTime(9 * 60_000);
    await write(db, item);
    expect(fake.count('GenerateDataKey')).toBe(1);
    vi.advanceTimersByTime(11 * 60_000);
    await write(db, item);
    expect(fake.count('GenerateDataKey')).toBe(2);
  });

  it('are forgotten when the wall clock jumped back', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { db } = idle();
    const item = patient();
    await write(db, item);
    vi.setSystemTime(Date.now() - 60_000);
    await write(db, item);
    expect(fake.count('GenerateDataKey')).toBe(2);
  });
});
