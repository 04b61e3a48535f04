import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FieldsealError } from '../../errors.ts';

/** Attribute names of AWS's key store table (branch-key-store.md, "Record Format"). */
const PARTITION = 'branch-key-id';
const TYPE = 'type';
const CIPHERTEXT = 'enc';
const VERSION = 'version';
const KMS_ARN = 'kms-arn';
const CREATE_TIME = 'create-time';
const HIERARCHY_VERSION = 'hierarchy-version';
const CUSTOM_CONTEXT_PREFIX = 'aws-crypto-ec:';
const ACTIVE_TYPE = 'branch:ACTIVE';
const VERSION_TYPE_PREFIX = 'branch:version:';
const LOGICAL_TABLE = 'tablename';

const REQUIRED = [PARTITION, TYPE, KMS_ARN, CREATE_TIME];

/** A key store record, ready to be decrypted: `context` is the encryption context of its ciphertext. */
export interface BranchKeyRecord {
  readonly branchKeyId: string;
  readonly version: string;
  readonly kmsArn: string;
  readonly ciphertext: Uint8Array;
  readonly context: Readonly<Record<string, string>>;
}

/** The DynamoDB key of the active record, or of the record of one version. */
export function recordKey(branchKeyId: string, version?: string): Record<string, AttributeValue> {
  return { [PARTITION]: { S: branchKeyId }, [TYPE]: { S: version === undefined ? ACTIVE_TYPE : VERSION_TYPE_PREFIX + version } };
}

/** Reads a record. Throws MALFORMED for one that AWS's key stores would not write, or that is not the one asked for. */
export function parseRecord(
  item: Readonly<Record<string, AttributeValue>>,
  branchKeyId: string,
  type: string,
  logicalName: string,
): BranchKeyRecord {
  const malformed = (reason: string): FieldsealError =>
    new FieldsealError('MALFORMED', `key store record of branch key "${branchKeyId}": ${reason}`);
  const ciphertext = item[CIPHERTEXT]?.B;
  if (ciphertext === undefined) throw malformed(`"${CIPHERTEXT}" is missing or not binary`);
  const context: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(item)) {
    if (name === CIPHERTEXT) continue;
    const text = name === HIERARCHY_VERSION ? value.N : value.S;
    if (text === undefined || !isKnown(name)) throw malformed('it has an attribute of unknown name or type');
    context[name] = text;
  }
  const missing = REQUIRED.filter(name => context[name] === undefined);
  if (missing.length > 0 || context[HIERARCHY_VERSION] === undefined)
    throw malformed(`it lacks ${[...missing, HIERARCHY_VERSION].join(', ')}`);
  if (context[PARTITION] !== branchKeyId || context[TYPE] !== type) throw malformed('it belongs to another branch key or version');
  const versionName = type === ACTIVE_TYPE ? context[VERSION] : type;
  if (!versionName?.startsWith(VERSION_TYPE_PREFIX)) throw malformed(`"${VERSION}" names no version`);
  context[LOGICAL_TABLE] = logicalName;
  return {
    branchKeyId,
    version: versionName.slice(VERSION_TYPE_PREFIX.length),
    kmsArn: context[KMS_ARN] ?? '',
    ciphertext,
    context: Object.freeze(context),
  };
}

function isKnown(name: string): boolean {
  return REQUIRED.includes(name) || name === HIERARCHY_VERSION || name === VERSION || name.startsWith(CUSTOM_CONTEXT_PREFIX);
}
