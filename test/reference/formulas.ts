/**
 * What writing and reading an item have in common: scope, canonical order, encryption context, key derivation and the canonical record.
 */
import { Buffer } from 'node:buffer';
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { serialize, utf8 } from './serialize.ts';

export type Item = Record<string, AttributeValue>;
export type Action = 'ENCRYPT_AND_SIGN' | 'SIGN_ONLY' | 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' | 'DO_NOTHING';

/** DB-ESDK's names (ddb-table-encryption-config.md). */
export interface Config {
  readonly logicalTableName: string;
  readonly partitionKeyName: string;
  readonly sortKeyName?: string | undefined;
  readonly attributeActionsOnEncrypt: Readonly<Record<string, Action>>;
  readonly allowedUnsignedAttributes?: readonly string[] | undefined;
  readonly allowedUnsignedAttributePrefix?: string | undefined;
}

/** 0x6700 or 0x6701 (algorithm-suites.md, "DBE Algorithm Suites"). */
export type Suite = 'symmetric' | 'ecdsa';

/** header.md, "Encrypt Legend Bytes": e is encrypted and signed, s signed, c signed and in the encryption context. */
export type Legend = 'e' | 's' | 'c';

/** An attribute that the footer covers. For `e`, `bytes` is what is stored: type id, ciphertext and tag. Otherwise type id and value. */
export interface Field {
  readonly name: string;
  readonly legend: Legend;
  readonly bytes: Buffer;
}

export type Context = ReadonlyMap<string, string>;

export const HEADER = 'aws_dbe_head';
export const FOOTER = 'aws_dbe_foot';
export const PUBLIC_KEY = 'aws-crypto-public-key';

// --- scope and order (encrypt-item.md, "Behavior"; decrypt-item.md, "Signature Scope"; header.md, "Canonical Path")

export function isSigned(config: Config, name: string): boolean {
  const prefix = config.allowedUnsignedAttributePrefix || undefined;
  if (name.startsWith('aws_dbe_')) return false;
  if (config.allowedUnsignedAttributes?.includes(name)) return false;
  return prefix === undefined || !name.startsWith(prefix);
}

/** The length of the name counts UTF-16 code units, although its bytes are UTF-8: so do AWS's implementations, whose strings are UTF-16. */
export function canonicalPath(config: Config, name: string): Buffer {
  return Buffer.concat([utf8(config.logicalTableName), u64(1), utf8('$'), u64(name.length), utf8(name)]);
}

export function signedNames(config: Config, item: Item): string[] {
  const names = Object.keys(item).filter(name => isSigned(config, name));
  if (names.length === 0) throw new Error('nothing is signed');
  return names.sort((a, b) => Buffer.compare(canonicalPath(config, a), canonicalPath(config, b)));
}

// --- encryption context (encrypt-item.md, "Base Context Value Version 1" and "2")

export function versionOf(config: Config): 1 | 2 {
  return Object.values(config.attributeActionsOnEncrypt).includes('SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT') ? 2 : 1;
}

/** `included`: the attributes with legend c. */
export function baseContext(config: Config, version: 1 | 2, included: readonly string[], item: Item): Map<string, string> {
  const { logicalTableName, partitionKeyName, sortKeyName } = config;
  const context = new Map([
    ['aws-crypto-table-name', logicalTableName],
    ['aws-crypto-partition-name', partitionKeyName],
  ]);
  if (sortKeyName !== undefined) context.set('aws-crypto-sort-name', sortKeyName);
  if (version === 1) {
    for (const name of [partitionKeyName, sortKeyName]) {
      if (name !== undefined) context.set(`aws-crypto-attr.${name}`, base64(attributeOf(item, name)));
    }
    return context;
  }
  for (const name of included) context.set(`aws-crypto-attr.${name}`, readableText(attributeOf(item, name)));
  context.set(
    'aws-crypto-legend',
    byUtf8(included)
      .map(name => legendOf(attributeOf(item, name)))
      .join(''),
  );
  return context;
}

export function attributeOf(item: Item, name: string): AttributeValue {
  const value = Object.hasOwn(item, name) ? item[name] : undefined;
  if (value === undefined) throw new Error(`the item has no attribute ${name}`);
  return value;
}

function readableText(value: AttributeValue): string {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return serialize(value).value.toString();
  if (value.NULL !== undefined) return 'null';
  if (value.BOOL !== undefined) return String(value.BOOL);
  return base64(value);
}

function legendOf(value: AttributeValue): string {
  if (value.S !== undefined) return 'S';
  if (value.N !== undefined) return 'N';
  return value.NULL !== undefined || value.BOOL !== undefined ? 'L' : 'B';
}

function base64(value: AttributeValue): string {
  return typedBytes(value).toString('base64');
}

export function typedBytes(value: AttributeValue): Buffer {
  const { type, value: bytes } = serialize(value);
  return Buffer.concat([Buffer.from(type, 'hex'), bytes]);
}

export function byUtf8(names: Iterable<string>): string[] {
  return [...names].sort((a, b) => Buffer.compare(utf8(a), utf8(b)));
}

/** header.md, "Encryption Context"; the same bytes are the additional authenticated data of keyrings. */
export function contextBytes(context: Context): Buffer {
  const pairs = byUtf8(context.keys()).flatMap(key => [counted(utf8(key)), counted(utf8(context.get(key) ?? ''))]);
  return Buffer.concat([u16(context.size), ...pairs]);
}

// --- keys (header.md, "Commitment"; encrypt-path-structure.md, "Calculate Cipherkey and Nonce"; algorithm-suites.md, "Intermediate Key Wrapping")

export function derive(key: Buffer, info: string, messageId: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.from(hkdfSync('sha512', key, Buffer.alloc(0), Buffer.concat([utf8(info), messageId]), 32));
}

/** header.md speaks of SHA-384; AWS's implementations use SHA-512, and no vector opens otherwise. */
export function commitment(dataKey: Buffer, messageId: Buffer, headerBody: Buffer): Buffer {
  const key = derive(dataKey, 'AWS_DBE_COMMIT_KEY', messageId);
  return createHmac('sha512', key).update(headerBody).digest().subarray(0, 32);
}

/** `index` counts the encrypted attributes only, in canonical order. */
export function fieldKey(dataKey: Buffer, messageId: Buffer, index: number): { readonly key: Buffer; readonly nonce: Buffer } {
  const root = derive(dataKey, 'AWS_DBE_DERIVE_KEY', messageId);
  const counter = Buffer.concat([utf8('AwsDbeField'), Buffer.from([0x2c]), u32(3 * index)]);
  const stream = createCipheriv('aes-256-ctr', root, counter).update(Buffer.alloc(44));
  return { key: stream.subarray(0, 32), nonce: stream.subarray(32) };
}

// --- footer (footer.md, "Canonical Hash")

export function recordHash(config: Config, header: Buffer, context: Context, fields: readonly Field[]): Buffer {
  const aad = contextBytes(context);
  const parts = fields.map(({ name, legend, bytes }) => {
    const length = u64(bytes.length - 2); // without the type id
    return Buffer.concat([canonicalPath(config, name), length, utf8(legend === 'e' ? 'ENCRYPTED' : 'PLAINTEXT'), bytes]);
  });
  return createHash('sha384')
    .update(Buffer.concat([header, u64(aad.length), aad, ...parts]))
    .digest();
}

// --- integers, big-endian

export function u8(number: number): Buffer {
  return Buffer.from([number]);
}

export function u16(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}

export function u32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

export function u64(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
}

/** Behind its length in two bytes. */
export function counted(bytes: Buffer): Buffer {
  return Buffer.concat([u16(bytes.length), bytes]);
}
