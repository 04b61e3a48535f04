import { Buffer } from 'node:buffer';
import { compareBytes } from '../bytes/compare.ts';
import { quoted } from '../bytes/quoted.ts';
import type { ByteReader } from '../bytes/reader.ts';
import { compareUtf8, decodeUtf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { FieldsealError } from '../errors.ts';
import { type Terminal, TypeId } from './terminal.ts';

/** An encryption context: frozen and without a prototype. Its order means nothing (objects put keys such as "1" first): what is written is sorted. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** Header and key-wrapping entry of the P-384 public key. */
export const PUBLIC_KEY_ENTRY = 'aws-crypto-public-key';
/** Prefix of the entries that hold attributes. */
export const ATTRIBUTE_ENTRY_PREFIX = 'aws-crypto-attr.';

const TABLE_ENTRY = 'aws-crypto-table-name';
const PARTITION_ENTRY = 'aws-crypto-partition-name';
const SORT_ENTRY = 'aws-crypto-sort-name';
const LEGEND_ENTRY = 'aws-crypto-legend';
const MOST_BYTES = 0xffff;
const U16_LENGTH = 2;

/** What identifies an item: the source of its base context (encrypt-item.md, "Base Context"). */
export interface ContextSource {
  readonly version: 1 | 2;
  readonly logicalTableName: string;
  readonly partitionKeyName: string;
  readonly sortKeyName: string | undefined;
  /** Names of the attributes whose legend is 'c'; unused in version 1. */
  readonly contextNames: readonly string[];
  /** The signed attributes by name. */
  readonly fields: ReadonlyMap<string, Terminal>;
}

/** The entries that are rebuilt from the item and never stored. Throws ATTRIBUTE_MISSING when a key attribute is absent. */
export function baseContext(source: ContextSource): EncryptionContext {
  const context = emptyContext();
  context[TABLE_ENTRY] = source.logicalTableName;
  context[PARTITION_ENTRY] = source.partitionKeyName;
  if (source.sortKeyName !== undefined) context[SORT_ENTRY] = source.sortKeyName;
  if (source.version === 1) addKeyAttributes(context, source);
  else addContextAttributes(context, source);
  return Object.freeze(context);
}

/** Joins entries into one context. A key in both with different values gives undefined. */
export function mergeContexts(a: EncryptionContext, b: EncryptionContext): EncryptionContext | undefined {
  if (Object.keys(b).length === 0) return a;
  const merged = Object.assign(emptyContext(), a);
  for (const [key, value] of Object.entries(b)) {
    if ((merged[key] ?? value) !== value) return undefined;
    merged[key] = value;
  }
  return Object.freeze(merged);
}

/** Freezes entries; own keys such as `__proto__` stay keys. */
export function freezeContext(entries: Iterable<readonly [string, string]>): EncryptionContext {
  const context = emptyContext();
  for (const [key, value] of entries) context[key] = value;
  return Object.freeze(context);
}

function emptyContext(): Record<string, string> {
  return Object.create(null);
}

/** u16 count, then u16-length-prefixed keys and values in key order. Throws ATTRIBUTE_INVALID for entries over 65,535 bytes. */
export function serializeContext(context: EncryptionContext): Uint8Array {
  const keys = Object.keys(context).sort(compareUtf8);
  if (keys.length > MOST_BYTES) throw new FieldsealError('INPUT_INVALID', `an encryption context has at most ${MOST_BYTES} entries`);
  const writer = new ByteWriter(512).u16(keys.length);
  for (const key of keys) {
    writeText(writer, key, key);
    writeText(writer, key, context[key] ?? '');
  }
  return writer.finish();
}

/** Reads what {@link serializeContext} wrote. Keys must ascend strictly. */
export function readContext(reader: ByteReader): EncryptionContext {
  const context = emptyContext();
  let previous: Uint8Array | undefined;
  for (let count = reader.u16(); count > 0; count--) {
    const key = reader.take(reader.u16());
    const value = reader.take(reader.u16());
    if (previous !== undefined && compareBytes(previous, key) >= 0) throw reader.malformed('encryption context keys do not ascend');
    const keyText = decodeUtf8(key);
    const valueText = decodeUtf8(value);
    if (keyText === undefined || valueText === undefined) throw reader.malformed('the encryption context is not UTF-8');
    context[keyText] = valueText;
    previous = key;
  }
  return Object.freeze(context);
}

function addKeyAttributes(context: Record<string, string>, source: ContextSource): void {
  const { partitionKeyName, sortKeyName, fields } = source;
  for (const name of sortKeyName === undefined ? [partitionKeyName] : [partitionKeyName, sortKeyName]) {
    context[ATTRIBUTE_ENTRY_PREFIX + name] = typedBase64(attribute(fields, name));
  }
}

function addContextAttributes(context: Record<string, string>, source: ContextSource): void {
  let legend = '';
  for (const name of [...source.contextNames].sort(compareUtf8)) {
    const [text, kind] = readable(attribute(source.fields, name));
    context[ATTRIBUTE_ENTRY_PREFIX + name] = text;
    legend += kind;
  }
  context[LEGEND_ENTRY] = legend;
}

/** The version 2 text of a value and its letter in the context's own legend: S, N, L(iteral) or B(ase64). */
function readable(terminal: Terminal): readonly [text: string, kind: 'S' | 'N' | 'L' | 'B'] {
  const { typeId, value } = terminal;
  const text = (): string => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  if (typeId === TypeId.STRING) return [text(), 'S'];
  if (typeId === TypeId.NUMBER) return [text(), 'N'];
  if (typeId === TypeId.NULL) return ['null', 'L'];
  if (typeId === TypeId.BOOLEAN) return [value[0] === 1 ? 'true' : 'false', 'L'];
  return [typedBase64(terminal), 'B'];
}

function typedBase64({ typeId, value }: Terminal): string {
  const bytes = Buffer.allocUnsafe(2 + value.length);
  bytes.writeUInt16BE(typeId);
  bytes.set(value, 2);
  return bytes.toString('base64');
}

function attribute(fields: ReadonlyMap<string, Terminal>, name: string): Terminal {
  const terminal = fields.get(name);
  if (terminal === undefined)
    throw new FieldsealError('ATTRIBUTE_MISSING', `attribute ${quoted(name)} belongs to the encryption context and is missing`);
  return terminal;
}

function writeText(writer: ByteWriter, key: string, text: string): void {
  const lengthPlace = writer.length;
  const length = writer.u16(0).text(text).length - lengthPlace - U16_LENGTH;
  if (length > MOST_BYTES) {
    throw new FieldsealError(
      'ATTRIBUTE_INVALID',
      `encryption context entry ${quoted(key)} is over ${MOST_BYTES} bytes; shorten the attribute`,
    );
  }
  writer.patchU16(lengthPlace, length);
}
