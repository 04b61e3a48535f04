import type { DiscoveryFilter } from './esdk/arn.ts';
import type { KmsConnection } from './kms-client.ts';
import { kindOf, type OptionNames, refusal, requireOptions, requireText } from './options.ts';

/** The options of every factory that calls KMS. */
export const CONNECTION_OPTIONS: OptionNames<KmsConnection> = { kmsClient: true, region: true, endpoint: true, useFipsEndpoint: true };

const FILTER_PARTS: OptionNames<DiscoveryFilter> = { partition: true, accountIDs: true };
const ARN = /^arn:[^:\s]+:kms:[^:\s]+:[^:\s]+:(key|alias)\/\S+$/;
const ALIAS = /^alias\/[^:\s]*$/;
const KEY_ID = /^[^:/\s]+$/;
const ACCOUNT_ID = /^\d{12}$/;

/** Throws CONFIG_INVALID for what KMS keyrings could not use: no id, or one that is no form of id at all. */
export function requireKmsKeyId(factory: string, kmsKeyId: unknown): void {
  if (typeof kmsKeyId === 'string' && [ARN, ALIAS, KEY_ID].some(form => form.test(kmsKeyId))) return;
  throw refusal(`${factory}: kmsKeyId must be a key id, an alias or an ARN; ${whyNoKeyId(kmsKeyId)}`);
}

function whyNoKeyId(kmsKeyId: unknown): string {
  if (typeof kmsKeyId === 'string' && kmsKeyId !== kmsKeyId.trim()) return 'it has white space around it';
  const isArn = typeof kmsKeyId === 'string' && kmsKeyId.startsWith('arn:');
  return `got ${isArn ? 'an ARN that is not of a key or alias in KMS' : kindOf(kmsKeyId)}`;
}

/** Throws CONFIG_INVALID for a way to KMS that cannot be. */
export function requireConnection(
  factory: string,
  { kmsClient, region, endpoint, grantTokens }: KmsConnection & { readonly grantTokens?: readonly string[] | undefined },
): void {
  if (kmsClient !== undefined && typeof kmsClient?.send !== 'function') {
    throw refusal(`${factory}: kmsClient must be a KMSClient of @aws-sdk/client-kms; got ${kindOf(kmsClient)}`);
  }
  for (const [name, value] of Object.entries({ region, endpoint })) {
    if (value !== undefined && typeof value !== 'string') throw refusal(`${factory}: ${name} must be a text; got ${kindOf(value)}`);
  }
  if (grantTokens === undefined) return;
  if (!Array.isArray(grantTokens)) throw refusal(`${factory}: grantTokens must be a list of texts; got ${kindOf(grantTokens)}`);
  for (const [index, token] of grantTokens.entries()) requireText(`${factory}: grantTokens[${index}]`, token);
}

/** Throws CONFIG_INVALID for a filter that lets every key through, or none. */
export function requireFilter(factory: string, filter: DiscoveryFilter | undefined): void {
  if (typeof filter !== 'object' || filter === null) {
    throw refusal(`${factory}: discoveryFilter must be { partition, accountIDs }; got ${kindOf(filter)}`);
  }
  requireOptions(`${factory}: discoveryFilter`, filter, FILTER_PARTS);
  requireText(`${factory}: partition of discoveryFilter`, filter.partition);
  const { accountIDs } = filter;
  if (!Array.isArray(accountIDs) || accountIDs.length === 0) {
    const got = Array.isArray(accountIDs) ? 'an empty list' : kindOf(accountIDs);
    throw refusal(`${factory}: accountIDs of discoveryFilter must be a list with at least one account id; got ${got}`);
  }
  for (const [index, id] of accountIDs.entries()) {
    if (typeof id === 'string' && ACCOUNT_ID.test(id)) continue;
    throw refusal(`${factory}: accountIDs[${index}] of discoveryFilter must be an account id, a text of 12 digits; got ${kindOf(id)}`);
  }
}
