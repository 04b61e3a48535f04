/**
 * DynamoDB values as bytes and back, after ddb-attribute-serialization.md. Slow and plain on purpose: it shares no code with the library, so that
 * both are wrong only where both misread the specification.
 */
import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { normalizeNumber } from './numbers.ts';

/** "Type ID": two bytes; "Value": the rest. */
export interface Serialized {
  readonly type: string;
  readonly value: Buffer;
}

/** ddb-attribute-serialization.md, "Type ID", in hexadecimal. */
const TYPE = {
  NULL: '0000',
  S: '0001',
  N: '0002',
  B: 'ffff',
  BOOL: '0004',
  SS: '0101',
  NS: '0102',
  BS: '01ff',
  M: '0200',
  L: '0300',
} as const;
const DEEPEST = 32;
const LONGEST_KEY = 65_535;

export function serialize(value: AttributeValue, depth = 1): Serialized {
  if (depth > DEEPEST) throw new Error('too deep');
  if (value.NULL !== undefined) return { type: TYPE.NULL, value: Buffer.alloc(0) };
  if (value.S !== undefined) return { type: TYPE.S, value: utf8(value.S) };
  if (value.N !== undefined) return { type: TYPE.N, value: utf8(normalizeNumber(value.N)) };
  if (value.B !== undefined) return { type: TYPE.B, value: Buffer.from(value.B) };
  if (value.BOOL !== undefined) return { type: TYPE.BOOL, value: Buffer.from([value.BOOL ? 1 : 0]) };
  // Strings are sorted by UTF-16 code units, which is what sort() does, and bytes as unsigned bytes.
  if (value.SS !== undefined) return { type: TYPE.SS, value: set([...value.SS].sort().map(utf8)) };
  if (value.NS !== undefined) return { type: TYPE.NS, value: set(value.NS.map(normalizeNumber).sort().map(utf8)) };
  if (value.BS !== undefined) return { type: TYPE.BS, value: set(value.BS.map(member => Buffer.from(member)).sort(Buffer.compare)) };
  if (value.L !== undefined) return { type: TYPE.L, value: list(value.L, depth) };
  if (value.M !== undefined) return { type: TYPE.M, value: map(value.M, depth) };
  throw new Error('a value of no known type');
}

function set(members: Buffer[]): Buffer {
  members.forEach((member, index) => {
    if (members[index - 1]?.equals(member)) throw new Error('a set has equal members');
  });
  return Buffer.concat([u32(members.length), ...members.map(counted)]);
}

function list(elements: AttributeValue[], depth: number): Buffer {
  return Buffer.concat([u32(elements.length), ...elements.map(element => nested(serialize(element, depth + 1)))]);
}

/** "Map Entries": in the order of the keys' UTF-16 code units; a key is a value of type S of 1 to 65,535 bytes. */
function map(entries: Record<string, AttributeValue>, depth: number): Buffer {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([key, value]) => {
    const name = utf8(key);
    if (name.length > LONGEST_KEY) throw new Error('a map key is too long');
    return Buffer.concat([Buffer.from(TYPE.S, 'hex'), counted(name), nested(serialize(value, depth + 1))]);
  });
  return Buffer.concat([u32(sorted.length), ...parts]);
}

function nested({ type, value }: Serialized): Buffer {
  return Buffer.concat([Buffer.from(type, 'hex'), counted(value)]);
}

export function deserialize({ type, value }: Serialized, depth = 1): AttributeValue {
  if (depth > DEEPEST) throw new Error('too deep');
  const bytes = new Bytes(value);
  const result = read(type, bytes, depth);
  bytes.end();
  return result;
}

function read(type: string, bytes: Bytes, depth: number): AttributeValue {
  if (type === TYPE.NULL) return { NULL: true };
  if (type === TYPE.S) return { S: text(bytes.rest()) };
  if (type === TYPE.N) return { N: text(bytes.rest()) };
  if (type === TYPE.B) return { B: bytes.rest() };
  if (type === TYPE.BOOL) return { BOOL: boolean(bytes.take(1)) };
  const count = bytes.u32();
  if (type === TYPE.SS) return { SS: bytes.times(count, () => text(bytes.counted())) };
  if (type === TYPE.NS) return { NS: bytes.times(count, () => text(bytes.counted())) };
  if (type === TYPE.BS) return { BS: bytes.times(count, () => bytes.counted()) };
  if (type === TYPE.L) return { L: bytes.times(count, () => element(bytes, depth)) };
  if (type === TYPE.M) return { M: Object.fromEntries(bytes.times(count, () => [key(bytes), element(bytes, depth)])) };
  throw new Error(`type ${type} is not known`);
}

function element(bytes: Bytes, depth: number): AttributeValue {
  const type = bytes.take(2).toString('hex');
  return deserialize({ type, value: bytes.counted() }, depth + 1);
}

function key(bytes: Bytes): string {
  if (bytes.take(2).toString('hex') !== TYPE.S) throw new Error('a map key is not a string');
  return text(bytes.counted());
}

function boolean([byte]: Buffer): boolean {
  if (byte !== 0 && byte !== 1) throw new Error('a boolean is neither 0 nor 1');
  return byte === 1;
}

/** Reads from the left and complains about what is missing or left over. */
class Bytes {
  #left: Buffer;
  constructor(bytes: Buffer) {
    this.#left = bytes;
  }
  take(length: number): Buffer {
    if (length > this.#left.length) throw new Error('bytes are missing');
    const taken = this.#left.subarray(0, length);
    this.#left = this.#left.subarray(length);
    return taken;
  }
  u32 = (): number => this.take(4).readUInt32BE();
  counted = (): Buffer => this.take(this.u32());
  rest = (): Buffer => this.take(this.#left.length);
  times<T>(count: number, next: () => T): T[] {
    const all: T[] = [];
    while (all.length < count) all.push(next());
    return all;
  }
  end(): void {
    if (this.#left.length > 0) throw new Error('bytes are left over');
  }
}

export function utf8(string: string): Buffer {
  if (!string.isWellFormed()) throw new Error('a lone surrogate has no UTF-8');
  return Buffer.from(string, 'utf8');
}

function text(bytes: Buffer): string {
  const string = bytes.toString('utf8');
  if (!Buffer.from(string, 'utf8').equals(bytes)) throw new Error('not UTF-8');
  return string;
}

function counted(bytes: Buffer): Buffer {
  return Buffer.concat([u32(bytes.length), bytes]);
}

function u32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
