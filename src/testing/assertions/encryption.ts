import { Buffer } from 'node:buffer';
import { quoted } from '../../bytes/quoted.ts';
import { utf8 } from '../../bytes/utf8.ts';
import { FieldsealError } from '../../errors.ts';
import type { EncryptedDataKey } from '../../format/header.ts';
import type { Table } from '../../schema/table.ts';
import type { Fact } from './fact.ts';
import { type FoundItem, partsOf } from './received.ts';
import { encryptedNames, readStored, type StoredItem } from './stored-item.ts';

/** What is expected of an encrypted item. */
export interface EncryptionExpectation {
  /** Attributes that must be there, be binary, and be encrypted according to the header. */
  readonly attributes?: readonly string[];
  /** Needed where unsigned attributes leave open which attributes the header speaks of. */
  readonly table?: Pick<Table, 'structure'>;
}

type Encrypted = Extract<StoredItem, { kind: 'encrypted' }>;

const HIERARCHY_PROVIDER = 'aws-kms-hierarchy';
/** What follows the name of a raw AES key: lengths of tag and IV, and the IV. */
const RAW_AES_SUFFIX = 20;

/** Whether each item, or each of the named attributes of each item, is encrypted. */
export function encryptionFacts(received: unknown, { attributes = [], table }: EncryptionExpectation = {}): Fact[] {
  return partsOf(received).items.flatMap(found => {
    const stored = readStored(found.item);
    if (stored.kind === 'damaged') return [damaged(found, stored.why)];
    if (attributes.length > 0) return attributes.map(name => attributeFact(found, stored, name, table));
    return [stored.kind === 'encrypted' ? { holds: 'yes', says: `${found.name} is encrypted` } : inClear(found, 'no')];
  });
}

/**
 * Whether each item has a data key that one key wrapped: a KMS key by ARN or id, a branch key by id, a raw key by name. Throws
 * INPUT_INVALID.
 */
export function keyFacts(received: unknown, keyId: string): Fact[] {
  if (typeof keyId !== 'string' || keyId === '') throw new FieldsealError('INPUT_INVALID', 'a key id is a text that is not empty');
  if (/^alias\/|^arn:.*:alias\//.test(keyId))
    throw new FieldsealError('INPUT_INVALID', 'an item names its KMS key by ARN: give the ARN or the id of the key, not an alias');
  return wrappingFacts(received, readable(utf8(keyId)), edk => isUnder(edk, keyId));
}

/** Whether each item has a data key that the branch key wrapped. */
export function branchKeyFacts(received: unknown, branchKeyId: string): Fact[] {
  const isUnderBranchKey = ({ providerId, providerInfo }: EncryptedDataKey): boolean =>
    providerId === HIERARCHY_PROVIDER && utf8(branchKeyId).equals(providerInfo);
  return wrappingFacts(received, `branch key ${readable(utf8(branchKeyId))}`, isUnderBranchKey);
}

function wrappingFacts(received: unknown, key: string, isUnderIt: (edk: EncryptedDataKey) => boolean): Fact[] {
  return partsOf(received).items.map((found): Fact => {
    const stored = readStored(found.item);
    if (stored.kind === 'damaged') return damaged(found, stored.why);
    if (stored.kind === 'in clear') return inClear(found, 'neither');
    const { encryptedDataKeys } = stored.header;
    if (encryptedDataKeys.some(isUnderIt)) return { holds: 'yes', says: `${found.name} is encrypted under ${key}` };
    const others = encryptedDataKeys.map(({ providerInfo }) => readable(providerInfo)).join(', ');
    return { holds: 'no', says: `${found.name} is not encrypted under ${key}, but under ${others}` };
  });
}

function attributeFact(
  found: FoundItem,
  stored: Exclude<StoredItem, { kind: 'damaged' }>,
  name: string,
  table: EncryptionExpectation['table'],
): Fact {
  const attribute = `attribute ${quoted(name)} of ${found.name}`;
  if (!Object.hasOwn(found.item, name)) return { holds: 'neither', says: `${attribute} is not there` };
  if (stored.kind === 'in clear') return inClear(found, 'no');
  return encryptedAttributeFact(found, stored, name, attribute, table);
}

function encryptedAttributeFact(
  { item }: FoundItem,
  { header }: Encrypted,
  name: string,
  attribute: string,
  table: EncryptionExpectation['table'],
): Fact {
  const encrypted = encryptedNames(item, header, table);
  if (encrypted?.has(name)) return { holds: 'yes', says: `${attribute} is encrypted` };
  if (encrypted !== undefined) return { holds: 'no', says: `${attribute} is not encrypted` };
  const hint = table === undefined ? 'some attributes are unsigned: give `table`' : 'the table signs other attributes than the item has';
  return { holds: 'neither', says: `whether ${attribute} is encrypted cannot be told, because ${hint}` };
}

function isUnder({ providerInfo }: EncryptedDataKey, keyId: string): boolean {
  const info = Buffer.from(providerInfo);
  const name = utf8(keyId);
  if (info.equals(name) || (info.length === name.length + RAW_AES_SUFFIX && info.subarray(0, name.length).equals(name))) return true;
  return info.toString('utf8').endsWith(`:key/${keyId}`);
}

/** A key id in whole, and of the binary that names a raw key the part that is its name. */
function readable(providerInfo: Uint8Array): string {
  const [text = ''] = /^[\x20-\x7e]*/.exec(Buffer.from(providerInfo).toString('latin1')) ?? [];
  return text === '' ? 'a key without a readable name' : `"${text}"`;
}

function inClear({ name }: FoundItem, holds: 'no' | 'neither'): Fact {
  return { holds, says: `${name} is not encrypted: it has neither header nor footer` };
}

function damaged({ name }: FoundItem, why: string): Fact {
  return { holds: 'neither', says: `${name} is damaged: ${why}` };
}
