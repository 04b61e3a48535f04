import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { quoted } from '../../bytes/quoted.ts';
import { uuidOf } from '../../bytes/uuid.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import { ATTRIBUTE_ENTRY_PREFIX, type EncryptionContext } from '../../format/context.ts';
import { TypeId } from '../../format/terminal.ts';
import { keyFailure, meaningOf } from '../failures.ts';
import { isText, requireText } from '../options.ts';

/**
 * Attributes of an encryption context by name, strings and numbers as text. Not verified: no key exists before the supplier has answered.
 * Reading a name that is not in the context throws MISSING_CONTEXT.
 */
export type ContextAttributes = Readonly<Record<string, string>>;

/** What a supplier is given. Nothing of it is verified: no key exists before the supplier has answered. */
export interface BranchKeySupplierInput {
  readonly context: ContextAttributes;
  /** The same as `context[name]`, which is there or throws MISSING_CONTEXT. */
  readonly attribute: (name: string) => string;
}

/**
 * Names the branch key of an item; undefined where nobody has one, which is MISSING_CONTEXT. On decrypt, an encrypted data key of any other branch key
 * is refused before any call.
 */
export type BranchKeySupplier = (input: BranchKeySupplierInput) => string | undefined | Promise<string | undefined>;

/**
 * One branch key for each value of an attribute of the encryption context, such as a tenant's id. Ids are UUIDs made of `namespace` and the value
 * (RFC 9562, version 8, of HMAC-SHA256): ids reach the key store, every item and CloudTrail, and show no names there. Whoever knows the
 * namespace can try names. Another namespace names other keys: never change it. Throws CONFIG_INVALID.
 */
export function branchKeyPer(attribute: string, { namespace }: { readonly namespace: string }): BranchKeyPer {
  requireText('branchKeyPer: attribute', attribute);
  requireText('branchKeyPer: namespace', namespace);
  const idOf = (value: string): string => {
    if (isText(value)) return idFor(namespace, attribute, value);
    throw new FieldsealError('MISSING_CONTEXT', `attribute ${quoted(attribute)} is empty: it names no branch key`);
  };
  return Object.assign((input: BranchKeySupplierInput) => idOf(input.attribute(attribute)), { idOf });
}

/** A supplier that needs nothing but the value of one attribute. */
export interface BranchKeyPer {
  (input: BranchKeySupplierInput): string;
  /** The branch key id of a value, for rotation, purging and shredding. Throws MISSING_CONTEXT for an empty one. */
  readonly idOf: (value: string) => string;
}

function idFor(namespace: string, attribute: string, value: string): string {
  const bytes = createHmac('sha256', namespace)
    .update(JSON.stringify([attribute, value]))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidOf(bytes);
}

/** DynamoDB takes no longer partition keys, and items can be forged: such an id is not worth a call. */
const MOST_ID_BYTES = 2048;

/**
 * The branch key of an item. Throws MISSING_CONTEXT when the supplier throws, or names none that a key store could hold; KEY_UNAVAILABLE (retryable)
 * when what it throws is an outage of something that it asked.
 */
export async function suppliedBranchKey(supplier: string | BranchKeySupplier, context: EncryptionContext): Promise<string> {
  if (typeof supplier === 'string') return supplier;
  let id: unknown;
  try {
    id = await supplier(supplierInput(context));
  } catch (error) {
    if (isFieldsealError(error)) throw error;
    if (meaningOf(error) === 'KEY_UNAVAILABLE') throw keyFailure('KEY_UNAVAILABLE', 'what the branch key supplier asks', error);
    throw new FieldsealError('MISSING_CONTEXT', 'the branch key supplier threw; it must return a branch key id for every item', {
      cause: error,
    });
  }
  if (!isText(id))
    throw new FieldsealError('MISSING_CONTEXT', 'the branch key supplier returned no branch key id; it must return one for every item');
  if (Buffer.byteLength(id) <= MOST_ID_BYTES) return id;
  throw new FieldsealError('MISSING_CONTEXT', `the branch key supplier returned an id of more than ${MOST_ID_BYTES} bytes`);
}

/** What a supplier sees. */
export function supplierInput(context: EncryptionContext): BranchKeySupplierInput {
  const attributes = contextAttributes(context);
  return { context: attributes, attribute: name => attributes[name] ?? '' }; // reading a name that is not there throws
}

/** What a supplier sees of a context: its attribute entries without their prefix. */
function contextAttributes(context: EncryptionContext): ContextAttributes {
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries(context)) {
    if (key.startsWith(ATTRIBUTE_ENTRY_PREFIX)) attributes.set(key.slice(ATTRIBUTE_ENTRY_PREFIX.length), value);
  }
  const readable = 'aws-crypto-legend' in context;
  return new Proxy<ContextAttributes>(Object.freeze(Object.create(null)), {
    get: (_, name) => (typeof name === 'string' ? read(attributes, name, readable) : undefined),
    has: (_, name) => typeof name === 'string' && attributes.has(name),
    ownKeys: () => {
      throw new FieldsealError(
        'MISSING_CONTEXT',
        'the branch key supplier copies or lists the context: absent names would be undefined in a copy',
      );
    },
  });
}

function read(attributes: ReadonlyMap<string, string>, name: string, readable: boolean): string {
  const value = attributes.get(name);
  if (value === undefined) {
    throw new FieldsealError(
      'MISSING_CONTEXT',
      `the branch key supplier reads ${quoted(name)}, which is not in the encryption context: declare it signed with context: true`,
    );
  }
  return readable ? value : textOf(value);
}

/** Version 1 holds base64 of type and value for every type. */
function textOf(value: string): string {
  const bytes = Buffer.from(value, 'base64');
  const typeId = bytes.length >= 2 ? bytes.readUInt16BE() : TypeId.BINARY;
  return typeId === TypeId.STRING || typeId === TypeId.NUMBER ? bytes.toString('utf8', 2) : value;
}
