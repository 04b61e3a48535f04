import { randomUUID } from 'node:crypto';
import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

const MOST_IN_BATCH = 25;

/** A branch key as AWS's key stores keep it. */
export interface StoredBranchKey {
  readonly branchKeyId: string;
  /** The last one is active. */
  readonly versions?: readonly string[];
  readonly kmsArn?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Its records, in AWS's form, with ciphertexts that open under no key. */
export function recordsOf({
  branchKeyId,
  versions = [randomUUID()],
  kmsArn = 'arn:aws:kms:us-east-1:111122223333:key/a',
  context = {},
}: StoredBranchKey): Record<string, AttributeValue>[] {
  const record = (type: string, more: Record<string, AttributeValue> = {}) => ({
    'branch-key-id': { S: branchKeyId },
    type: { S: type },
    enc: { B: new Uint8Array(184).fill(1) },
    'kms-arn': { S: kmsArn },
    'create-time': { S: '2026-01-02T03:04:05.678900Z' },
    'hierarchy-version': { N: '1' },
    ...Object.fromEntries(Object.entries(context).map(([name, value]) => [`aws-crypto-ec:${name}`, { S: value }])),
    ...more,
  });
  return [
    ...versions.map(version => record(`branch:version:${version}`)),
    record('branch:ACTIVE', { version: { S: `branch:version:${versions.at(-1)}` } }),
    record('beacon:ACTIVE'),
  ];
}

/** Puts records into a table. */
export async function store(client: DynamoDBClient, table: string, records: readonly Record<string, AttributeValue>[]): Promise<void> {
  for (let i = 0; i < records.length; i += MOST_IN_BATCH) {
    const requests = records.slice(i, i + MOST_IN_BATCH).map(Item => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}
