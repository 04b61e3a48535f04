/** Which keys discovery may call: those of one partition and these accounts. */
export interface DiscoveryFilter {
  readonly partition: string;
  readonly accountIDs: readonly string[];
}

const KEY_ARN = /^arn:([a-z0-9-]+):kms:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):key\/([\w-]+)$/;

/** The parts of a KMS key ARN; undefined for anything else, aliases and bare ids included. */
export function parseKeyArn(
  arn: string,
): { readonly partition: string; readonly region: string; readonly account: string; readonly keyId: string } | undefined {
  const [, partition, region, account, keyId] = KEY_ARN.exec(arn) ?? [];
  if (partition === undefined || region === undefined || account === undefined || keyId === undefined) return undefined;
  return { partition, region, account, keyId };
}

/** True for a well-formed key ARN of the filter's partition and accounts. */
export function arnIsIn(arn: string, filter: DiscoveryFilter): boolean {
  const parts = parseKeyArn(arn);
  return parts !== undefined && parts.partition === filter.partition && filter.accountIDs.includes(parts.account);
}
