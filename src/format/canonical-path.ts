import { compareUtf8, utf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';

const PATH_DEPTH = 1;
const STRING_SEGMENT = 0x24;
const MOST_PATHS_KEPT = 1024;

/**
 * Canonical paths of one table's attributes (header.md, "Canonical Path"): table name || u64 depth || '$' || u64 length || name.
 * The length counts UTF-16 code units, not bytes: DB-ESDK's Dafny source does, whatever its specification says.
 */
export class CanonicalPaths {
  readonly #tableName: Uint8Array;
  readonly #known = new Map<string, Uint8Array>();

  constructor(logicalTableName: string) {
    this.#tableName = utf8(logicalTableName);
  }

  /** The path of an attribute. Throws ATTRIBUTE_INVALID for a lone surrogate in the name. */
  of(name: string): Uint8Array {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const path = this.#write(name);
    if (this.#known.size < MOST_PATHS_KEPT) this.#known.set(name, path);
    return path;
  }

  #write(name: string): Uint8Array {
    const encoded = utf8(name);
    return new ByteWriter(this.#tableName.length + 17 + encoded.length)
      .bytes(this.#tableName)
      .u64(PATH_DEPTH)
      .u8(STRING_SEGMENT)
      .u64(name.length)
      .bytes(encoded)
      .finish();
  }
}

/** Orders attribute names as their canonical paths are ordered: by length in UTF-16 units, then by UTF-8 bytes. */
export function compareByCanonicalPath(a: string, b: string): number {
  return a.length - b.length || compareUtf8(a, b);
}
