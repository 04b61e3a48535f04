import { zero } from '../bytes/secret.ts';
import { timed } from '../diagnostics/publish.ts';
import { FieldsealError } from '../errors.ts';
import { compareByCanonicalPath } from '../format/canonical-path.ts';
import { baseContext, type EncryptionContext, mergeContexts, PUBLIC_KEY_ENTRY, serializeContext } from '../format/context.ts';
import { deriveRecordKeys, verifyCommitment } from '../format/derivation.ts';
import { FieldCipher } from '../format/field-cipher.ts';
import { parseFooter, recordDigest, type SignedField, verifyTags } from '../format/footer.ts';
import { type Header, type LegendEntry, parseHeader } from '../format/header.ts';
import { notAuthentic } from '../format/not-authentic.ts';
import { verifySignature } from '../format/signature.ts';
import { type Terminal, TypeId } from '../format/terminal.ts';
import { unwrapDataKey } from '../keys/wrapping.ts';
import { type RecordSetup, requireContext } from './setup.ts';
import { decryptionTold } from './told.ts';

/** A record as it is stored. `fields` holds every signed attribute, encrypted ones as the binary values they are. */
export interface StoredRecord {
  readonly header: Uint8Array;
  readonly footer: Uint8Array;
  readonly fields: ReadonlyMap<string, Terminal>;
}

/** A verified record. */
export interface OpenedRecord {
  /** Plaintext of the encrypted attributes that were wanted, by name. */
  readonly opened: ReadonlyMap<string, Terminal>;
  /** What the writer did with each signed attribute. Follow this, not the schema: it is what was verified. */
  readonly legend: ReadonlyMap<string, LegendEntry>;
  readonly context: EncryptionContext;
}

/** Names of the encrypted attributes to decrypt; or what tells them once the record is verified and nothing of it is decrypted. Undefined: all. */
export type Wanted = ReadonlySet<string> | ((legend: ReadonlyMap<string, LegendEntry>) => ReadonlySet<string>) | undefined;

/**
 * Verifies a whole record, then decrypts it, or only the `wanted` attributes. Nothing is decrypted before the footer is verified.
 * Throws MALFORMED, TOO_MANY_DATA_KEYS, SUITE_NOT_ACCEPTED, CONTEXT_MISMATCH before any key is used; key errors; NOT_AUTHENTIC.
 */
export function decryptRecord(setup: RecordSetup, stored: StoredRecord, wanted?: Wanted): Promise<OpenedRecord> {
  return timed(
    'fieldseal:decrypt',
    () => openRecord(setup, stored, wanted),
    record => decryptionTold(setup, stored, record),
  );
}

async function openRecord(setup: RecordSetup, stored: StoredRecord, wanted: Wanted): Promise<OpenedRecord> {
  const header = parseHeader(stored.header);
  refuseHeader(setup, header);
  const footer = parseFooter(stored.footer, header.suite, header.encryptedDataKeys.length);
  const fields = matchLegend(setup, header, stored.fields);
  const context = rebuildContext(setup, header, stored.fields, fields);
  requireContext(setup, context);
  const serializedContext = serializeContext(context);
  const { dataKey, signingKey } = await unwrapDataKey(header.encryptedDataKeys, setup.keyring, context, serializedContext);
  const { commitmentKey, fieldRoot } = deriveRecordKeys(dataKey, header.messageId);
  try {
    if (!verifyCommitment(header.commitment, commitmentKey, header.body)) throw notAuthentic('commitment');
    const digest = recordDigest(stored.header, serializedContext, fields);
    if (!verifyTags(footer.tags, signingKey, digest)) throw notAuthentic('footer');
    if (footer.signature !== undefined && !(await verifySignature(context[PUBLIC_KEY_ENTRY] ?? '', digest, footer.signature))) {
      throw notAuthentic('signature');
    }
    const legend = new Map(fields.map(field => [field.name, field.entry]));
    const names = typeof wanted === 'function' ? wanted(legend) : wanted;
    return { opened: openFields(fieldRoot, fields, names), legend, context };
  } finally {
    zero(dataKey, signingKey, commitmentKey, fieldRoot);
  }
}

interface NamedField extends SignedField {
  readonly name: string;
  readonly entry: LegendEntry;
}

function refuseHeader(setup: RecordSetup, header: Header): void {
  const count = header.encryptedDataKeys.length;
  if (count > setup.maxEncryptedDataKeys) {
    throw new FieldsealError(
      'TOO_MANY_DATA_KEYS',
      `the item has ${count} encrypted data keys, maxEncryptedDataKeys is ${setup.maxEncryptedDataKeys}`,
    );
  }
  if (!setup.acceptSuites.includes(header.suite)) {
    throw new FieldsealError('SUITE_NOT_ACCEPTED', `the item was written under ${header.suite.id}, which acceptSuites does not name`);
  }
}

/** Pairs the signed attributes, in canonical order, with the legend. A different count means that one was added, removed or left unsigned. */
function matchLegend({ paths }: RecordSetup, { legend }: Header, stored: ReadonlyMap<string, Terminal>): NamedField[] {
  const names = [...stored.keys()].sort(compareByCanonicalPath);
  if (names.length !== legend.length) throw notAuthentic('legend');
  return legend.map((entry, i) => {
    const name = names[i] ?? '';
    const terminal = stored.get(name);
    if (terminal === undefined) throw notAuthentic('legend');
    if (entry !== 'e') return { name, entry, path: paths.of(name), content: { terminal } };
    if (terminal.typeId !== TypeId.BINARY || terminal.value.length < 2) throw notAuthentic('attribute');
    return { name, entry, path: paths.of(name), content: { sealed: terminal.value } };
  });
}

function rebuildContext(
  { structure }: RecordSetup,
  header: Header,
  fields: ReadonlyMap<string, Terminal>,
  named: readonly NamedField[],
): EncryptionContext {
  const { logicalTableName, partitionKeyName, sortKeyName } = structure;
  const contextNames = named.filter(field => field.entry === 'c').map(field => field.name);
  if (!fields.has(partitionKeyName) || (sortKeyName !== undefined && !fields.has(sortKeyName))) throw notAuthentic('context');
  const base = baseContext({ version: header.version, logicalTableName, partitionKeyName, sortKeyName, contextNames, fields });
  const context = mergeContexts(base, header.context);
  if (context === undefined) throw notAuthentic('context');
  return context;
}

function openFields(fieldRoot: Uint8Array, fields: readonly NamedField[], wanted: ReadonlySet<string> | undefined): Map<string, Terminal> {
  const opened = new Map<string, Terminal>();
  const cipher = new FieldCipher(fieldRoot, fields.filter(({ entry }) => entry === 'e').length);
  try {
    let index = 0; // among the encrypted ones, wanted or not
    for (const { name, path, content } of fields) {
      if (!('sealed' in content)) continue;
      if (wanted === undefined || wanted.has(name)) opened.set(name, cipher.open(index, path, content.sealed));
      index++;
    }
  } finally {
    cipher.dispose();
  }
  return opened;
}
