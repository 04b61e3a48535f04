import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A client that ends before the network, and the bodies of the requests that it would have sent. */
export function capturing(options: object = {}): { readonly client: DynamoDBClient; readonly sent: string[] } {
  const sent: string[] = [];
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { body?: unknown }) => Promise.reject(sent.push(String(request.body)) && new Error('no network here')),
    },
    ...options,
  });
  return { client, sent };
}
