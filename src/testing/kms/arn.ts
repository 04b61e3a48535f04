/** The parts of an ARN of a key or an alias. */
export interface KmsArn {
  readonly region: string;
  readonly account: string;
  /** `key/…` or `alias/…` */
  readonly resource: string;
}

const KMS_ARN = /^arn:(aws[a-z-]*):kms:([a-z0-9-]+):(\d{12}):((?:key|alias)\/.+)$/;

export function formatArn({ region, account, resource }: KmsArn): string {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${resource}`;
}

/** Undefined for what is no ARN of a KMS key or alias, or names another partition than its region lies in. */
export function parseArn(text: string): KmsArn | undefined {
  const [, partition, region, account, resource] = KMS_ARN.exec(text) ?? [];
  if (region === undefined || account === undefined || resource === undefined) return undefined;
  return partition === partitionOf(region) ? { region, account, resource } : undefined;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
