/** Which keys discovery may call: those of one partition and these accounts. */
export interface DiscoveryFilter {
  readonly partition: string;
  readonly accountIDs: readonly string[];
}

const KEY_ARN = /^arn:([a-z0-9-]+):kms:([a-z]{2,}(?:-[a-z]+)+-\d):(\d{12}):key\/([\w-]+)$/;

/** The parts of a KMS key ARN; undefined for anything else, aliases and bare ids included. */
export function parseKeyArn(
  arn: string,
): { readonly partition: string; readonly region: string; readonly account: string; readonly keyId: string } | undefined {
  const [, partition, region, account, keyId] = KEY_ARN.exec(arn) ?? [];
  if (partition === undefined || region === undefined || account === undefined || keyId === undefined) return undefined;
  return { partition, region, account, keyId };
}

/** Regions by partition, as AWS names them. An item names the region of its key: it must not decide which host is asked. */
const REGIONS: ReadonlyMap<string, RegExp> = new Map([
  ['aws', /^(af|ap|ca|eu|il|me|mx|sa|us)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/],
  ['aws-cn', /^cn-(north|northwest)-\d$/],
  ['aws-eusc', /^eusc-[a-z]{2}-(north|south|east|west|central)-\d$/],
  ['aws-us-gov', /^us-gov-(east|west)-\d$/],
  ['aws-iso', /^us-iso-(east|west)-\d$/],
  ['aws-iso-b', /^us-isob-(east|west)-\d$/],
  ['aws-iso-e', /^eu-isoe-(north|south|east|west|central)-\d$/],
  ['aws-iso-f', /^us-isof-(south|east|west)-\d$/],
]);

/** True for a key ARN of the filter's partition and accounts, in a region of that partition. */
export function arnIsIn(arn: string, filter: DiscoveryFilter): boolean {
  const parts = parseKeyArn(arn);
  if (parts === undefined || parts.partition !== filter.partition || !filter.accountIDs.includes(parts.account)) return false;
  return REGIONS.get(parts.partition)?.test(parts.region) ?? false;
}
