import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { setOwn } from '../bytes/own-property.ts';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError, isFieldsealError } from '../errors.ts';
import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE } from '../format/header.ts';
import { notAuthentic } from '../format/not-authentic.ts';
import type { Terminal } from '../format/terminal.ts';
import { decryptRecord, type OpenedRecord } from '../record/decrypt.ts';
import { encryptRecord } from '../record/encrypt.ts';
import type { RecordSetup } from '../record/setup.ts';
import { RESERVED_PREFIX } from '../schema/structure.ts';
import type { AttributeMap } from './attribute-value.ts';
import { copyItem } from './copy.ts';
import { deserialize } from './deserialize.ts';
import { refuseLargeItem } from './item-size.ts';
import { type Purpose, serialize } from './serialize.ts';

/** Whether an item is encrypted: it has both a header and a footer. One of the two alone is not authentic. */
export function isEncrypted(item: AttributeMap): boolean {
  const header = Object.hasOwn(item, HEADER_ATTRIBUTE);
  if (header !== Object.hasOwn(item, FOOTER_ATTRIBUTE)) throw notAuthentic('footer');
  return header;
}

/** Throws ATTRIBUTE_RESERVED, or ITEM_ALREADY_ENCRYPTED, for an item that has attributes of the format. */
export function refuseReservedNames(item: AttributeMap): void {
  if (Object.hasOwn(item, HEADER_ATTRIBUTE) || Object.hasOwn(item, FOOTER_ATTRIBUTE)) {
    throw new FieldsealError(
      'ITEM_ALREADY_ENCRYPTED',
      `the item already has "${HEADER_ATTRIBUTE}" or "${FOOTER_ATTRIBUTE}"; decrypt it before you write it`,
    );
  }
  const reserved = Object.keys(item).find(name => name.startsWith(RESERVED_PREFIX));
  if (reserved !== undefined) {
    throw new FieldsealError(
      'ATTRIBUTE_RESERVED',
      `attribute ${quoted(reserved)}: names that start with ${RESERVED_PREFIX} belong to the format; rename it`,
    );
  }
}

/** Encrypts an item in DynamoDB's own form, which nobody else may change meanwhile, into a new one; attributes that are not encrypted are passed on as they are. */
export async function encryptAttributes(setup: RecordSetup, item: AttributeMap): Promise<AttributeMap> {
  refuseReservedNames(item);
  const { sealed, header, footer } = await encryptRecord(setup, signedFields(setup, item, 'write'));
  const encrypted: AttributeMap = {};
  for (const [name, value] of Object.entries(item)) {
    const stored = sealed.get(name);
    setOwn(encrypted, name, stored === undefined ? value : { B: stored });
  }
  encrypted[HEADER_ATTRIBUTE] = { B: header };
  encrypted[FOOTER_ATTRIBUTE] = { B: footer };
  refuseLargeItem(encrypted);
  return encrypted;
}

/** A decrypted item and what was verified about it. */
export interface OpenedItem {
  readonly item: AttributeMap;
  readonly record: OpenedRecord;
}

/** Names of encrypted attributes; or what tells them of the attributes that were verified and are in clear. */
export type WantedAttributes = ReadonlySet<string> | ((verified: AttributeMap) => ReadonlySet<string>) | undefined;

/** Verifies an encrypted item and decrypts it, or only the `wanted` ones of its encrypted attributes; the others are left out. */
export async function decryptAttributes(setup: RecordSetup, given: AttributeMap, wanted?: WantedAttributes): Promise<OpenedItem> {
  const stored = copyItem(given);
  const header = binaryOf(stored, HEADER_ATTRIBUTE);
  const footer = binaryOf(stored, FOOTER_ATTRIBUTE);
  const fields = signedFields(setup, stored, 'verify');
  const names = typeof wanted === 'function' ? (legend: OpenedRecord['legend']) => wanted(inClear(stored, legend)) : wanted;
  const record = await decryptRecord(setup, { header, footer, fields }, names);
  const item: AttributeMap = {};
  for (const [name, value] of Object.entries(stored)) {
    if (name.startsWith(RESERVED_PREFIX)) continue;
    const opened = openedValue(record, name, value);
    if (opened !== undefined) setOwn(item, name, opened);
  }
  return { item, record };
}

/** By what the item's writer did, which was verified, not by the schema of today. */
function inClear(stored: AttributeMap, legend: OpenedRecord['legend']): AttributeMap {
  return Object.fromEntries(Object.entries(stored).filter(([name]) => ['s', 'c'].includes(legend.get(name) ?? '')));
}

function openedValue({ legend, opened }: OpenedRecord, name: string, value: AttributeValue): AttributeValue | undefined {
  if (legend.get(name) !== 'e') return value;
  const terminal = opened.get(name);
  return terminal && inAttribute(name, 'MALFORMED', () => deserialize(terminal));
}

function signedFields({ structure }: RecordSetup, item: AttributeMap, purpose: Purpose): Map<string, Terminal> {
  const code = purpose === 'write' ? 'ATTRIBUTE_INVALID' : 'MALFORMED';
  const fields = new Map<string, Terminal>();
  for (const [name, value] of Object.entries(item)) {
    if (structure.isSigned(name))
      fields.set(
        name,
        inAttribute(name, code, () => serialize(value, purpose)),
      );
  }
  return fields;
}

/** The bytes of a header or footer. Throws MALFORMED when they are not there. */
export function binaryOf(item: AttributeMap, name: string): Uint8Array {
  const bytes = item[name]?.B;
  if (bytes instanceof Uint8Array) return bytes;
  throw new FieldsealError('MALFORMED', `attribute "${name}" is missing or not binary`);
}

/** Adds the attribute's name to a failure of its value. */
function inAttribute<T>(name: string, code: 'ATTRIBUTE_INVALID' | 'MALFORMED', work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isFieldsealError(error) || error.code === 'NOT_AUTHENTIC') throw error;
    throw new FieldsealError(code, `attribute ${quoted(name)}: ${error.message}`);
  }
}
