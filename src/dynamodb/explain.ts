import { Buffer } from 'node:buffer';
import { FieldsealError, type FieldsealErrorCode, isFieldsealError } from '../errors.ts';
import { compareByCanonicalPath } from '../format/canonical-path.ts';
import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE, type Header, parseHeader } from '../format/header.ts';
import { type Stage, stageOf } from '../format/not-authentic.ts';
import { type AttributeMap, requireItem } from './attribute-value.ts';
import { binaryOf, decryptAttributes, isEncrypted } from './item.ts';
import { itemSize } from './item-size.ts';
import { inAttributeForm } from './native.ts';
import type { TableCipher } from './table-cipher.ts';

/** What an encrypted item says about itself, without any key. Nothing of it is verified. */
export interface ItemInspection {
  readonly formatVersion: 1 | 2;
  readonly algorithmSuiteId: string;
  readonly messageId: string;
  /** One letter for each signed attribute in canonical order: e(ncrypted), s(igned), c(ontext). */
  readonly legend: string;
  readonly storedContext: Readonly<Record<string, string>>;
  readonly encryptedDataKeys: readonly { readonly providerId: string; readonly providerInfo: string; readonly bytes: number }[];
  readonly attributes: readonly string[];
  readonly headerBytes: number;
  readonly footerBytes: number;
  readonly itemBytes: number;
}

/** Why an item opens or does not. */
export type ItemExplanation =
  | { readonly outcome: 'authentic'; readonly inspection: ItemInspection }
  | {
      readonly outcome: 'failed';
      readonly code: FieldsealErrorCode;
      readonly stage?: Stage;
      readonly hint: string;
      readonly inspection?: ItemInspection;
    };

const HINTS: Readonly<Record<Stage, string>> = {
  legend: 'another number of attributes is signed than when it was written: one was added, removed, or declared unsigned (or signed) since',
  attribute: 'an attribute that was encrypted is not binary any more',
  context: 'a key attribute is missing, or the header contradicts the item: check the names of the partition and sort key',
  'data-key': 'no data key opens: check the logical table name, the key names and values, and that this is the right wrapping key',
  commitment: 'the header was changed after it was written',
  footer: 'a signed or encrypted attribute, or the header or footer, was changed after it was written',
  signature: 'the ECDSA signature does not fit the item',
  field: 'an encrypted attribute does not open under its own name',
};

/** Reads an encrypted item, in DynamoDB's own form or as JavaScript values, without any key. Throws NOT_ENCRYPTED, MALFORMED or INPUT_INVALID. */
export function inspectItem(given: object): ItemInspection {
  const item = inAttributeForm(requireItem(given), {});
  if (!Object.hasOwn(item, HEADER_ATTRIBUTE) || !Object.hasOwn(item, FOOTER_ATTRIBUTE)) {
    throw new FieldsealError('NOT_ENCRYPTED', `the item has no "${HEADER_ATTRIBUTE}" and "${FOOTER_ATTRIBUTE}"`);
  }
  const header = binaryOf(item, HEADER_ATTRIBUTE);
  return describe(item, parseHeader(header), header.length, binaryOf(item, FOOTER_ATTRIBUTE).length);
}

/** Tries to open an item and says what happened. Never throws for what it explains. */
export async function explainItem({ setup }: TableCipher, item: AttributeMap): Promise<ItemExplanation> {
  let inspection: ItemInspection | undefined;
  try {
    if (!isEncrypted(item)) return { outcome: 'failed', code: 'NOT_ENCRYPTED', hint: 'the item has neither a header nor a footer' };
    inspection = inspectItem(item);
    await decryptAttributes(setup, item);
    return { outcome: 'authentic', inspection };
  } catch (error) {
    if (!isFieldsealError(error)) throw error;
    const stage = stageOf(error);
    const hint = stage === undefined ? error.message : HINTS[stage];
    return { outcome: 'failed', code: error.code, hint, ...(stage && { stage }), ...(inspection && { inspection }) };
  }
}

function describe(item: AttributeMap, header: Header, headerBytes: number, footerBytes: number): ItemInspection {
  return {
    formatVersion: header.version,
    algorithmSuiteId: header.suite.id,
    messageId: Buffer.from(header.messageId).toString('hex'),
    legend: header.legend.join(''),
    storedContext: { ...header.context },
    encryptedDataKeys: header.encryptedDataKeys.map(({ providerId, providerInfo, ciphertext }) => ({
      providerId,
      providerInfo: printable(providerInfo),
      bytes: ciphertext.length,
    })),
    attributes: Object.keys(item).sort(compareByCanonicalPath),
    headerBytes,
    footerBytes,
    itemBytes: itemSize(item),
  };
}

/** Key ids are text; what follows the name of a raw AES key is shown as its length. */
function printable(providerInfo: Uint8Array): string {
  const text = Buffer.from(providerInfo).toString('latin1');
  const readable = /^[\x20-\x7e]*/.exec(text)?.[0] ?? '';
  return readable.length === text.length ? text : `${readable} (and ${text.length - readable.length} bytes)`;
}
