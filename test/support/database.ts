import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** A DynamoDB and a client of it. */
export interface TestDatabase extends AsyncDisposable {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  createTable(name: string, partitionKey: string, sortKey?: string): Promise<void>;
}

/** A DynamoDB in this process, on a loopback port of its own. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const stop = (): Promise<void> => new Promise(resolve => server.close(() => resolve()));
  return databaseAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop);
}

/** A DynamoDB that runs already. Each connection signs with credentials of its own; some servers keep tables apart by them. */
export async function databaseAt(endpoint: string, stop: () => Promise<void> = async () => undefined): Promise<TestDatabase> {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  return {
    client,
    endpoint,
    async createTable(TableName, partitionKey, sortKey) {
      const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: keys.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
        }),
      );
      await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await stop();
    },
  };
}
