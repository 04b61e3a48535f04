/**
 * Encrypts an item, step by step as encrypt-path-structure.md puts them, with all randomness given. Only the ECDSA signature differs from
 * call to call.
 */
import { Buffer } from 'node:buffer';
import { createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  type Action,
  attributeOf,
  baseContext,
  type Config,
  type Context,
  canonicalPath,
  commitment,
  contextBytes,
  counted,
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
  u8,
  versionOf,
} from './formulas.ts';
import { utf8 } from './serialize.ts';
import { type EncryptedDataKey, macKey, seal, type WrappingKey, type WrappingRandomness, wrap } from './wrapping.ts';

export interface Randomness {
  readonly messageId: Buffer;
  readonly dataKey: Buffer;
  /** One for each wrapping key. */
  readonly wrapping: readonly WrappingRandomness[];
  /** A private key on P-384. */
  readonly signingKey: KeyObject;
}

export interface WriteRequest {
  readonly config: Config;
  readonly suite: Suite;
  readonly keys: readonly WrappingKey[];
  readonly item: Item;
  readonly random: Randomness;
  /** Entries that a custom materials manager adds to the stored encryption context. */
  readonly added?: Context;
  /** Type id and value, for writers that break the rules of ddb-attribute-serialization.md. */
  readonly bytesOf?: (value: AttributeValue) => Buffer;
}

export function writeItem({ config, suite, keys, item, random, added = new Map(), bytesOf = typedBytes }: WriteRequest): Item {
  if (Object.hasOwn(item, HEADER) || Object.hasOwn(item, FOOTER)) throw new Error('the item is encrypted');
  const names = signedNames(config, item);
  const fields = names.map(name => ({ name, legend: legendOf(config, name), bytes: bytesOf(attributeOf(item, name)) }));

  const version = versionOf(config);
  const included = Object.keys(config.attributeActionsOnEncrypt).filter(name => actionOf(config, name) === CONTEXT_ACTION);
  const context = baseContext(config, version, included, item);
  const stored = new Map(added); // encrypt-path-structure.md: all but the required entries go to the header
  if (suite === 'ecdsa') stored.set(PUBLIC_KEY, compressedPoint(random.signingKey).toString('base64'));
  for (const [key, value] of stored) context.set(key, value);

  const wrapped = keys.map((key, index) => wrap(key, random.dataKey, context, randomOf(random, index)));
  const body = Buffer.concat([
    u8(version),
    u8(suite === 'ecdsa' ? 1 : 0),
    random.messageId,
    counted(utf8(fields.map(field => field.legend).join(''))),
    contextBytes(stored),
    u8(wrapped.length),
    ...wrapped.map(dataKeyBytes),
  ]);
  const header = Buffer.concat([body, commitment(random.dataKey, random.messageId, body)]);

  const written = encryptFields(config, fields, random);
  const hash = recordHash(config, header, context, written);
  const tags = keys.map((_, index) =>
    createHmac('sha384', macKey(randomOf(random, index).intermediateKey))
      .update(hash)
      .digest(),
  );
  const signature = suite === 'ecdsa' ? [signatureOf103Bytes(hash, random.signingKey)] : [];
  return itemOf(item, written, header, Buffer.concat([...tags, ...signature]));
}

const CONTEXT_ACTION = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
const LEGENDS: Readonly<Record<Action, Legend | undefined>> = {
  ENCRYPT_AND_SIGN: 'e',
  SIGN_ONLY: 's',
  SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT: 'c',
  DO_NOTHING: undefined,
};

function actionOf(config: Config, name: string): Action | undefined {
  return new Map(Object.entries(config.attributeActionsOnEncrypt)).get(name);
}

/** encrypt-item.md: every attribute in scope needs a configured action. */
function legendOf(config: Config, name: string): Legend {
  const action = actionOf(config, name);
  const legend = action && LEGENDS[action];
  if (legend === undefined) throw new Error(`${name} has no action, although it is signed`);
  return legend;
}

function randomOf({ wrapping }: Randomness, index: number): WrappingRandomness {
  const random = wrapping[index];
  if (random === undefined) throw new Error('each wrapping key needs randomness of its own');
  return random;
}

/** header.md, "Encrypted Data Key Entry". */
function dataKeyBytes({ providerId, providerInfo, ciphertext }: EncryptedDataKey): Buffer {
  return Buffer.concat([utf8(providerId), providerInfo, ciphertext].map(counted));
}

/** encrypt-path-structure.md, "Terminal Encryption": type id, ciphertext and tag; the additional authenticated data is the path. */
function encryptFields(config: Config, fields: readonly Field[], { dataKey, messageId }: Randomness): Field[] {
  const encrypted = fields.filter(field => field.legend === 'e');
  return fields.map(field => {
    if (field.legend !== 'e') return field;
    const { key, nonce } = fieldKey(dataKey, messageId, encrypted.indexOf(field));
    const sealed = seal(key, nonce, canonicalPath(config, field.name), field.bytes.subarray(2));
    return { ...field, bytes: Buffer.concat([field.bytes.subarray(0, 2), sealed]) };
  });
}

/** SEC 1, "2.3.3": 02 for an even and 03 for an odd y, then x. */
export function compressedPoint(signingKey: KeyObject): Buffer {
  const { x = '', y = '' } = createPublicKey(signingKey).export({ format: 'jwk' });
  const odd = (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2 === 1;
  return Buffer.concat([u8(odd ? 3 : 2), Buffer.from(x, 'base64url')]);
}

/** The hash is the message, hence hashed again. footer.md says 96 bytes; written is DER, and only DER of 103 bytes is accepted. */
function signatureOf103Bytes(hash: Buffer, signingKey: KeyObject): Buffer {
  for (;;) {
    const signature = sign('sha384', hash, signingKey);
    if (signature.length === 103) return signature;
  }
}

/** Attributes that are not encrypted stay as they were given, not as they were serialised. */
function itemOf(item: Item, fields: readonly Field[], header: Buffer, footer: Buffer): Item {
  const encrypted = new Map(fields.filter(field => field.legend === 'e').map(field => [field.name, { B: field.bytes }]));
  const entries = Object.entries(item).map(([name, value]) => [name, encrypted.get(name) ?? value] as const);
  return Object.fromEntries([...entries, [HEADER, { B: header }], [FOOTER, { B: footer }]]);
}
