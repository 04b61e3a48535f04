import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';

/** The services that this tier starts (`npm run test:services`) and the variable that says where each is. */
const services = {
  'DynamoDB Local': 'FIELDSEAL_DYNAMODB_LOCAL_URL',
  moto: 'FIELDSEAL_MOTO_URL',
  ministack: 'FIELDSEAL_MINISTACK_URL',
};

const unset = Object.values(services).filter(variable => process.env[variable] === undefined);
if (unset.length > 0) console.info(`skipped without ${unset.join(', ')}: \`npm run test:services\` starts the services`);

describe.each(Object.entries(services))('%s', (_name, variable) => {
  test('keeps an item with binary and text attributes', async ({ skip, onTestFinished }) => {
    const endpoint = process.env[variable];
    if (endpoint === undefined) return skip(`${variable} is not set`);

    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
    onTestFinished(() => client.destroy());
    const TableName = `smoke-${randomUUID()}`;
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const Item = { id: { S: 'a' }, sealed: { B: Uint8Array.of(0, 1, 254, 255) }, name: { S: 'Zoë' } };
    await client.send(new PutItemCommand({ TableName, Item }));

    const found = await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } }, ConsistentRead: true }));
    expect(found.Item).toEqual(Item);
    await client.send(new DeleteTableCommand({ TableName }));
  });
});
