import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { refusal } from '../../options.ts';
import {
  ACTIVE_TYPE,
  BEACON_TYPE,
  CREATE_TIME,
  CUSTOM_CONTEXT_PREFIX,
  KMS_ARN,
  PARTITION,
  type RecordItem,
  SHRED_TIME,
  TOMBSTONE_TYPE,
  TYPE,
  VERSION,
  versionOf,
} from '../records.ts';
import type { BranchKeySummary } from '../store.ts';
import { tableFailure } from './failures.ts';
import type { KeyTable } from './options.ts';

/**
 * Every branch key of the table; CONFIG_INVALID for a table of other items. A scan gives all records of one partition after each other, whatever page they are on, so no more than one
 * branch key is held at a time.
 */
export async function* listKeys(keys: KeyTable): AsyncIterable<BranchKeySummary> {
  let branchKeyId: string | undefined;
  let records: RecordItem[] = [];
  for await (const record of scan(keys)) {
    const id = record[PARTITION]?.S;
    if (id === undefined) throw refusal(`table "${keys.table}" is no key store: it has items without ${PARTITION}`);
    if (branchKeyId !== undefined && id !== branchKeyId) {
      yield summaryOf(branchKeyId, records);
      records = [];
    }
    branchKeyId = id;
    records.push(record);
  }
  if (branchKeyId !== undefined) yield summaryOf(branchKeyId, records);
}

async function* scan({ table, database }: KeyTable): AsyncIterable<RecordItem> {
  let start: RecordItem | undefined;
  do {
    // No projection: names of the encryption context are not known before. It would cost the same.
    const request = new ScanCommand({ TableName: table, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) });
    const { Items = [], LastEvaluatedKey } = await database.send(request).catch((error: unknown) => {
      throw tableFailure(table, 'Scan', error);
    });
    yield* Items;
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

/** A record that came back beside the tombstone is used again, so such a key is active. */
function summaryOf(branchKeyId: string, records: readonly RecordItem[]): BranchKeySummary {
  const byType = new Map(records.map(record => [record[TYPE]?.S, record]));
  const active = byType.get(ACTIVE_TYPE);
  const tombstone = byType.get(TOMBSTONE_TYPE);
  const activeVersion = active && versionIn(active, byType);
  return {
    branchKeyId,
    state: activeVersion !== undefined ? 'active' : tombstone !== undefined ? 'shredded' : 'incomplete',
    activeVersion,
    versions: [...byType.keys()].filter(type => versionOf(type) !== undefined).length,
    time: (active?.[CREATE_TIME] ?? tombstone?.[SHRED_TIME])?.S,
    kmsKeyArn: active?.[KMS_ARN]?.S,
    hasBeaconKey: byType.has(BEACON_TYPE),
    encryptionContext: customContext(active),
  };
}

/** The version that an active record names, if that has all that a key store reads, and the version is there. */
function versionIn(active: RecordItem, byType: ReadonlyMap<string | undefined, RecordItem>): string | undefined {
  const type = active[VERSION]?.S;
  const isWhole = active[CREATE_TIME]?.S !== undefined && active[KMS_ARN]?.S !== undefined && byType.has(type);
  return isWhole ? versionOf(type) : undefined;
}

function customContext(active: RecordItem = {}): Readonly<Record<string, string>> {
  const entries = Object.entries(active).filter(([name]) => name.startsWith(CUSTOM_CONTEXT_PREFIX));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(CUSTOM_CONTEXT_PREFIX.length), value.S ?? '']));
}
