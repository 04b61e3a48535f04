import { zero } from '../../../bytes/secret.ts';
import { BranchKeyChanges, dryRunOf } from '../changes.ts';
import { ACTIVE_TYPE, BEACON_TYPE, parseBranchKey, parseRecord, versionType } from '../records.ts';
import type { BeaconKeyMaterial, BranchKeyMaterial, KeyStoreReadOptions, ManagedBranchKeyStore } from '../store.ts';
import { createKey, rotateKey } from './administration.ts';
import { listKeys } from './listing.ts';
import { type DynamoDbKeyStoreOptions, type KeyTable, keyTable } from './options.ts';
import { fetchRecord, openRecord } from './reading.ts';
import { removeKey } from './removal.ts';

/**
 * AWS's key store table (branch-key-store.md): reads what DB-ESDK and the AWS Encryption SDKs wrote, and creates and rotates with the AWS
 * Encryption SDK for JavaScript. Throws CONFIG_INVALID for options that cannot be, among them a `kmsKeyArn` that is no key ARN and discovery
 * without a filter. Under discovery `createKey` and `rotate` are CONFIG_INVALID. `rotate` that loses against others twice is KEY_UNAVAILABLE,
 * retryable.
 */
export function dynamoDbKeyStore(options: DynamoDbKeyStoreOptions): ManagedBranchKeyStore {
  const keys = keyTable(options);
  const changes = new BranchKeyChanges(keys.logicalName);
  return Object.freeze<ManagedBranchKeyStore>({
    logicalName: keys.logicalName,
    getActiveBranchKey: (branchKeyId, options) => readBranchKey(keys, branchKeyId, ACTIVE_TYPE, options),
    getBranchKeyVersion: (branchKeyId, version, options) => readBranchKey(keys, branchKeyId, versionType(version), options),
    getBeaconKey: branchKeyId => readBeaconKey(keys, branchKeyId),
    async createKey(key = {}) {
      const made = await createKey(keys, key);
      changes.tell('created', made.branchKeyId, made.version);
      return made;
    },
    async rotate(branchKeyId) {
      const made = await changes.doubtful('rotated', branchKeyId, () => rotateKey(keys, branchKeyId));
      changes.tell('rotated', branchKeyId, made.version);
      return made;
    },
    list: () => listKeys(keys),
    async remove(branchKeyId, options = {}) {
      const dryRun = dryRunOf(options);
      if (dryRun) return removeKey(keys, branchKeyId, { dryRun });
      const removed = await changes.doubtful('shredded', branchKeyId, () => removeKey(keys, branchKeyId, { dryRun }));
      changes.tell('shredded', branchKeyId);
      return removed;
    },
    subscribe: listener => changes.subscribe(listener),
  });
}

async function readBranchKey(keys: KeyTable, branchKeyId: string, type: string, options?: KeyStoreReadOptions): Promise<BranchKeyMaterial> {
  const item = await fetchRecord(keys, branchKeyId, type, options);
  const record = parseBranchKey(item, { branchKeyId, type, logicalName: keys.logicalName });
  const { version, createTime } = record;
  const key = await openRecord(keys, record, options);
  return { branchKeyId, version, key, ...(createTime !== undefined && { createTime }), release: () => zero(key) };
}

async function readBeaconKey(keys: KeyTable, branchKeyId: string): Promise<BeaconKeyMaterial> {
  const item = await fetchRecord(keys, branchKeyId, BEACON_TYPE);
  const key = await openRecord(keys, parseRecord(item, { branchKeyId, type: BEACON_TYPE, logicalName: keys.logicalName }));
  return { branchKeyId, key, release: () => zero(key) };
}
