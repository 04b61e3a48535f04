/** The sizes of one real encrypted item: a floor works on as many bytes as the library does. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { baseContext, CanonicalPaths, parseHeader, serializeContext, TypeId } from 'fieldseal/format';
import { configOf } from '../scenarios.mjs';
import { encryptorOf } from './fieldseal.mjs';

const SEALED_OVERHEAD = 18;
const COMMITMENT_LENGTH = 32;
/** In the canonical record each attribute has a length and a word, and plain ones their type. */
const LENGTH_AND_WORD = 8 + 'ENCRYPTED'.length;
const TYPE_LENGTH = 2;

/**
 * What the primitives are fed with. The contents are random: none of them depends on what it is given.
 *
 * @typedef {object} Shape
 * @property {Buffer} context the serialised encryption context
 * @property {Buffer} headerBody what the commitment covers
 * @property {Buffer} canonicalRecord what the footer covers, laid out in one piece
 * @property {{ path: Uint8Array, value: Buffer }[]} fields the encrypted ones
 */

/**
 * @param {import('../scenarios.mjs').Cell} cell
 * @returns {Promise<Shape>}
 */
export async function shapeOf(cell) {
  const { item, encryptedNames } = cell.scenario;
  const { logicalTableName, partitionKeyName, sortKeyName } = configOf(cell);
  const encrypted = await encryptorOf(cell).encryptAttributes(item);
  const header = encrypted.aws_dbe_head?.B ?? new Uint8Array();
  const keys = new Map([
    [partitionKeyName, { typeId: TypeId.STRING, value: Buffer.from(item[partitionKeyName]?.S ?? '') }],
    [sortKeyName, { typeId: TypeId.NUMBER, value: Buffer.from(item[sortKeyName]?.N ?? '') }],
  ]);
  const base = baseContext({ version: 1, logicalTableName, partitionKeyName, sortKeyName, contextNames: [], fields: keys });
  const context = serializeContext({ ...base, ...parseHeader(header).context });
  const paths = new CanonicalPaths(logicalTableName);
  const fields = encryptedNames.map(name => ({
    path: paths.of(name),
    value: randomBytes((encrypted[name]?.B?.length ?? 0) - SEALED_OVERHEAD),
  }));
  const attributes = Object.keys(item).map(name => paths.of(name).length + LENGTH_AND_WORD + storedLength(encrypted[name] ?? {}));
  const recordLength = attributes.reduce((total, length) => total + length, header.length + 8 + context.length);
  return {
    context: Buffer.from(context),
    headerBody: randomBytes(header.length - COMMITMENT_LENGTH),
    canonicalRecord: randomBytes(recordLength),
    fields,
  };
}

/** Bytes of an attribute in the canonical record. @param {Partial<import('../scenarios.mjs').AttributeValue>} value */
function storedLength({ S, N, BOOL, B }) {
  if (B !== undefined) return B.length;
  return TYPE_LENGTH + Buffer.byteLength(S ?? N ?? (BOOL === undefined ? '' : '1'));
}
