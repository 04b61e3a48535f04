import { isRecord } from '../bytes/objects.ts';
import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { AttributeAt, AttributeKind, AttributeStored, NamesOf, Shape } from './attribute.ts';
import { FrozenMap } from './frozen.ts';
import type { KeyValue } from './key.ts';
import type { TypeError_ } from './storable.ts';
import type { Structure } from './structure.ts';

/** What a secondary index is declared with. */
export interface IndexOptions {
  readonly partition: string;
  readonly sort?: string | undefined;
  /** What the index holds: whole items, their keys, or the keys and the named attributes. */
  readonly project: 'ALL' | 'KEYS_ONLY' | readonly string[];
  /** Default: global. */
  readonly type?: 'global' | 'local' | undefined;
}

/** A checked, frozen {@link IndexOptions}. */
export interface IndexDefinition {
  readonly name: string;
  readonly type: 'global' | 'local';
  readonly partition: string;
  readonly sort: string | undefined;
  readonly project: 'ALL' | 'KEYS_ONLY' | readonly string[];
}

/** I, with a {@link TypeError_} in the place of each member that cannot be. */
export type CheckedIndexes<F extends Shape, I> = { readonly [N in keyof I]: CheckedIndex<F, I[N]> };

type CheckedIndex<F extends Shape, X> = {
  readonly [M in keyof X]: M extends 'partition'
    ? CheckedPartition<F, X, X[M]>
    : M extends 'sort'
      ? CheckedIndexKey<F, X[M]>
      : M extends 'project'
        ? CheckedProject<F, X[M]>
        : M extends 'type'
          ? X[M]
          : TypeError_<`an index has no '${M & string}'`>;
};
type CheckedPartition<F extends Shape, X, N> = X extends { readonly type: 'local' }
  ? N extends NamesOf<F, 'partition'>
    ? N
    : TypeError_<'a local index has the partition key of the table'>
  : CheckedIndexKey<F, N>;
type CheckedIndexKey<F extends Shape, N> =
  N extends NamesOf<F, Exclude<AttributeKind, 'encrypted'>>
    ? CheckedKeyValue<F, N>
    : N extends string
      ? string extends N
        ? N
        : N extends NamesOf<F, 'encrypted'>
          ? TypeError_<`'${N}' is encrypted: an index cannot compare it`>
          : TypeError_<`the table does not declare '${N}'`>
      : N;
type CheckedKeyValue<F extends Shape, N extends string> =
  unknown extends AttributeStored<AttributeAt<F, N>>
    ? N
    : [AttributeStored<AttributeAt<F, N>>] extends [KeyValue | undefined]
      ? N
      : TypeError_<`'${N}' is no index key: DynamoDB takes text, numbers and bytes`>;
type CheckedProject<F extends Shape, P> = P extends readonly string[] ? { readonly [K in keyof P]: CheckedProjected<F, P[K]> } : P;
type CheckedProjected<F extends Shape, N> = N extends NamesOf<F, AttributeKind> | FormatAttribute
  ? N
  : TypeError_<`the table does not declare '${N & string}'`>;

type FormatAttribute = (typeof FORMAT_ATTRIBUTES)[number];

const FORMAT_ATTRIBUTES = ['aws_dbe_head', 'aws_dbe_foot'] as const;
const INDEX_NAME = /^[\w.-]{3,255}$/;
const MEMBERS: Readonly<Record<keyof IndexOptions, true>> = { partition: true, sort: true, project: true, type: true };

/** What is asked of a table to check its indexes. */
interface Declared {
  readonly logicalName: string;
  readonly fields: Shape;
  readonly structure: Structure;
  readonly undeclaredUnsigned: 'refuse' | 'accept';
}

/** Checks the indexes of a table. Throws CONFIG_INVALID, whatever it is given. */
export function readIndexes(table: Declared, indexes: unknown): ReadonlyMap<string, IndexDefinition> {
  if (indexes === undefined) return new FrozenMap<string, IndexDefinition>([]);
  if (!isRecord(indexes)) refuse(table, 'indexes must be an object of index names and definitions');
  return new FrozenMap(Object.entries(indexes).map(([name, given]) => [name, readIndex(table, name, given)] as const));
}

function readIndex(table: Declared, name: string, given: unknown): IndexDefinition {
  const where = `index ${quoted(name)}`;
  if (!INDEX_NAME.test(name))
    refuse(table, `${where}: the name must be 3 to 255 letters, digits, _, - and .; give the name that DynamoDB has`);
  if (!isRecord(given)) refuse(table, `${where}: give { partition, sort, project, type }`);
  const unknown = Object.keys(given).filter(member => !Object.hasOwn(MEMBERS, member));
  if (unknown.length > 0) refuse(table, `${where}: there is no ${quotedList(unknown)}; there are ${Object.keys(MEMBERS).join(', ')}`);
  const { type = 'global', project } = given;
  if (type !== 'global' && type !== 'local') refuse(table, `${where}: type must be 'global' or 'local'`);
  const partition = readIndexKey(table, `${where}: partition`, given.partition);
  const sort = given.sort === undefined ? undefined : readIndexKey(table, `${where}: sort`, given.sort);
  if (partition === sort)
    refuse(table, `${where}: ${quoted(partition)} is both partition and sort; name two attributes, or leave sort out`);
  if (type === 'local') requireLocal(table, where, partition, sort);
  return Object.freeze({ name, type, partition, sort, project: readProject(table, where, project) });
}

function readIndexKey(table: Declared, where: string, name: unknown): string {
  if (typeof name !== 'string' || name === '') refuse(table, `${where} must be the name of an attribute`);
  if (table.fields[name]?.kind === 'encrypted')
    refuse(table, `${where}: ${quoted(name)} is encrypted, and an index cannot compare it; choose an attribute that is signed or unsigned`);
  requireDeclared(table, where, [name]);
  return name;
}

/** DynamoDB's own rules for local indexes. */
function requireLocal(table: Declared, where: string, partition: string, sort: string | undefined): void {
  const { partitionKeyName, sortKeyName } = table.structure;
  if (partition !== partitionKeyName)
    refuse(table, `${where}: a local index has the table's partition key; make it ${quoted(partitionKeyName)}, or the index global`);
  if (sort === undefined) refuse(table, `${where}: a local index has a sort key; name one`);
  if (sortKeyName === undefined) refuse(table, `${where}: a table without a sort key has no local indexes; make it global`);
}

function readProject(table: Declared, where: string, project: unknown): IndexDefinition['project'] {
  if (project === 'ALL' || project === 'KEYS_ONLY') return project;
  if (!Array.isArray(project) || project.length === 0 || !project.every(name => typeof name === 'string'))
    refuse(table, `${where}: project must be 'ALL', 'KEYS_ONLY' or a list of attribute names`);
  const names: readonly string[] = project;
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  if (twice.length > 0) refuse(table, `${where}: project names ${quotedList(twice)} more than once; name each attribute once`);
  requireDeclared(
    table,
    `${where}: project`,
    names.filter(name => !FORMAT_ATTRIBUTES.some(format => format === name)),
  );
  return Object.freeze([...names]);
}

/** A DB-ESDK configuration need not name what it only reads; a schema declares everything. */
function requireDeclared(table: Declared, where: string, names: readonly string[]): void {
  const unknown = table.undeclaredUnsigned === 'accept' ? [] : names.filter(name => table.fields[name] === undefined);
  if (unknown.length > 0) refuse(table, `${where}: the table does not declare ${quotedList(unknown)}; declare it in the schema`);
}

function refuse(table: Declared, message: string): never {
  throw new FieldsealError('CONFIG_INVALID', `table ${quoted(table.logicalName)}: ${message}`);
}
