import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** A DynamoDB in this process, on a loopback port of its own. */
export interface TestDatabase extends AsyncDisposable {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  createTable(name: string, partitionKey: string, sortKey?: string): Promise<void>;
}

/** Starts dynalite, or connects to the DynamoDB at FIELDSEAL_DYNAMODB_URL. */
export async function testDatabase(): Promise<TestDatabase> {
  const given = process.env.FIELDSEAL_DYNAMODB_URL;
  const server = given === undefined ? dynalite({ createTableMs: 0, deleteTableMs: 0 }) : undefined;
  if (server !== undefined) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const endpoint = given ?? `http://127.0.0.1:${(server?.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  return {
    client,
    endpoint,
    async createTable(name, partitionKey, sortKey) {
      const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: keys.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      if (server !== undefined) await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}
