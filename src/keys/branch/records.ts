import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';

/** Attribute names of AWS's key store table (branch-key-store.md, "Record Format"). */
export const PARTITION = 'branch-key-id';
export const TYPE = 'type';
export const CIPHERTEXT = 'enc';
export const VERSION = 'version';
export const KMS_ARN = 'kms-arn';
export const CREATE_TIME = 'create-time';
export const CUSTOM_CONTEXT_PREFIX = 'aws-crypto-ec:';
const HIERARCHY_VERSION = 'hierarchy-version';
const LOGICAL_TABLE = 'tablename';

/** What `type` can be. */
export const ACTIVE_TYPE = 'branch:ACTIVE';
export const BEACON_TYPE = 'beacon:ACTIVE';
const VERSION_TYPE_PREFIX = 'branch:version:';

/** A record of ours: the branch key was shredded. AWS's libraries read records by their type, and never this one. */
export const TOMBSTONE_TYPE = 'fieldseal:shredded';
export const SHRED_TIME = 'shred-time';

const REQUIRED = [PARTITION, TYPE, KMS_ARN, CREATE_TIME, HIERARCHY_VERSION];

/** The only one in which `enc` is the key itself, and all other attributes are its encryption context. */
const KNOWN_HIERARCHY_VERSION = '1';

/** A record as DynamoDB gives it. */
export type RecordItem = Readonly<Record<string, AttributeValue>>;

/** A key store record, ready to be decrypted: `context` is the encryption context of its ciphertext. */
export interface KeyRecord {
  readonly branchKeyId: string;
  readonly kmsArn: string;
  /** To the second; undefined for a time of another form. */
  readonly createTime: string | undefined;
  readonly ciphertext: Uint8Array;
  readonly context: Readonly<Record<string, string>>;
}

/** The record of the active version, or of any version. */
export interface BranchKeyRecord extends KeyRecord {
  readonly version: string;
}

/** The type of the record of one version. */
export function versionType(version: string): string {
  return VERSION_TYPE_PREFIX + version;
}

/** The version that a record's type, or the attribute `version` of the active record, names. */
export function versionOf(type: string | undefined): string | undefined {
  return type?.startsWith(VERSION_TYPE_PREFIX) ? type.slice(VERSION_TYPE_PREFIX.length) : undefined;
}

/** The DynamoDB key of a record. */
export function recordKey(branchKeyId: string, type: string): Record<string, AttributeValue> {
  return { [PARTITION]: { S: branchKeyId }, [TYPE]: { S: type } };
}

/** Which record was asked for, in a key store of which logical name. */
export interface AskedRecord {
  readonly branchKeyId: string;
  readonly type: string;
  readonly logicalName: string;
}

/** Reads a record. Throws MALFORMED for one that AWS's key stores would not write, or that is not the one asked for. */
export function parseRecord(item: RecordItem, { branchKeyId, type, logicalName }: AskedRecord): KeyRecord {
  const ciphertext = item[CIPHERTEXT]?.B;
  if (ciphertext === undefined) throw malformed(branchKeyId, `"${CIPHERTEXT}" is missing or not binary`);
  const context = contextOf(item, branchKeyId);
  const missing = REQUIRED.filter(name => context[name] === undefined);
  if (missing.length > 0) throw malformed(branchKeyId, `it lacks ${missing.join(', ')}`);
  if (context[PARTITION] !== branchKeyId || context[TYPE] !== type) {
    throw malformed(branchKeyId, 'it belongs to another branch key or version');
  }
  if (context[HIERARCHY_VERSION] !== KNOWN_HIERARCHY_VERSION) {
    throw malformed(branchKeyId, `"${HIERARCHY_VERSION}" is not ${KNOWN_HIERARCHY_VERSION}`);
  }
  if ((context[VERSION] !== undefined) !== (type === ACTIVE_TYPE)) {
    throw malformed(branchKeyId, `"${VERSION}" belongs to the active record, and to no other`);
  }
  context[LOGICAL_TABLE] = logicalName;
  return {
    branchKeyId,
    kmsArn: context[KMS_ARN] ?? '',
    createTime: toTheSecond(context[CREATE_TIME] ?? ''),
    ciphertext,
    context: Object.freeze(context),
  };
}

/** Reads the record of a branch key version. Throws MALFORMED as {@link parseRecord}, and for an active record that names no version. */
export function parseBranchKey(item: RecordItem, asked: AskedRecord): BranchKeyRecord {
  const record = parseRecord(item, asked);
  const version = versionOf(asked.type === ACTIVE_TYPE ? record.context[VERSION] : asked.type);
  if (!version) throw malformed(asked.branchKeyId, `"${VERSION}" names no version`);
  return { ...record, version };
}

/** Every attribute except the ciphertext, as text. */
function contextOf(item: RecordItem, branchKeyId: string): Record<string, string> {
  const context: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(item)) {
    if (name === CIPHERTEXT) continue;
    const text = name === HIERARCHY_VERSION ? value.N : value.S;
    if (text === undefined || !isKnown(name)) throw malformed(branchKeyId, 'it has an attribute of unknown name or type');
    context[name] = text;
  }
  return context;
}

/** Without its fraction: Java's library writes 321 milliseconds as `.000321`, that for JavaScript as `.321000`. */
function toTheSecond(time: string): string | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=([.:]\d+)?Z$)/.exec(time)?.[0].concat('Z');
}

function isKnown(name: string): boolean {
  return REQUIRED.includes(name) || name === VERSION || name.startsWith(CUSTOM_CONTEXT_PREFIX);
}

function malformed(branchKeyId: string, reason: string): FieldsealError {
  return new FieldsealError('MALFORMED', `key store record of branch key ${quoted(branchKeyId)}: ${reason}`);
}
