import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';

/** A client that does transactions itself: the DynamoDB in this process has none. Nobody else may write meanwhile. */
export function withTransactions(client: DynamoDBClient): DynamoDBClient {
  const send = async (command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> => {
    if (!(command instanceof TransactWriteItemsCommand)) return client.send(command);
    const actions = command.input.TransactItems ?? [];
    const CancellationReasons = [];
    for (const action of actions) CancellationReasons.push({ Code: (await holds(client, action)) ? 'None' : 'ConditionalCheckFailed' });
    if (CancellationReasons.some(({ Code }) => Code !== 'None')) {
      throw new TransactionCanceledException({ $metadata: { httpStatusCode: 400 }, message: '', CancellationReasons });
    }
    for (const { Put, Delete } of actions) {
      if (Put) await client.send(new PutItemCommand({ TableName: Put.TableName, Item: Put.Item }));
      if (Delete) await client.send(new DeleteItemCommand({ TableName: Delete.TableName, Key: Delete.Key }));
    }
    return { $metadata: {} };
  };
  return Object.create(DynamoDBClient.prototype, { send: { value: send } });
}

/** Asks the database to evaluate the condition, by a write that changes nothing. */
async function holds(client: DynamoDBClient, { Put, Delete, ConditionCheck }: TransactWriteItem): Promise<boolean> {
  const action = Put ?? Delete ?? ConditionCheck;
  if (action?.ConditionExpression === undefined) return true;
  const { TableName, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = action;
  const where = { TableName, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues };
  const Key = Put ? keyOf(Put.Item) : (Delete ?? ConditionCheck)?.Key;
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  try {
    await (Item ? client.send(new PutItemCommand({ ...where, Item })) : client.send(new DeleteItemCommand({ ...where, Key })));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Of a key store table. */
function keyOf({ 'branch-key-id': id = { S: '' }, type = { S: '' } }: Record<string, AttributeValue> = {}): Record<string, AttributeValue> {
  return { 'branch-key-id': id, type };
}
