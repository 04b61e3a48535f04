/**
 * Verifies and decrypts an item, in the order of decrypt-path-structure.md: header, legend, encryption context, data key, commitment, footer,
 * fields. Throws at the first thing that is wrong. What an attribute is follows from the header, not from the configured actions.
 */
import { Buffer } from 'node:buffer';
import { createHmac, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  attributeOf,
  baseContext,
  byUtf8,
  type Config,
  type Context,
  canonicalPath,
  commitment,
  type Field,
  FOOTER,
  fieldKey,
  HEADER,
  type Item,
  type Legend,
  PUBLIC_KEY,
  recordHash,
  type Suite,
  signedNames,
  typedBytes,
} from './formulas.ts';
import { deserialize } from './serialize.ts';
import { type EncryptedDataKey, macKey, open, type Unwrapped, unwrap, type WrappingKey } from './wrapping.ts';

export interface ReadRequest {
  readonly config: Config;
  /** Any of them may be the one that opens the item. */
  readonly keys: readonly WrappingKey[];
  readonly item: Item;
}

export function readItem({ config, keys, item }: ReadRequest): Item {
  const headerBytes = bytesOf(item, HEADER);
  const header = parseHeader(headerBytes);

  const names = signedNames(config, item);
  if (header.legend.length > names.length) throw new Error('an attribute was removed');
  if (header.legend.length < names.length) throw new Error('an attribute was added');
  const fields = names.map((name, index) => fieldOf(item, name, header.legend[index]));

  const included = fields.filter(field => field.legend === 'c').map(field => field.name);
  const context = withStored(baseContext(config, header.version, included, item), header);
  const { dataKey, intermediateKey } = firstUnwrapped(keys, header.dataKeys, context);

  const committed = commitment(dataKey, header.messageId, headerBytes.subarray(0, -32));
  if (!committed.equals(headerBytes.subarray(-32))) throw new Error('the header does not commit to the data key');

  const hash = recordHash(config, headerBytes, context, fields);
  verifyFooter(bytesOf(item, FOOTER), hash, macKey(intermediateKey), header, context);
  return Object.fromEntries(openedEntries(config, item, fields, header, dataKey));
}

export interface Header {
  readonly version: 1 | 2;
  readonly suite: Suite;
  readonly messageId: Buffer;
  readonly legend: readonly Legend[];
  /** The entries that the header stores: all but the required ones. */
  readonly stored: readonly (readonly [key: string, value: string])[];
  readonly dataKeys: readonly EncryptedDataKey[];
}

/** header.md, "Format". */
export function parseHeader(bytes: Buffer): Header {
  let at = 0;
  const take = (length: number): Buffer => {
    at += length;
    if (at > bytes.length) throw new Error('the header is cut short');
    return bytes.subarray(at - length, at);
  };
  const u8 = (): number => take(1).readUInt8();
  const u16 = (): number => take(2).readUInt16BE();
  const text = (): string => take(u16()).toString('utf8');

  const version = u8();
  const flavor = u8();
  if (version !== 1 && version !== 2) throw new Error(`version ${version} is not known`);
  if (flavor !== 0 && flavor !== 1) throw new Error(`flavor ${flavor} is not known`);
  const messageId = take(32);
  const legend = [...text()].map(letter => legendOf(letter, version));
  const stored = Array.from({ length: u16() }, () => [text(), text()] as const);
  const dataKeys = Array.from({ length: u8() }, () => ({ providerId: text(), providerInfo: take(u16()), ciphertext: take(u16()) }));
  if (dataKeys.length === 0) throw new Error('the header has no encrypted data key');
  take(32);
  if (at !== bytes.length) throw new Error('the header has too many bytes');
  return { version, suite: flavor === 1 ? 'ecdsa' : 'symmetric', messageId, legend, stored, dataKeys };
}

function legendOf(letter: string, version: 1 | 2): Legend {
  if (letter === 'e' || letter === 's' || (letter === 'c' && version === 2)) return letter;
  throw new Error(`the legend has a ${letter} in version ${version}`);
}

/** What an attribute contributes to the footer: as it is stored when it is encrypted, else serialised. */
function fieldOf(item: Item, name: string, legend: Legend | undefined): Field {
  if (legend === undefined) throw new Error('the legend is too short');
  return { name, legend, bytes: legend === 'e' ? bytesOf(item, name) : typedBytes(attributeOf(item, name)) };
}

function bytesOf(item: Item, name: string): Buffer {
  const bytes = attributeOf(item, name).B;
  if (bytes === undefined) throw new Error(`${name} must be bytes`);
  return Buffer.from(bytes);
}

/** decrypt-path-structure.md: an entry that is both rebuilt and stored must be the same; default-cmm.md: the public key goes with the suite. */
function withStored(context: Map<string, string>, { suite, stored }: Header): Context {
  const keys = stored.map(([key]) => key);
  if (byUtf8(new Set(keys)).join() !== keys.join()) throw new Error('the stored context is not in ascending order');
  for (const [key, value] of stored) {
    if ((context.get(key) ?? value) !== value) throw new Error(`the stored context has another ${key}`);
    context.set(key, value);
  }
  if (context.has(PUBLIC_KEY) !== (suite === 'ecdsa')) throw new Error('a public key without signature, or the reverse');
  return context;
}

function firstUnwrapped(keys: readonly WrappingKey[], dataKeys: readonly EncryptedDataKey[], context: Context): Unwrapped {
  for (const key of keys) {
    for (const dataKey of dataKeys) {
      try {
        return unwrap(key, dataKey, context);
      } catch {
        // Another pair may fit.
      }
    }
  }
  throw new Error('no key opens any of the encrypted data keys');
}

/** footer.md, "Footer Verification": one tag of 48 bytes for each data key, of which any may match, then the signature. */
function verifyFooter(footer: Buffer, hash: Buffer, key: Buffer, { suite, dataKeys }: Header, context: Context): void {
  const tagsLength = 48 * dataKeys.length;
  if (footer.length !== tagsLength + (suite === 'ecdsa' ? 103 : 0)) throw new Error('the footer has another length');
  const expected = createHmac('sha384', key).update(hash).digest();
  const tags = dataKeys.map((_, index) => footer.subarray(48 * index, 48 * (index + 1)));
  if (!tags.some(tag => tag.equals(expected))) throw new Error('no tag matches');
  if (suite !== 'ecdsa') return;
  const publicKey = publicKeyOf(Buffer.from(context.get(PUBLIC_KEY) ?? '', 'base64'));
  if (!verify('sha384', hash, publicKey, footer.subarray(tagsLength))) throw new Error('the signature does not match');
}

/** RFC 5480: id-ecPublicKey on secp384r1, with a compressed point of 49 bytes. */
function publicKeyOf(point: Buffer): KeyObject {
  const prefix = Buffer.from('3046301006072a8648ce3d020106052b81040022033200', 'hex');
  return createPublicKey({ key: Buffer.concat([prefix, point]), format: 'der', type: 'spki' });
}

/** Encrypted attributes are opened, others stay as they are, and what belongs to the format is left out. */
function openedEntries(config: Config, item: Item, fields: readonly Field[], header: Header, dataKey: Buffer): [string, AttributeValue][] {
  const encrypted = fields.filter(field => field.legend === 'e');
  return Object.entries(item)
    .filter(([name]) => !name.startsWith('aws_dbe_'))
    .map(([name, value]) => {
      const index = encrypted.findIndex(field => field.name === name);
      const field = encrypted[index];
      if (field === undefined) return [name, value];
      const { key, nonce } = fieldKey(dataKey, header.messageId, index);
      const bytes = open(key, nonce, canonicalPath(config, name), field.bytes.subarray(2));
      return [name, deserialize({ type: field.bytes.toString('hex', 0, 2), value: bytes })];
    });
}
