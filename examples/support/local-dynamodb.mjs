// A DynamoDB in this process (dynalite), on a free port of 127.0.0.1. Nothing of it outlives the program.
import './quiet.mjs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** Starts an empty database. `client` is an ordinary, not encrypted client of the AWS SDK. */
export async function localDynamoDb() {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${server.address().port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

  /** Keys are strings. */
  async function createTable(name, partitionKey, sortKey) {
    const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  }

  async function close() {
    client.destroy();
    await new Promise(resolve => server.close(resolve));
  }

  return { client, createTable, close };
}
