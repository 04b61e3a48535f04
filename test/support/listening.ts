import { inspect } from 'node:util';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** A logger for clients of the SDK, and what it heard, as it was at that moment. */
export function listening(): { readonly logger: NonNullable<DynamoDBClientConfig['logger']>; readonly heard: readonly string[] } {
  const heard: string[] = [];
  const hear = (...words: unknown[]): unknown => heard.push(inspect(words, { depth: 12 }));
  return { logger: { trace: hear, debug: hear, info: hear, warn: hear, error: hear }, heard };
}
