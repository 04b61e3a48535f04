import { setTimeout as wait } from 'node:timers/promises';
import { QueryCommand, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { requireText } from '../../options.ts';
import {
  ACTIVE_TYPE,
  BEACON_TYPE,
  CIPHERTEXT,
  PARTITION,
  type RecordItem,
  recordKey,
  SHRED_TIME,
  TOMBSTONE_TYPE,
  TYPE,
  versionOf,
} from '../records.ts';
import type { RemovedRecords } from '../store.ts';
import { cancellationCodes, LostRace, tableFailure, unknownKey, wasRaced } from './failures.ts';
import type { KeyTable } from './options.ts';

/** DynamoDB takes no more actions in one transaction. */
const MOST_ACTIONS = 100;
const MOST_ATTEMPTS = 3;
const PAUSE_MS = 50;

/**
 * Puts the tombstone and deletes every other record of a branch key, provided that they are still those that were listed; otherwise lists
 * them again, three times at most. Throws KEY_NOT_FOUND, and KEY_UNAVAILABLE when others keep changing the key.
 */
export async function removeKey(
  keys: KeyTable,
  branchKeyId: string,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<RemovedRecords> {
  requireText('remove: branchKeyId', branchKeyId);
  const first = await recordsOf(keys, branchKeyId);
  if (first.length === 0) throw unknownKey(keys.table, branchKeyId);
  const seen = new Set(first.map(typeOf));
  if (!dryRun) await removeAsListed(keys, branchKeyId, first, seen);
  return {
    branchKeyId,
    versions: [...seen].flatMap(type => versionOf(type) ?? []),
    beaconKey: seen.has(BEACON_TYPE),
    alreadyShredded: first.some(record => typeOf(record) === TOMBSTONE_TYPE),
  };
}

/** Adds to `seen` the types of records that came while others were being removed. */
async function removeAsListed(keys: KeyTable, branchKeyId: string, first: readonly RecordItem[], seen: Set<string>): Promise<void> {
  let records = first;
  for (let attempt = 1; ; attempt++) {
    const raced = await removeListed(keys, branchKeyId, records);
    if (raced === undefined) return;
    if (attempt === MOST_ATTEMPTS) throw new LostRace(branchKeyId, raced.error);
    await wait(PAUSE_MS * attempt);
    records = await recordsOf(keys, branchKeyId);
    for (const record of records) seen.add(typeOf(record));
  }
}

/** Tombstone, active record and beacon key go first: after that nothing new is written under the key, and the rest can be repeated. */
async function removeListed(
  { table, database }: KeyTable,
  branchKeyId: string,
  records: readonly RecordItem[],
): Promise<{ readonly error: unknown } | undefined> {
  const tombstone = records.find(record => typeOf(record) === TOMBSTONE_TYPE);
  const rest = records.filter(record => record !== tombstone).sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
  if (tombstone !== undefined && rest.length === 0) return undefined;
  const actions = [putTombstone(table, branchKeyId, tombstone), ...rest.map(record => deleteAsListed(table, branchKeyId, record))];
  try {
    for (let at = 0; at < actions.length; at += MOST_ACTIONS) {
      await database.send(new TransactWriteItemsCommand({ TransactItems: actions.slice(at, at + MOST_ACTIONS) }));
    }
    return undefined;
  } catch (error) {
    if (wasRaced(cancellationCodes(error) ?? [])) return { error };
    throw tableFailure(table, 'TransactWriteItems', error);
  }
}

async function recordsOf({ table, database }: KeyTable, branchKeyId: string): Promise<RecordItem[]> {
  const query = {
    TableName: table,
    KeyConditionExpression: '#id = :id',
    ExpressionAttributeNames: { '#id': PARTITION },
    ExpressionAttributeValues: { ':id': { S: branchKeyId } },
    ConsistentRead: true,
  };
  const records: RecordItem[] = [];
  let start: RecordItem | undefined;
  do {
    const request = new QueryCommand({ ...query, ...(start && { ExclusiveStartKey: start }) });
    const { Items = [], LastEvaluatedKey } = await database.send(request).catch((error: unknown) => {
      throw tableFailure(table, 'Query', error);
    });
    records.push(...Items);
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return records;
}

function typeOf(record: RecordItem): string {
  return record[TYPE]?.S ?? '';
}

function isFirst(record: RecordItem): boolean {
  return typeOf(record) === ACTIVE_TYPE || typeOf(record) === BEACON_TYPE;
}

/** A second shredding keeps the time of the first. */
function putTombstone(table: string, branchKeyId: string, known: RecordItem | undefined): TransactWriteItem {
  const time = known?.[SHRED_TIME] ?? { S: new Date().toISOString() };
  return { Put: { TableName: table, Item: { ...recordKey(branchKeyId, TOMBSTONE_TYPE), [SHRED_TIME]: time } } };
}

/** Every version has a ciphertext of its own, so one that is the same is the record that was listed. */
function deleteAsListed(table: string, branchKeyId: string, record: RecordItem): TransactWriteItem {
  const { [CIPHERTEXT]: ciphertext } = record;
  const guard =
    ciphertext === undefined
      ? { ConditionExpression: 'attribute_not_exists(#enc)' }
      : { ConditionExpression: '#enc = :enc', ExpressionAttributeValues: { ':enc': ciphertext } };
  return {
    Delete: { TableName: table, Key: recordKey(branchKeyId, typeOf(record)), ExpressionAttributeNames: { '#enc': CIPHERTEXT }, ...guard },
  };
}
