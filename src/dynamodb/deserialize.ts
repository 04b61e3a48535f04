import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { setOwn } from '../bytes/own-property.ts';
import { ByteReader } from '../bytes/reader.ts';
import { type Terminal, TypeId } from '../format/terminal.ts';
import type { AttributeMap } from './attribute-value.ts';
import { MOST_LEVELS } from './serialize.ts';

/** Reads the content of one type, which is all that remains in the reader. */
type Read = (reader: ByteReader, level: number) => AttributeValue;

const READ: ReadonlyMap<number, Read> = new Map<number, Read>([
  [TypeId.NULL, () => ({ NULL: true })],
  [TypeId.BOOLEAN, reader => ({ BOOL: readBoolean(reader) })],
  [TypeId.STRING, reader => ({ S: readText(reader, reader.remaining) })],
  [TypeId.NUMBER, reader => ({ N: readText(reader, reader.remaining) })],
  [TypeId.BINARY, reader => ({ B: readBytes(reader, reader.remaining) })],
  [TypeId.STRING_SET, reader => ({ SS: readSet(reader, readText) })],
  [TypeId.NUMBER_SET, reader => ({ NS: readSet(reader, readText) })],
  [TypeId.BINARY_SET, reader => ({ BS: readSet(reader, readBytes) })],
  [TypeId.LIST, (reader, level) => ({ L: readList(reader, level) })],
  [TypeId.MAP, (reader, level) => ({ M: readMap(reader, level) })],
]);

/** The value of a serialised attribute. Throws MALFORMED unless every byte is as {@link serialize} would write it. */
export function deserialize({ typeId, value }: Terminal): AttributeValue {
  const reader = new ByteReader(value, 'serialised attribute');
  const content = readContent(typeId, reader, 1);
  reader.end();
  return content;
}

function readContent(typeId: number, reader: ByteReader, level: number): AttributeValue {
  if (level > MOST_LEVELS) throw reader.malformed(`it is nested deeper than ${MOST_LEVELS} levels`);
  const read = READ.get(typeId);
  if (read === undefined) throw reader.malformed('its type is not known');
  return read(reader, level);
}

function readBoolean(reader: ByteReader): boolean {
  const byte = reader.u8();
  if (byte > 1) throw reader.malformed('a boolean is neither 0 nor 1');
  return byte === 1;
}

function readText(reader: ByteReader, length: number): string {
  const text = reader.text(length);
  if (text === undefined) throw reader.malformed('a text is not UTF-8');
  return text;
}

/** A copy: the caller keeps the value longer than the item it was read from. */
function readBytes(reader: ByteReader, length: number): Uint8Array {
  return Uint8Array.from(reader.take(length));
}

function readSet<T extends string | Uint8Array>(reader: ByteReader, read: (reader: ByteReader, length: number) => T): T[] {
  const members: T[] = [];
  const seen = new Set<string>();
  for (let count = reader.u32(); count > 0; count--) {
    const member = read(reader, reader.u32());
    const identity = typeof member === 'string' ? member : Buffer.from(member).toString('latin1');
    if (seen.has(identity)) throw reader.malformed('a set has a member twice');
    seen.add(identity);
    members.push(member);
  }
  return members;
}

function readList(reader: ByteReader, level: number): AttributeValue[] {
  const list: AttributeValue[] = [];
  for (let count = reader.u32(); count > 0; count--) list.push(readElement(reader, level));
  return list;
}

function readMap(reader: ByteReader, level: number): AttributeMap {
  const map: AttributeMap = {};
  for (let count = reader.u32(); count > 0; count--) {
    if (reader.u16() !== TypeId.STRING) throw reader.malformed('a map key is not a string');
    const key = readText(reader, reader.u32());
    if (Object.hasOwn(map, key)) throw reader.malformed('a map has a key twice');
    setOwn(map, key, readElement(reader, level));
  }
  return map;
}

function readElement(reader: ByteReader, level: number): AttributeValue {
  const typeId = reader.u16();
  const outerEnd = reader.enter(reader.u32());
  const content = readContent(typeId, reader, level + 1);
  reader.leave(outerEnd);
  return content;
}
