import { ByteReader } from '../bytes/reader.ts';
import { utf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { FieldsealError } from '../errors.ts';
import { type EncryptionContext, PUBLIC_KEY_ENTRY, readContext, serializeContext } from './context.ts';
import { type AlgorithmSuite, suiteOfFlavor } from './suites.ts';

/** One wrapping of the item's data key. */
export interface EncryptedDataKey {
  readonly providerId: string;
  readonly providerInfo: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** What the legend says of one signed attribute: encrypted, signed only, or signed and in the encryption context. */
export type LegendEntry = 'e' | 's' | 'c';

/** The attribute that holds the header. */
export const HEADER_ATTRIBUTE = 'aws_dbe_head';
/** The attribute that holds the footer. */
export const FOOTER_ATTRIBUTE = 'aws_dbe_foot';

/** Bytes of a message id. */
export const MESSAGE_ID_LENGTH = 32;
const COMMITMENT_LENGTH = 32;
const MOST_EDKS = 255;
const MOST_BYTES = 0xffff;

/** The fields of a header before its commitment (header.md). */
export interface HeaderBody {
  readonly version: 1 | 2;
  readonly suite: AlgorithmSuite;
  readonly messageId: Uint8Array;
  /** One entry for each signed attribute, in canonical path order. */
  readonly legend: readonly LegendEntry[];
  /** The stored part of the encryption context: the public key, and what a custom materials manager added. */
  readonly context: EncryptionContext;
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
}

/** A parsed header. `body` are the bytes that the commitment covers. */
export interface Header extends HeaderBody {
  readonly body: Uint8Array;
  readonly commitment: Uint8Array;
}

/** The bytes before the commitment. Throws INPUT_INVALID for more than 255 encrypted data keys or 65,535 attributes. */
export function writeHeaderBody(header: HeaderBody): Uint8Array {
  const { legend, encryptedDataKeys } = header;
  if (legend.length > MOST_BYTES) throw new FieldsealError('INPUT_INVALID', `an item can have at most ${MOST_BYTES} signed attributes`);
  if (encryptedDataKeys.length < 1 || encryptedDataKeys.length > MOST_EDKS) {
    throw new FieldsealError(
      'INPUT_INVALID',
      `an item has 1 to ${MOST_EDKS} encrypted data keys; the keyring made ${encryptedDataKeys.length}`,
    );
  }
  const writer = new ByteWriter(640).u8(header.version).u8(header.suite.flavor).bytes(header.messageId).u16(legend.length);
  for (const entry of legend) writer.u8(entry.charCodeAt(0));
  writer.bytes(serializeContext(header.context)).u8(encryptedDataKeys.length);
  for (const edk of encryptedDataKeys) {
    for (const part of [utf8(edk.providerId), edk.providerInfo, edk.ciphertext]) {
      if (part.length > MOST_BYTES)
        throw new FieldsealError('INPUT_INVALID', `a part of an encrypted data key is over ${MOST_BYTES} bytes`);
      writer.u16(part.length).bytes(part);
    }
  }
  return writer.finish();
}

/** Reads a header, strictly: whatever is truncated, unknown, out of order or left over is MALFORMED. */
export function parseHeader(bytes: Uint8Array): Header {
  const reader = new ByteReader(bytes, HEADER_ATTRIBUTE);
  const version = reader.u8();
  if (version !== 1 && version !== 2) throw reader.malformed(`format version ${version} is not known`);
  const flavor = reader.u8();
  const suite = suiteOfFlavor(flavor);
  if (suite === undefined) throw reader.malformed(`flavor ${flavor} is not known`);
  const messageId = reader.take(MESSAGE_ID_LENGTH);
  const legend = readLegend(reader, version);
  const context = readContext(reader);
  if (suite.signed !== PUBLIC_KEY_ENTRY in context) {
    throw reader.malformed(
      suite.signed ? 'the suite signs, but there is no public key' : 'the suite does not sign, but there is a public key',
    );
  }
  const encryptedDataKeys = readEncryptedDataKeys(reader);
  const body = bytes.subarray(0, reader.offset);
  const commitment = reader.take(COMMITMENT_LENGTH);
  reader.end();
  return { version, suite, messageId, legend, context, encryptedDataKeys, body, commitment };
}

function readLegend(reader: ByteReader, version: 1 | 2): LegendEntry[] {
  const legend: LegendEntry[] = [];
  for (const byte of reader.take(reader.u16())) {
    const entry = String.fromCharCode(byte);
    if (entry !== 'e' && entry !== 's' && !(entry === 'c' && version === 2)) throw reader.malformed('the legend has an unknown entry');
    legend.push(entry);
  }
  return legend;
}

function readEncryptedDataKeys(reader: ByteReader): EncryptedDataKey[] {
  const count = reader.u8();
  if (count === 0) throw reader.malformed('there is no encrypted data key');
  return Array.from({ length: count }, () => {
    const providerId = reader.text(reader.u16());
    if (providerId === undefined) throw reader.malformed('a key provider id is not UTF-8');
    return { providerId, providerInfo: reader.take(reader.u16()), ciphertext: reader.take(reader.u16()) };
  });
}
