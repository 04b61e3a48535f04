import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE } from '../../format/header.ts';
import type { IndexDefinition } from '../../schema/secondary-index.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { keyNamesOf } from './keys.ts';

/** A secondary index that a request reads from. */
export interface IndexUse {
  readonly name: string;
  readonly table: EncryptedTable;
  /** Undefined for an index that `.at()` was not told of. */
  readonly declared: IndexDefinition | undefined;
  /** Whether its entries hold all that is signed. `local`: DynamoDB takes whole items from the table. */
  readonly holds: 'all signed' | 'too little' | 'unknown' | 'local';
  /** Its key attributes, as far as they are known. */
  readonly keys: readonly string[];
}

/** The index of a request. `compared` are the attributes that its key condition names. */
export function indexUse(table: EncryptedTable, indexName: unknown, compared: readonly string[]): IndexUse | undefined {
  if (typeof indexName !== 'string') return undefined; // no index, or a request that the server refuses
  const declared = table.indexes.get(indexName);
  const keys = declared === undefined ? compared : [declared.partition, ...(declared.sort === undefined ? [] : [declared.sort])];
  return { name: indexName, table, declared, holds: holdingsOf(table, declared), keys };
}

/** The attributes that a declared index holds; undefined when it holds all, or nobody said. */
export function projectedNames({ table, declared, keys }: IndexUse): string[] | undefined {
  if (declared === undefined || declared.project === 'ALL') return undefined;
  const listed = declared.project === 'KEYS_ONLY' ? [] : declared.project.filter(name => !FORMAT.includes(name));
  return [...new Set([...keyNamesOf(table), ...keys, ...listed])];
}

/**
 * Whether an entry lacks what its verification needs. One that has neither header nor footer looks like plaintext: where plaintext may be read, only
 * the table tells whether it is.
 */
export function isPartial({ holds, table }: IndexUse, entry: AttributeMap): boolean {
  const marks = FORMAT.filter(name => Object.hasOwn(entry, name)).length;
  switch (holds) {
    case 'too little':
      return true;
    case 'unknown':
    case 'local': // a server may not know that the whole item was asked for
      return marks < FORMAT.length;
    case 'all signed':
      return marks === 0 && table.policy.readsPlaintext;
  }
}

/** The failure of an entry that does not hold all that is signed, and must not be read again. */
export function indexPartial({ name, table, declared }: IndexUse): FieldsealError {
  const known = declared === undefined ? 'an entry of it lacks' : 'its entries lack';
  return new FieldsealError(
    'INDEX_PARTIAL',
    `index ${quoted(name)} of table "${table.table.logicalName}": ${known} signed attributes, so nothing can be verified; project ALL, or set onPartialIndex to 'refetch' or 'keysOnly'`,
  );
}

/** The failure of an entry that could have been opened if the index held all that is signed, which nobody said. Still: not authentic. */
export function notAuthenticIn({ name, table, declared }: IndexUse, failure: FieldsealError): FieldsealError {
  const hint =
    declared === undefined
      ? `index ${quoted(name)} is not declared: if it does not project ALL, declare it with .at(name, { indexes })`
      : `index ${quoted(name)} may lack attributes that were signed under an older schema: project ALL`;
  const hinted = new FieldsealError('NOT_AUTHENTIC', `table "${table.table.logicalName}": ${failure.message}; ${hint}`, { cause: failure });
  hinted.stack = `${hinted.name}: ${hinted.message}`; // as the cause has it: its frames would tell where the item stopped being authentic
  return hinted;
}

const FORMAT: readonly string[] = [HEADER_ATTRIBUTE, FOOTER_ATTRIBUTE];

function holdingsOf(table: EncryptedTable, declared: IndexDefinition | undefined): IndexUse['holds'] {
  if (declared === undefined) return 'unknown';
  if (declared.type === 'local') return 'local';
  if (declared.project === 'ALL') return 'all signed';
  if (declared.project === 'KEYS_ONLY') return 'too little';
  const held = new Set([...keyNamesOf(table), declared.partition, declared.sort, ...declared.project]);
  const signed = [...table.table.structure.actions].filter(([, action]) => action !== 'DO_NOTHING').map(([name]) => name);
  return [...FORMAT, ...signed].every(name => held.has(name)) ? 'all signed' : 'too little';
}
