/** A key store table and a KMS in this process, with a branch key for each tenant. */
import { once } from 'node:events';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { FakeKms } from 'fieldseal/testing';
import { createBranchKey } from '../../examples/support/branch-keys.mjs';

export const TABLE = 'branch-keys';

/**
 * @typedef {object} World
 * @property {FakeKms} fake
 * @property {string} kmsKeyArn
 * @property {DynamoDBClient} database
 * @property {ReadonlyMap<string, string>} branchKeyIds by tenant
 * @property {string[]} reads branch keys that were read from the table since it was emptied
 * @property {() => Promise<void>} close
 */

/** @param {import('./options.mjs').Options} options @returns {Promise<World>} */
export async function worldOf({ tenants, latencyMs }) {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const database = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const keys = /** @type {const} */ (['branch-key-id', 'type']);
  await database.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, n) => ({ AttributeName, KeyType: n === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
  const fake = new FakeKms();
  const { arn: kmsKeyArn } = fake.createKey();
  const branchKeyIds = new Map();
  for (let tenant = 0; tenant < tenants; tenant++) {
    branchKeyIds.set(`tenant-${tenant}`, await createBranchKey({ database, kmsClient: fake.client(), table: TABLE, kmsKeyArn }));
  }
  fake.fail({ latencyMs });
  /** @type {string[]} */
  const reads = [];
  database.middlewareStack.add(
    (next, context) => args => {
      if (context.commandName === 'GetItemCommand') reads.push(String(args.input));
      return next(args);
    },
    { step: 'initialize', name: 'countReads' },
  );
  return {
    fake,
    kmsKeyArn,
    database,
    branchKeyIds,
    reads,
    async close() {
      database.destroy();
      await fake.close();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
