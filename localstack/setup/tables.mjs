import { CreateTableCommand, DescribeTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { find, Problem } from './problem.mjs';

const LONGEST_WAIT_SECONDS = 60;

/**
 * A table with on-demand capacity and text keys. One that exists must have these keys, and the stream if one is wanted.
 *
 * @param {import('@aws-sdk/client-dynamodb').DynamoDBClient} dynamoDb
 * @param {{ name: string, partitionKey: string, sortKey?: string, stream?: boolean }} wanted
 */
export async function ensureTable(dynamoDb, { name, partitionKey, sortKey, stream = false }) {
  const KeySchema = [
    { AttributeName: partitionKey, KeyType: /** @type {const} */ ('HASH') },
    ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: /** @type {const} */ ('RANGE') }]),
  ];
  const AttributeDefinitions = KeySchema.map(({ AttributeName }) => ({ AttributeName, AttributeType: /** @type {const} */ ('S') }));
  const describe = async () => (await dynamoDb.send(new DescribeTableCommand({ TableName: name }))).Table;

  const existing = await find('ResourceNotFoundException', describe);
  if (existing === undefined) {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: /** @type {const} */ ('NEW_AND_OLD_IMAGES') };
    await dynamoDb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema,
        AttributeDefinitions,
        ...(stream && { StreamSpecification }),
      }),
    );
  }
  await waitUntilTableExists({ client: dynamoDb, maxWaitTime: LONGEST_WAIT_SECONDS, minDelay: 1, maxDelay: 2 }, { TableName: name });

  const table = await describe();
  if (keysOf(table) !== keysOf({ KeySchema, AttributeDefinitions })) {
    throw new Problem('it exists with other keys; delete it or give another --prefix');
  }
  if (stream && !(table?.StreamSpecification?.StreamEnabled && table.StreamSpecification.StreamViewType === 'NEW_AND_OLD_IMAGES')) {
    throw new Problem('it exists without a stream of new and old images; delete it or give another --prefix');
  }
  return {
    name,
    arn: table?.TableArn ?? '',
    ...(stream && { streamArn: table?.LatestStreamArn ?? '' }),
    status: existing === undefined ? 'created' : 'found',
  };
}

/** @param {Pick<import('@aws-sdk/client-dynamodb').TableDescription, 'KeySchema' | 'AttributeDefinitions'> | undefined} table */
function keysOf({ KeySchema = [], AttributeDefinitions = [] } = {}) {
  const typeOf = (/** @type {string | undefined} */ name) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return JSON.stringify(KeySchema.map(({ AttributeName, KeyType }) => [KeyType, AttributeName, typeOf(AttributeName)]).sort());
}
