import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compareBytes } from '../bytes/compare.ts';
import { utf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { FieldsealError } from '../errors.ts';
import { type Terminal, TypeId } from '../format/terminal.ts';
import {
  type AttributeMap,
  type DynamoDbType,
  isBoolean,
  isByteArrays,
  isBytes,
  isList,
  isMap,
  isString,
  isStrings,
  requireContent,
  typeOf,
} from './attribute-value.ts';
import { normalizeNumber } from './numbers.ts';

/** Levels of nesting, the attribute itself being the first. */
export const MOST_LEVELS = 32;
const MOST_KEY_BYTES = 0xffff;

/** Writes the content of one type and returns its type id (ddb-attribute-serialization.md). */
type Write = (writer: ByteWriter, content: unknown, level: number) => number;

const WRITE: Readonly<Record<DynamoDbType, Write>> = {
  NULL: (_, content) => {
    requireContent(content, 'NULL', isBoolean);
    return TypeId.NULL;
  },
  BOOL: (writer, content) => {
    writer.u8(requireContent(content, 'BOOL', isBoolean) ? 1 : 0);
    return TypeId.BOOLEAN;
  },
  S: (writer, content) => {
    writer.bytes(utf8(requireContent(content, 'S', isString)));
    return TypeId.STRING;
  },
  N: (writer, content) => {
    writer.bytes(utf8(normalizeNumber(requireContent(content, 'N', isString))));
    return TypeId.NUMBER;
  },
  B: (writer, content) => {
    writer.bytes(requireContent(content, 'B', isBytes));
    return TypeId.BINARY;
  },
  SS: (writer, content) => {
    writeSet(writer, sortedUnits(requireContent(content, 'SS', isStrings)).map(utf8));
    return TypeId.STRING_SET;
  },
  NS: (writer, content) => {
    writeSet(writer, sortedUnits(requireContent(content, 'NS', isStrings).map(normalizeNumber)).map(utf8));
    return TypeId.NUMBER_SET;
  },
  BS: (writer, content) => {
    writeSet(writer, [...requireContent(content, 'BS', isByteArrays)].sort(compareBytes));
    return TypeId.BINARY_SET;
  },
  L: (writer, content, level) => {
    const list = requireContent(content, 'L', isList);
    writer.u32(list.length);
    for (const element of list) writeElement(writer, element, level + 1);
    return TypeId.LIST;
  },
  M: (writer, content, level) => {
    const map = requireContent(content, 'M', isMap);
    const keys = sortedUnits(Object.keys(map));
    writer.u32(keys.length);
    for (const key of keys) writeEntry(writer, key, map, level + 1);
    return TypeId.MAP;
  },
};

/**
 * The serialised form of an attribute. Throws ATTRIBUTE_INVALID for a value that DynamoDB has no type for, a malformed number, a lone
 * surrogate, duplicate set members (numbers after normalisation), or over 32 levels.
 */
export function serialize(value: AttributeValue): Terminal {
  if (typeOf(value) === 'B') return { typeId: TypeId.BINARY, value: requireContent(value.B, 'B', isBytes) };
  const writer = new ByteWriter(64);
  const typeId = writeContent(writer, value, 1);
  return { typeId, value: writer.finish() };
}

function writeContent(writer: ByteWriter, value: AttributeValue, level: number): number {
  if (level > MOST_LEVELS) throw new FieldsealError('ATTRIBUTE_INVALID', `the value is nested deeper than ${MOST_LEVELS} levels`);
  const type = typeOf(value);
  return WRITE[type](writer, value[type as keyof AttributeValue], level);
}

function writeElement(writer: ByteWriter, value: AttributeValue, level: number): void {
  const typePlace = writer.length;
  writer.u16(0);
  const lengthPlace = writer.skipU32();
  const start = writer.length;
  writer.patchU16(typePlace, writeContent(writer, value, level));
  writer.patchU32(lengthPlace, writer.length - start);
}

function writeEntry(writer: ByteWriter, key: string, map: AttributeMap, level: number): void {
  const bytes = utf8(key);
  if (bytes.length > MOST_KEY_BYTES) throw new FieldsealError('ATTRIBUTE_INVALID', `a map key is over ${MOST_KEY_BYTES} bytes`);
  writer.u16(TypeId.STRING).u32(bytes.length).bytes(bytes);
  const value = map[key];
  if (value !== undefined) writeElement(writer, value, level);
}

function writeSet(writer: ByteWriter, members: readonly Uint8Array[]): void {
  writer.u32(members.length);
  let previous: Uint8Array | undefined;
  for (const member of members) {
    if (previous !== undefined && Buffer.compare(previous, member) === 0) {
      throw new FieldsealError('ATTRIBUTE_INVALID', 'the set has a member twice; remove one (numbers are compared by value)');
    }
    writer.u32(member.length).bytes(member);
    previous = member;
  }
}

/** Copies and sorts by UTF-16 code units, which is how every DB-ESDK orders strings. */
function sortedUnits(texts: readonly string[]): string[] {
  return [...texts].sort();
}
