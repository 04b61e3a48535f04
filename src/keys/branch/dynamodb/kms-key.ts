import type { KMSClient } from '@aws-sdk/client-kms';
import { quoted } from '../../../bytes/quoted.ts';
import { FieldsealError } from '../../../errors.ts';
import { arnIsIn, type DiscoveryFilter, parseKeyArn } from '../../esdk/arn.ts';
import type { KeyRecord } from '../records.ts';

/** The KMS key that is called for a record. */
export interface CalledKey {
  readonly keyId: string;
  readonly client: KMSClient;
}

/** Decides which KMS key is called for a record. Throws KEY_ACCESS_DENIED for a record under a key that must not be called. */
export type KmsKeyRule = (record: KeyRecord) => CalledKey;

/** Records must be under this key, or under a replica of it; this one is called. */
export function onlyKey(key: CalledKey): KmsKeyRule {
  return record => {
    if (!sameKey(record.kmsArn, key.keyId)) throw notCalled(record, 'than the one configured');
    return key;
  };
}

/** Records may be under any key that the filter lets through. */
export function discoveredKey(
  { discoveryFilter, mrkRegion }: { readonly discoveryFilter: DiscoveryFilter; readonly mrkRegion: string | undefined },
  clients: (region: string | undefined) => KMSClient,
): KmsKeyRule {
  return record => {
    const keyId = mrkRegion === undefined ? record.kmsArn : inRegion(record.kmsArn, mrkRegion);
    if (!arnIsIn(record.kmsArn, discoveryFilter) || !arnIsIn(keyId, discoveryFilter))
      throw notCalled(record, 'than discoveryFilter allows');
    return { keyId, client: clients(parseKeyArn(keyId)?.region) };
  };
}

/** True for the ARN of a multi-region key, in whatever region. */
export function isMultiRegion(kmsKeyArn: string): boolean {
  return parseKeyArn(kmsKeyArn)?.keyId.startsWith('mrk-') ?? false;
}

/** The replica of a multi-region key in a region; any other key as it is. */
function inRegion(kmsKeyArn: string, region: string): string {
  const parts = parseKeyArn(kmsKeyArn);
  if (parts === undefined || !isMultiRegion(kmsKeyArn)) return kmsKeyArn;
  return `arn:${parts.partition}:kms:${region}:${parts.account}:key/${parts.keyId}`;
}

/** Replicas of one multi-region key share an account and a key id. */
function sameKey(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [parseKeyArn(a), parseKeyArn(b)];
  if (x === undefined || y === undefined || !isMultiRegion(a)) return false;
  return x.keyId === y.keyId && x.account === y.account && x.partition === y.partition;
}

function notCalled({ branchKeyId }: KeyRecord, than: string): FieldsealError {
  return new FieldsealError('KEY_ACCESS_DENIED', `branch key ${quoted(branchKeyId)} is under another KMS key ${than}; it was not called`);
}
