import { Buffer } from 'node:buffer';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { ATTRIBUTE_ENTRY_PREFIX, type EncryptionContext } from '../../format/context.ts';
import { TypeId } from '../../format/terminal.ts';

/**
 * Attributes of an encryption context by name, strings and numbers as text. Not verified: no key exists before the supplier has answered.
 * Reading a name that is not in the context throws MISSING_CONTEXT.
 */
export type ContextAttributes = Readonly<Record<string, string>>;

/** Names the branch key of an item. On decrypt, an encrypted data key of any other branch key is refused before any call. */
export type BranchKeySupplier = (input: { readonly context: ContextAttributes }) => string | Promise<string>;

/** What a supplier sees of a context: its attribute entries without their prefix. */
export function contextAttributes(context: EncryptionContext): ContextAttributes {
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries(context)) {
    if (key.startsWith(ATTRIBUTE_ENTRY_PREFIX)) attributes.set(key.slice(ATTRIBUTE_ENTRY_PREFIX.length), value);
  }
  const readable = 'aws-crypto-legend' in context;
  return new Proxy<ContextAttributes>(Object.freeze(Object.create(null)), {
    get: (_, name) => (typeof name === 'string' ? read(attributes, name, readable) : undefined),
    has: (_, name) => typeof name === 'string' && attributes.has(name),
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
