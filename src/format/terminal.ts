/** One serialised value: the two bytes of its type and its bytes (ddb-attribute-serialization.md). */
export interface Terminal {
  readonly typeId: number;
  readonly value: Uint8Array;
}

type TypeName = 'NULL' | 'STRING' | 'NUMBER' | 'BOOLEAN' | 'BINARY' | 'STRING_SET' | 'NUMBER_SET' | 'BINARY_SET' | 'MAP' | 'LIST';

/** Type ids of the format: the first byte is the kind (0 scalar, 1 set, 2 map, 3 list), 0xFF.. is binary. */
export const TypeId: Readonly<Record<TypeName, number>> = Object.freeze({
  NULL: 0x0000,
  STRING: 0x0001,
  NUMBER: 0x0002,
  BOOLEAN: 0x0004,
  BINARY: 0xffff,
  STRING_SET: 0x0101,
  NUMBER_SET: 0x0102,
  BINARY_SET: 0x01ff,
  MAP: 0x0200,
  LIST: 0x0300,
});

/** Bytes that each encrypted field adds: type id and GCM tag. */
export const SEALED_OVERHEAD: number = 2 + 16;
