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
const U32_LENGTH = 4;

/** Writes the content of one type and returns its type id (ddb-attribute-serialization.md). */
type Write = (writer: ByteWriter, content: unknown, walk: Walk) => number;

/** Where serialisation is, and what it is for. */
interface Walk {
  readonly level: number;
  readonly purpose: Purpose;
}

/** Java's DB-ESDK writes empty map keys and Rust's refuses them: we write none, but read what Java wrote. */
export type Purpose = 'write' | 'verify';

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
    writer.text(requireContent(content, 'S', isString));
    return TypeId.STRING;
  },
  N: (writer, content) => {
    writer.text(normalizeNumber(requireContent(content, 'N', isString)));
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
  L: (writer, content, walk) => {
    const list = requireContent(content, 'L', isList);
    writer.u32(list.length);
    for (const element of list) writeElement(writer, element, deeper(walk));
    return TypeId.LIST;
  },
  M: (writer, content, walk) => {
    const map = requireContent(content, 'M', isMap);
    const keys = sortedUnits(Object.keys(map));
    writer.u32(keys.length);
    for (const key of keys) writeEntry(writer, key, map, deeper(walk));
    return TypeId.MAP;
  },
};

/**
 * The serialised form of an attribute. Throws ATTRIBUTE_INVALID for a value that DynamoDB has no type for, a malformed number, a lone
 * surrogate, duplicate set members (numbers after normalisation), an empty map key (on write), or over 32 levels.
 */
export function serialize(value: AttributeValue, purpose: Purpose): Terminal {
  if (typeOf(value) === 'B') return { typeId: TypeId.BINARY, value: requireContent(value.B, 'B', isBytes) };
  const writer = new ByteWriter(64);
  const typeId = writeContent(writer, value, { level: 1, purpose });
  return { typeId, value: writer.finish() };
}

function writeContent(writer: ByteWriter, value: AttributeValue, walk: Walk): number {
  if (walk.level > MOST_LEVELS) throw new FieldsealError('ATTRIBUTE_INVALID', `the value is nested deeper than ${MOST_LEVELS} levels`);
  const type = typeOf(value);
  return WRITE[type](writer, value[type as keyof AttributeValue], walk);
}

function deeper({ level, purpose }: Walk): Walk {
  return { level: level + 1, purpose };
}

function writeElement(writer: ByteWriter, value: AttributeValue, walk: Walk): void {
  const typePlace = writer.length;
  writer.u16(0);
  const lengthPlace = writer.skipU32();
  const start = writer.length;
  writer.patchU16(typePlace, writeContent(writer, value, walk));
  writer.patchU32(lengthPlace, writer.length - start);
}

function writeEntry(writer: ByteWriter, key: string, map: AttributeMap, walk: Walk): void {
  if (key === '' && walk.purpose === 'write') throw new FieldsealError('ATTRIBUTE_INVALID', 'a map key is empty; give it a name');
  const lengthPlace = writer.u16(TypeId.STRING).skipU32();
  const length = writer.text(key).length - lengthPlace - U32_LENGTH;
  if (length > MOST_KEY_BYTES) throw new FieldsealError('ATTRIBUTE_INVALID', `a map key is over ${MOST_KEY_BYTES} bytes`);
  writer.patchU32(lengthPlace, length);
  const value = map[key];
  if (value !== undefined) writeElement(writer, value, walk);
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
