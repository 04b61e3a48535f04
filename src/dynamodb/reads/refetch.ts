import {
  type ConsumedCapacity,
  type KeysAndAttributes,
  ProvisionedThroughputExceededException,
  type ReturnConsumedCapacity,
} from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../attribute-value.ts';
import { backoffMs, pause } from '../backoff.ts';
import { mapBounded } from '../bounded.ts';
import type { Call, Shape } from '../commands/command.ts';
import { identityOf, keyNamesOf } from './keys.ts';
import { keyIn } from './read-item.ts';

/** DynamoDB's limit for one BatchGetItem. */
const MOST_KEYS = 100;
const MOST_REQUESTS_AT_A_TIME = 4;
const MOST_ATTEMPTS = 10;
const GROWTH = { firstMs: 100, mostMs: 2000 };

/** Items as the table has them now. */
export interface Refetched {
  /** The stored item with the key of an index entry; undefined when it is gone. */
  itemOf(entry: AttributeMap): AttributeMap | undefined;
  readonly consumed: readonly ConsumedCapacity[];
}

/** Reads the items of index entries from the table, consistently. `input` is the caller's request. */
export async function refetch(call: Call, input: Shape, entries: readonly AttributeMap[]): Promise<Refetched> {
  const names = keyNamesOf(call.table);
  const keys = [...new Map(entries.map(entry => [identityOf(entry, names), keyIn(call.table, entry)])).values()];
  const chunks = Array.from({ length: Math.ceil(keys.length / MOST_KEYS) }, (_, i) => keys.slice(i * MOST_KEYS, (i + 1) * MOST_KEYS));
  const parts = await mapBounded(chunks, MOST_REQUESTS_AT_A_TIME, chunk => fetchAll(call, input, chunk));
  const items = new Map(parts.flatMap(part => part.items).map(item => [identityOf(item, names), item]));
  return { itemOf: entry => items.get(identityOf(entry, names)), consumed: parts.flatMap(part => part.consumed) };
}

async function fetchAll(
  call: Call,
  { TableName, ReturnConsumedCapacity: reported }: Shape,
  keys: AttributeMap[],
): Promise<{ items: AttributeMap[]; consumed: ConsumedCapacity[] }> {
  const items: AttributeMap[] = [];
  const consumed: ConsumedCapacity[] = [];
  let pending: AttributeMap[] = keys;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    if (attempt > 0) await pause(backoffMs(attempt - 1, GROWTH), call.signal);
    const output = await call.internal.batchGet({
      RequestItems: { [String(TableName)]: { Keys: pending, ConsistentRead: true } },
      ...(reported !== undefined && { ReturnConsumedCapacity: reported as ReturnConsumedCapacity }), // the server has accepted it
    });
    items.push(...Object.values(output.Responses ?? {}).flat());
    consumed.push(...(output.ConsumedCapacity ?? []));
    pending = Object.values(output.UnprocessedKeys ?? {}).flatMap(({ Keys }: KeysAndAttributes) => Keys ?? []);
    if (pending.length === 0) return { items, consumed };
  }
  throw throttled();
}

/** What DynamoDB answers when a request does not get through. */
function throttled(): ProvisionedThroughputExceededException {
  return new ProvisionedThroughputExceededException({
    message: 'The items of a page could not all be read from the table: DynamoDB left keys unprocessed each time',
    $metadata: { httpStatusCode: 400, attempts: MOST_ATTEMPTS },
  });
}
