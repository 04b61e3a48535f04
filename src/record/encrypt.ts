import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { quoted, quotedList } from '../bytes/quoted.ts';
import { randomKey, zero } from '../bytes/secret.ts';
import { timed } from '../diagnostics/publish.ts';
import { FieldsealError } from '../errors.ts';
import { compareByCanonicalPath } from '../format/canonical-path.ts';
import {
  baseContext,
  type EncryptionContext,
  freezeContext,
  mergeContexts,
  PUBLIC_KEY_ENTRY,
  serializeContext,
} from '../format/context.ts';
import { commitmentOf, deriveRecordKeys, type RecordKeys } from '../format/derivation.ts';
import { FieldCipher } from '../format/field-cipher.ts';
import { footerTag, recordDigest, type SignedField, writeFooter } from '../format/footer.ts';
import { type LegendEntry, MESSAGE_ID_LENGTH, writeHeaderBody } from '../format/header.ts';
import { type SigningKey, signDigest } from '../format/signature.ts';
import type { Terminal } from '../format/terminal.ts';
import { type WrappedDataKey, wrapDataKey } from '../keys/wrapping.ts';
import type { CryptoAction } from '../schema/structure.ts';
import type { RecordSetup } from './setup.ts';
import { encryptionTold } from './told.ts';

/** What replaces and joins a record's attributes when it is encrypted. */
export interface SealedRecord {
  /** Stored forms of the encrypted attributes, by name. */
  readonly sealed: ReadonlyMap<string, Uint8Array>;
  readonly header: Uint8Array;
  readonly footer: Uint8Array;
}

const NO_CONTEXT: EncryptionContext = freezeContext([]);
const LEGEND: Readonly<Record<Exclude<CryptoAction, 'DO_NOTHING'>, LegendEntry>> = {
  ENCRYPT_AND_SIGN: 'e',
  SIGN_ONLY: 's',
  SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT: 'c',
};

/**
 * Encrypts one record: `fields` holds every signed attribute and nothing else. A fresh data key, message id and (in suites that sign)
 * signing key serve this record alone. Throws ATTRIBUTE_UNKNOWN, ATTRIBUTE_MISSING, ATTRIBUTE_INVALID, and key errors.
 */
export function encryptRecord(setup: RecordSetup, fields: ReadonlyMap<string, Terminal>): Promise<SealedRecord> {
  return timed(
    'fieldseal:encrypt',
    () => encryptFields(setup, fields),
    record => encryptionTold(setup, fields, record),
  );
}

async function encryptFields(setup: RecordSetup, fields: ReadonlyMap<string, Terminal>): Promise<SealedRecord> {
  const names = [...fields.keys()].sort(compareByCanonicalPath);
  if (names.length === 0) throw new FieldsealError('INPUT_INVALID', 'the item has no signed attribute; nothing would protect it');
  const legend = names.map(name => legendOf(setup, name));
  const base = baseContextOf(setup, fields);
  const signingKey = setup.suite.signed ? await setup.signingKeys.take() : undefined;
  const stored = signingKey === undefined ? NO_CONTEXT : freezeContext([[PUBLIC_KEY_ENTRY, signingKey.publicKey]]);
  const context = mergeContexts(base, stored) ?? base;
  const dataKey = randomKey(32);
  try {
    const serializedContext = serializeContext(context);
    const wrapped = await wrapDataKey(dataKey, setup.keyring, context, serializedContext);
    return await seal(setup, { names, legend, fields, stored, serializedContext, dataKey, wrapped, signingKey });
  } finally {
    zero(dataKey);
  }
}

interface Sealing {
  readonly names: readonly string[];
  readonly legend: readonly LegendEntry[];
  readonly fields: ReadonlyMap<string, Terminal>;
  /** The entries that the header stores. */
  readonly stored: EncryptionContext;
  readonly serializedContext: Uint8Array;
  readonly dataKey: Uint8Array;
  readonly wrapped: WrappedDataKey;
  readonly signingKey: SigningKey | undefined;
}

async function seal(setup: RecordSetup, sealing: Sealing): Promise<SealedRecord> {
  const { legend, stored, serializedContext, dataKey, wrapped, signingKey } = sealing;
  const messageId = randomBytes(MESSAGE_ID_LENGTH);
  const keys = deriveRecordKeys(dataKey, messageId);
  try {
    const { version } = setup.structure;
    const body = writeHeaderBody({
      version,
      suite: setup.suite,
      messageId,
      legend,
      context: stored,
      encryptedDataKeys: wrapped.encryptedDataKeys,
    });
    const header = Buffer.concat([body, commitmentOf(keys.commitmentKey, body)]);
    const { sealed, signed } = sealFields(setup, sealing, keys);
    const digest = recordDigest(header, serializedContext, signed);
    const tags = wrapped.signingKeys.map(key => footerTag(key, digest));
    const signature = signingKey === undefined ? undefined : await signDigest(signingKey.privateKey, digest);
    return { sealed, header, footer: writeFooter({ tags, signature }) };
  } finally {
    zero(keys.commitmentKey, keys.fieldRoot, ...wrapped.signingKeys);
  }
}

function sealFields(
  { paths }: RecordSetup,
  { names, legend, fields }: Sealing,
  { fieldRoot }: RecordKeys,
): { readonly sealed: Map<string, Uint8Array>; readonly signed: SignedField[] } {
  const sealed = new Map<string, Uint8Array>();
  const cipher = new FieldCipher(fieldRoot, legend.filter(entry => entry === 'e').length);
  try {
    const signed = names.map((name, i): SignedField => {
      const path = paths.of(name);
      const terminal = terminalOf(fields, name);
      if (legend[i] !== 'e') return { path, content: { terminal } };
      const stored = cipher.seal(sealed.size, path, terminal);
      sealed.set(name, stored);
      return { path, content: { sealed: stored } };
    });
    return { sealed, signed };
  } finally {
    cipher.dispose();
  }
}

function legendOf({ structure }: RecordSetup, name: string): LegendEntry {
  const action = structure.actionOf(name);
  if (action === 'DO_NOTHING')
    throw new FieldsealError('INPUT_INVALID', `attribute ${quoted(name)} is outside the signature and cannot be encrypted`);
  return LEGEND[action];
}

function baseContextOf({ structure, requiredNames, contextNames }: RecordSetup, fields: ReadonlyMap<string, Terminal>): EncryptionContext {
  const { version, logicalTableName, partitionKeyName, sortKeyName } = structure;
  const missing = requiredNames.filter(name => !fields.has(name));
  if (missing.length > 0) {
    throw new FieldsealError('ATTRIBUTE_MISSING', `the item lacks ${quotedList(missing)}: key and context attributes must be present`);
  }
  return baseContext({ version, logicalTableName, partitionKeyName, sortKeyName, contextNames, fields });
}

function terminalOf(fields: ReadonlyMap<string, Terminal>, name: string): Terminal {
  const terminal = fields.get(name);
  if (terminal === undefined) throw new RangeError('a sorted name is not among the fields');
  return terminal;
}
