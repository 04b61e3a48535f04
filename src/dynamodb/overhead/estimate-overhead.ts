import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { freezeContext, PUBLIC_KEY_ENTRY } from '../../format/context.ts';
import { writeFooter } from '../../format/footer.ts';
import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE, MESSAGE_ID_LENGTH, writeHeaderBody } from '../../format/header.ts';
import { SIGNATURE_LENGTH } from '../../format/signature.ts';
import { type AlgorithmSuiteId, suiteOf } from '../../format/suites.ts';
import { SEALED_OVERHEAD } from '../../format/terminal.ts';
import type { Input } from '../../schema/shapes.ts';
import type { Table } from '../../schema/table.ts';
import { validateForWrite } from '../../schema/validate.ts';
import { type AttributeMap, requireItem } from '../attribute-value.ts';
import { refuseReservedNames } from '../item.ts';
import { itemSize, MOST_ITEM_BYTES } from '../item-size.ts';
import { refuseProtoInItem, toAttributes } from '../native.ts';
import { serialize } from '../serialize.ts';
import { type TranslateOptions, validateAttributes } from '../validate-attributes.ts';
import { sizedDataKey, type WrappingKeyKind } from './wrapping-keys.ts';

/** What is to be estimated: an item in one of its two forms, or the sizes of its values. */
export type OverheadSubject<T extends Table> =
  /** JavaScript values, as the document client takes them. */
  | { readonly item: Input<T> }
  /** DynamoDB's own form. */
  | { readonly attributes: AttributeMap }
  /** Bytes of the value of each attribute, as DynamoDB counts them. Of encrypted values that are no strings or bytes this is too little. */
  | { readonly sizes: Readonly<Record<string, number>> };

/** Options of {@link estimateOverhead}. */
export interface OverheadOptions {
  /** The keys that each item is wrapped under: those of all keyrings of a `multi`. */
  readonly keys: WrappingKeyKind | readonly WrappingKeyKind[];
  /** Default: as the clients have it, the suite with ECDSA P-384. */
  readonly algorithmSuiteId?: AlgorithmSuiteId | undefined;
  /** As the document client takes them in `translateConfig`. */
  readonly translate?: TranslateOptions;
}

/** What encryption adds to an item. */
export interface OverheadEstimate {
  /** The size of the item without encryption, as DynamoDB counts it. */
  readonly plainBytes: number;
  readonly encryptedBytes: number;
  readonly addedBytes: number;
  /** Write units of one put, of 1 KB each. Twice as many in a transaction. */
  readonly writeUnits: BeforeAndAfter;
  /** Read units of one consistent read, of 4 KB each. Half as many when it is eventually consistent, twice as many in a transaction. */
  readonly readUnits: BeforeAndAfter;
  /** False for an item that is over DynamoDB's 400 KB once it is encrypted. */
  readonly fits: boolean;
}

/** Capacity units of DynamoDB for one item, in clear and encrypted. */
export interface BeforeAndAfter {
  readonly before: number;
  readonly after: number;
}

const COMMITMENT_LENGTH = 32;
const TAG_LENGTH = 48;
/** A compressed point of P-384 in base64. */
const PUBLIC_KEY_LENGTH = 68;
const WRITE_UNIT = 1024;
const READ_UNIT = 4096;

/**
 * What encryption will add to an item of a table, without a key and without a call. The item is validated as a write would, and fails as one:
 * ATTRIBUTE_UNKNOWN, ATTRIBUTE_MISSING, ATTRIBUTE_INVALID, VALIDATION_FAILED. Throws INPUT_INVALID for anything else that cannot be.
 */
export async function estimateOverhead<T extends Table>(
  table: T,
  subject: OverheadSubject<T>,
  options: OverheadOptions,
): Promise<OverheadEstimate> {
  if (typeof options !== 'object' || options === null)
    throw new FieldsealError('INPUT_INVALID', "the options must say which keys there are: { keys: { kind: 'kms' } }");
  const sizes = await sizesOf(table, requireItem(subject), options.translate ?? {});
  const signed = sizes.filter(([name]) => table.structure.isSigned(name)).length;
  const plainBytes = sum(sizes, ([name, { plain }]) => nameBytes(name) + plain);
  const stored = sum(sizes, ([name, { plain, sealed }]) => nameBytes(name) + (isEncrypted(table, name) ? sealed : plain));
  const encryptedBytes = stored + formatBytes(table, signed, options);
  return Object.freeze({
    plainBytes,
    encryptedBytes,
    addedBytes: encryptedBytes - plainBytes,
    writeUnits: units(plainBytes, encryptedBytes, WRITE_UNIT),
    readUnits: units(plainBytes, encryptedBytes, READ_UNIT),
    fits: encryptedBytes <= MOST_ITEM_BYTES,
  });
}

/** The size of a value as it is, and encrypted. */
interface Sizes {
  readonly plain: number;
  readonly sealed: number;
}

async function sizesOf<T extends Table>(
  table: T,
  subject: OverheadSubject<T>,
  translate: TranslateOptions,
): Promise<(readonly [name: string, sizes: Sizes])[]> {
  if ('sizes' in subject) return Object.entries(requireItem(subject.sizes)).map(([name, bytes]) => [name, givenSizes(table, name, bytes)]);
  const item =
    'attributes' in subject
      ? await validateAttributes(table, requireItem(subject.attributes), translate)
      : await validatedValues(table, requireItem(subject.item), translate);
  refuseReservedNames(item);
  return Object.entries(item).map(([name, value]) => [name, valueSizes(table, name, value)]);
}

async function validatedValues(table: Table, item: Readonly<Record<string, unknown>>, translate: TranslateOptions): Promise<AttributeMap> {
  refuseProtoInItem(item);
  return toAttributes(await validateForWrite(table, item), translate);
}

function valueSizes({ structure }: Table, name: string, value: AttributeValue): Sizes {
  const plain = itemSize({ [name]: value }) - nameBytes(name);
  return { plain, sealed: structure.actionOf(name) === 'ENCRYPT_AND_SIGN' ? serialize(value, 'write').value.length + SEALED_OVERHEAD : 0 };
}

function givenSizes({ structure }: Table, name: string, bytes: number): Sizes {
  structure.actionOf(name);
  if (Number.isSafeInteger(bytes) && bytes >= 0) return { plain: bytes, sealed: bytes + SEALED_OVERHEAD };
  throw new FieldsealError('INPUT_INVALID', `sizes: the bytes of ${quoted(name)} must be a whole number`);
}

/** Header and footer with their names, written by what writes real ones, of keys and tags that are zeros. */
function formatBytes({ structure }: Table, signed: number, { keys, algorithmSuiteId }: OverheadOptions): number {
  const encryptedDataKeys = (Array.isArray(keys) ? keys : [keys]).map(sizedDataKey);
  const suite = suiteOf(algorithmSuiteId);
  const body = writeHeaderBody({
    version: structure.version,
    suite,
    messageId: new Uint8Array(MESSAGE_ID_LENGTH),
    legend: new Array<'s'>(signed).fill('s'),
    context: freezeContext(suite.signed ? [[PUBLIC_KEY_ENTRY, 'A'.repeat(PUBLIC_KEY_LENGTH)]] : []),
    encryptedDataKeys,
  });
  const footer = writeFooter({
    tags: encryptedDataKeys.map(() => new Uint8Array(TAG_LENGTH)),
    signature: suite.signed ? new Uint8Array(SIGNATURE_LENGTH) : undefined,
  });
  return nameBytes(HEADER_ATTRIBUTE) + body.length + COMMITMENT_LENGTH + nameBytes(FOOTER_ATTRIBUTE) + footer.length;
}

function isEncrypted({ structure }: Table, name: string): boolean {
  return structure.actions.get(name) === 'ENCRYPT_AND_SIGN';
}

function units(before: number, after: number, unit: number): BeforeAndAfter {
  return { before: Math.max(1, Math.ceil(before / unit)), after: Math.max(1, Math.ceil(after / unit)) };
}

function nameBytes(name: string): number {
  return Buffer.byteLength(name);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}
