import type { AttributeValue, DynamoDB, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { batchGetAll, batchWriteAll, unprocessedKeys, unprocessedWrites } from 'fieldseal/dynamodb';
import { describe, expectTypeOf, it } from 'vitest';

declare const raw: DynamoDBClient;
declare const aggregated: DynamoDB;
declare const documents: DynamoDBDocumentClient;
declare const full: DynamoDBDocument;

const native = { RequestItems: { t: [{ PutRequest: { Item: { id: 1 } } }] } };
const own = { RequestItems: { t: [{ PutRequest: { Item: { id: { N: '1' } } } }] } };

describe('the form of a client decides what batches take and give', () => {
  it('JavaScript values for document clients', () => {
    expectTypeOf(batchWriteAll(documents, native)).resolves.toHaveProperty('ConsumedCapacity');
    expectTypeOf(batchWriteAll(full, native)).resolves.toHaveProperty('ItemCollectionMetrics');
    const read = batchGetAll(full, { RequestItems: { t: { Keys: [{ id: 1 }] } } });
    expectTypeOf(read).resolves.toHaveProperty('items');
  });

  it('DynamoDB’s own form for the others', () => {
    void batchWriteAll(raw, own);
    void batchWriteAll(aggregated, own);
    // @ts-expect-error a number is no value in DynamoDB's own form
    void batchWriteAll(raw, native);
    // @ts-expect-error nor a key
    void batchGetAll(aggregated, { RequestItems: { t: { Keys: [{ id: 1 }] } } });
    const read = batchGetAll(raw, { RequestItems: { t: { Keys: [{ id: { N: '1' } }] } } });
    expectTypeOf<Awaited<typeof read>['items'][string]>().toEqualTypeOf<(Record<string, AttributeValue> | undefined)[]>();
  });

  it('what remains can be sent again', () => {
    const error: unknown = undefined;
    void batchWriteAll(raw, { RequestItems: unprocessedWrites(error) });
    void batchWriteAll(documents, { RequestItems: unprocessedWrites(error) });
    void batchGetAll(raw, { RequestItems: unprocessedKeys(error) });
    void batchGetAll(full, { RequestItems: unprocessedKeys(error) });
  });
});
