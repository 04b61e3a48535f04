import { equalSecrets } from '../../bytes/compare.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { Age } from './age.ts';
import { PlaintextDigest } from './digest.ts';

interface Kept {
  readonly digest: Uint8Array;
  readonly encrypted: AttributeMap;
  readonly age: Age;
}

/**
 * The ciphertext of items that DynamoDB did not get to. Sent again as the same object, and unchanged, such an item needs no new key. It goes with
 * the caller's object, and after ten minutes.
 */
export class ResendMemory {
  readonly #kept = new WeakMap<object, Map<string, Kept>>();

  /** What was made of a caller's item for this table, if `plaintext` is what it was made of. */
  find(item: object, table: EncryptedTable, plaintext: AttributeMap): AttributeMap | undefined {
    const kept = this.#kept.get(item)?.get(table.name);
    if (kept === undefined) return undefined;
    if (!kept.age.isOver && equalSecrets(kept.digest, digestOf(table, plaintext))) return kept.encrypted;
    this.forget(item, table);
    return undefined;
  }

  keep(item: object, table: EncryptedTable, plaintext: AttributeMap, encrypted: AttributeMap): void {
    const tables = this.#kept.get(item) ?? new Map<string, Kept>();
    tables.set(table.name, { digest: digestOf(table, plaintext), encrypted, age: new Age() });
    this.#kept.set(item, tables);
  }

  forget(item: object, table: EncryptedTable): void {
    this.#kept.get(item)?.delete(table.name);
  }
}

function digestOf({ name, table }: EncryptedTable, plaintext: AttributeMap): Uint8Array {
  return new PlaintextDigest().text(name).text(table.logicalName).item(plaintext).finish();
}
