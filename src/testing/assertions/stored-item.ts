import { isRecord } from '../../bytes/objects.ts';
import { isFieldsealError } from '../../errors.ts';
import { compareByCanonicalPath } from '../../format/canonical-path.ts';
import { parseFooter } from '../../format/footer.ts';
import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE, type Header, parseHeader } from '../../format/header.ts';
import { SEALED_OVERHEAD, TypeId } from '../../format/terminal.ts';
import { RESERVED_PREFIX } from '../../schema/names.ts';
import type { Table } from '../../schema/table.ts';

/** What an item says about itself, without any key. Nothing of it is verified. */
export type StoredItem =
  | { readonly kind: 'in clear' }
  | { readonly kind: 'damaged'; readonly why: string }
  | { readonly kind: 'encrypted'; readonly header: Header };

const TYPE_IDS = new Set(Object.values(TypeId));

/** Reads the header and the footer of an item in either form. It needs no package of AWS, so that the test kit loads without one. */
export function readStored(item: Readonly<Record<string, unknown>>): StoredItem {
  const hasHeader = Object.hasOwn(item, HEADER_ATTRIBUTE);
  const hasFooter = Object.hasOwn(item, FOOTER_ATTRIBUTE);
  if (!hasHeader && !hasFooter) return { kind: 'in clear' };
  const [header, footer] = [binaryOf(item[HEADER_ATTRIBUTE]), binaryOf(item[FOOTER_ATTRIBUTE])];
  if (header === undefined || footer === undefined)
    return { kind: 'damaged', why: `its ${header === undefined ? 'header' : 'footer'} is missing or not binary` };
  try {
    const parsed = parseHeader(header);
    parseFooter(footer, parsed.suite, parsed.encryptedDataKeys.length);
    return { kind: 'encrypted', header: parsed };
  } catch (error) {
    if (!isFieldsealError(error)) throw error;
    return { kind: 'damaged', why: error.code === 'MALFORMED' ? error.message : 'its footer is not of this header' };
  }
}

/**
 * The names of the encrypted attributes. The legend has a letter for each signed attribute in canonical order, but no names: where some are
 * unsigned, they are told by the table, or because as many values look sealed as there are encrypted ones. Undefined when nothing tells.
 */
export function encryptedNames(
  item: Readonly<Record<string, unknown>>,
  { legend }: Header,
  table?: Pick<Table, 'structure'>,
): ReadonlySet<string> | undefined {
  const names = Object.keys(item).filter(name => !name.startsWith(RESERVED_PREFIX));
  const signed = table === undefined ? names : names.filter(name => table.structure.isSigned(name));
  if (signed.length === legend.length)
    return new Set(signed.sort(compareByCanonicalPath).filter((name, index) => legend[index] === 'e' && looksSealed(binaryOf(item[name]))));
  if (table !== undefined) return undefined;
  const sealed = names.filter(name => looksSealed(binaryOf(item[name])));
  return sealed.length === legend.filter(entry => entry === 'e').length ? new Set(sealed) : undefined;
}

/** The bytes of a binary value in either form. */
function binaryOf(value: unknown): Uint8Array | undefined {
  const content = isRecord(value) && !(value instanceof Uint8Array) && Object.keys(value).length === 1 ? value.B : value;
  return content instanceof Uint8Array ? content : undefined;
}

/** A sealed value begins with the two bytes of its type. */
function looksSealed(bytes: Uint8Array | undefined): boolean {
  const [high, low] = bytes ?? [];
  if (bytes === undefined || high === undefined || low === undefined || bytes.length < SEALED_OVERHEAD) return false;
  return TYPE_IDS.has(high * 0x100 + low);
}
