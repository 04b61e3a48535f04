import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TestDatabase } from './database.ts';

/** A value in DynamoDB's JSON, bytes as base64. */
export interface WireValue {
  S?: string;
  N?: string;
  B?: string;
}
export type WireItem = Record<string, WireValue>;

/** The members of requests and responses that tests look at, or forge. */
export interface WireShape {
  Items?: WireItem[];
  Responses?: Record<string, WireItem[]>;
  UnprocessedKeys?: Record<string, { Keys?: WireItem[]; ConsistentRead?: boolean }>;
  RequestItems?: Record<string, { Keys?: WireItem[]; ConsistentRead?: boolean; ProjectionExpression?: string }>;
  TransactItems?: readonly { Get?: { ProjectionExpression?: string } }[];
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  Select?: string;
}

/** One request that reached the database, and what it answered. */
export interface Exchange {
  /** `Query`, `BatchGetItem` … */
  readonly operation: string;
  readonly request: WireShape;
  readonly response: WireShape;
}

type Handle = DynamoDBClient['config']['requestHandler']['handle'];

/** A client of a database whose answers pass through `watch`, which may change them: someone between the database and us. */
export function tapped(database: TestDatabase, watch: (exchange: Exchange) => unknown): DynamoDBClient {
  const { requestHandler } = database.client.config;
  return new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: {
      async handle(request: Parameters<Handle>[0], options: Parameters<Handle>[1]) {
        const result = await requestHandler.handle(request, options);
        const { response } = result;
        const chunks: Buffer[] = [];
        for await (const chunk of response.body) chunks.push(Buffer.from(chunk));
        const answer: WireShape = JSON.parse(Buffer.concat(chunks).toString());
        const operation = request.headers['x-amz-target']?.split('.')[1] ?? '';
        await watch({ operation, request: JSON.parse(String(request.body)), response: answer });
        const body = Buffer.from(JSON.stringify(answer));
        response.body = Readable.from([body]);
        response.headers['content-length'] = String(body.length);
        return result;
      },
    },
  });
}

/** A binary wire value with one bit changed. */
export function tamperedBytes(value: WireValue | undefined): WireValue {
  const bytes = Buffer.from(value?.B ?? '', 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return { B: bytes.toString('base64') };
}
