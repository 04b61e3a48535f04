import { FieldsealError } from '../errors.ts';
import type { BoundTable } from '../schema/table.ts';
import { tableName } from './commands/tables-of.ts';
import { withLeakCheck } from './leak-check.ts';
import type { Settings } from './settings.ts';
import { type TableCipher, type TableCipherOptions, tableCipher } from './table-cipher.ts';

/** A table in DynamoDB whose items are encrypted. */
export interface EncryptedTable extends TableCipher {
  /** Its name there, never an ARN. */
  readonly name: string;
  readonly indexes: BoundTable['indexes'];
}

/** Encrypted tables by their names in DynamoDB. */
export type EncryptedTables = ReadonlyMap<string, EncryptedTable>;

/** Checks the tables of a client. Throws CONFIG_INVALID or KEYRING_REFUSED. */
export function encryptedTables(
  tables: readonly BoundTable[],
  options: TableCipherOptions,
  leakCheck: Settings['leakCheck'],
): EncryptedTables {
  if (!Array.isArray(tables) || tables.length === 0)
    throw new FieldsealError('CONFIG_INVALID', 'tables must name at least one table: [users.at("users-prod")]');
  const known = new Map<string, EncryptedTable>();
  for (const [i, bound] of tables.entries()) {
    if (typeof bound?.physicalName !== 'string')
      throw new FieldsealError('CONFIG_INVALID', `tables[${i}] is not bound to a table: users.at('users-prod')`);
    const name = tableName(bound.physicalName);
    if (known.has(name)) throw new FieldsealError('CONFIG_INVALID', `tables names "${name}" twice`);
    known.set(name, Object.freeze({ ...withLeakCheck(tableCipher(bound.table, options), leakCheck), name, indexes: bound.indexes }));
  }
  return known;
}
