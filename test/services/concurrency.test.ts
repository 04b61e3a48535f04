/** Writers at once, each with a copy of the library of its own, as processes have: they share no queue and meet only in the table. */
import { randomUUID } from 'node:crypto';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseAt, type TestDatabase } from '../support/database.ts';
import { elsewhere } from '../support/elsewhere.ts';

const WRITERS = 8;
/** How often each writer writes: 8 × 125 on the server whose concurrency is DynamoDB's. */
const SERVERS = [
  { name: 'DynamoDB Local', url: process.env.FIELDSEAL_DYNAMODB_LOCAL_URL, each: 125 },
  { name: 'ministack', url: process.env.FIELDSEAL_MINISTACK_URL, each: 20 },
];
const FEW = 15;
const TIMEOUT = { timeout: 180_000 };

const counters = table('counters', {
  id: key.partition<string>(),
  amount: encrypted<number>(),
  label: signed<string>().optional(),
  seen: unsigned<number>().optional(),
  visits: unsigned<number>().optional(),
});
const TableName = `counters-${randomUUID()}`;
const algorithmSuiteId = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384';

for (const { name, url, each } of SERVERS) {
  describe.skipIf(url === undefined)(`writers at once on ${name} (skipped: npm run test:services)`, () => {
    let database: TestDatabase;
    let writers: DynamoDBDocumentClient[];

    beforeAll(async () => {
      database = await databaseAt(url ?? '');
      await database.createTable(TableName, 'id');
      writers = [];
      for (let i = 0; i < WRITERS; i++) writers.push(await writer());
    });
    afterAll(async () => database[Symbol.asyncDispose]());

    async function writer(): Promise<DynamoDBDocumentClient> {
      const { encryptedDocumentClient, rawAes } = await elsewhere();
      const keyring = rawAes({ keyNamespace: 'test', keyName: 'aes', wrappingKey: new Uint8Array(32).fill(1) });
      const options = { tables: [counters.at(TableName)], keyring, algorithmSuiteId, updateTimeoutMs: 60_000 } as const;
      return encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), options);
    }

    const increments = (id: string, UpdateExpression: string, times: number): Promise<unknown>[] =>
      writers.map(async db => {
        for (let i = 0; i < times; i++)
          await db.send(new UpdateCommand({ TableName, Key: { id }, UpdateExpression, ExpressionAttributeValues: { ':one': 1 } }));
      });
    const item = async (id: string) => (await writers[0]?.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true })))?.Item;

    it(`lose none of ${WRITERS * each} increments of an encrypted counter, nor of an unsigned one at the same time`, TIMEOUT, async () => {
      await writers[0]?.send(new PutCommand({ TableName, Item: { id: 'a', amount: 0, label: 'kept', seen: 0, visits: 0 } }));
      await Promise.all([...increments('a', 'SET amount = amount + :one', each), ...increments('a', 'ADD visits :one', each)]);
      expect(await item('a')).toEqual({ id: 'a', amount: WRITERS * each, label: 'kept', seen: 0, visits: WRITERS * each });
    });

    it('lose none when one expression changes both', TIMEOUT, async () => {
      await writers[0]?.send(new PutCommand({ TableName, Item: { id: 'b', amount: 0, visits: 0 } }));
      await Promise.all(increments('b', 'SET amount = amount + :one ADD visits :one', FEW));
      expect(await item('b')).toEqual({ id: 'b', amount: WRITERS * FEW, visits: WRITERS * FEW });
    });

    it('make one item of many upserts', TIMEOUT, async () => {
      await Promise.all(increments('c', 'SET amount = if_not_exists(amount, :one) ADD visits :one', FEW));
      expect(await item('c')).toEqual({ id: 'c', amount: 1, visits: WRITERS * FEW });
    });
  });
}
