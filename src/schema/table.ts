import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import { type AttributeKind, AttributeNode, type KindOf, type NamesOf, type Shape } from './attribute.ts';
import { bind } from './bind.ts';
import type { CryptoAction } from './crypto-action.ts';
import type { NativeItem } from './native-item.ts';
import type { CheckedIndexes, IndexDefinition, IndexOptions } from './secondary-index.ts';
import type { TypeError_ } from './storable.ts';
import { defineStructure, type Structure } from './structure.ts';

/** A schema: which attributes a table's items have, and what happens to each. Frozen. */
export interface Table<F extends Shape = Shape> {
  /** Signed into every item; survives a renamed or restored table. */
  readonly logicalName: string;
  /** The declared attributes. Has no prototype, so that names such as `constructor` can be looked up. */
  readonly fields: F;
  readonly structure: Structure;
  /** What a write does with a name that is outside the signature and was not declared. */
  readonly undeclaredUnsigned: 'refuse' | 'accept';
  readonly hasValidators: boolean;
  readonly hasCodecs: boolean;
  /** The attribute that tells the entity of an item; its value never changes. Undefined unless `singleTable` was given one. */
  readonly discriminator: string | undefined;
  /**
   * The schema of one item, in the application's form: an entity of a single table, else the table itself. Throws ENTITY_UNKNOWN when the
   * discriminator is missing or names no entity.
   */
  entityOf(item: NativeItem): Table;
  /** As {@link Table.entityOf}, from the key alone; undefined when the key does not tell. */
  entityOfKey(key: NativeItem): Table | undefined;
  /** The schema bound to the table of this name or ARN, with its secondary indexes. Throws CONFIG_INVALID for what cannot be. */
  at<const I extends Readonly<Record<string, IndexOptions>>>(physicalName: string, options?: BindOptions<F, I>): BoundTable<F>;
}

/** A {@link Table} and where its items are. Frozen. */
export interface BoundTable<F extends Shape = Shape> {
  readonly table: Table<F>;
  readonly physicalName: string;
  readonly indexes: ReadonlyMap<string, IndexDefinition>;
}

/** Options of {@link Table.at}. */
export interface BindOptions<F extends Shape, I> {
  /** The secondary indexes of the table, by the names that DynamoDB has. */
  readonly indexes?: I & CheckedIndexes<F, I>;
}

/** Options of {@link table}. */
export interface TableOptions {
  /** Puts every name that starts with this outside the signature. Names that are declared need no prefix: `unsigned()` suffices. */
  readonly unsignedPrefix?: string;
}

/** True when T has more than one member. */
export type IsUnion<T, U = T> = [T] extends [never] ? false : T extends U ? ([U] extends [T] ? false : true) : never;

/** F, with a {@link TypeError_} in the place of each field that cannot be. */
export type CheckedFields<F extends Shape> = {
  readonly [N in keyof F]: N extends `aws_dbe_${string}` | `aws-crypto-${string}`
    ? TypeError_<`the name '${N & string}' is reserved`>
    : KindOf<F[N]> extends 'partition'
      ? IsUnion<NamesOf<F, 'partition'>> extends true
        ? TypeError_<'more than one partition key'>
        : F[N]
      : KindOf<F[N]> extends 'sort'
        ? IsUnion<NamesOf<F, 'sort'>> extends true
          ? TypeError_<'more than one sort key'>
          : F[N]
        : F[N];
};

/** Accepts F only if it has a partition key. */
type WithPartitionKey<F extends Shape> = [NamesOf<F, 'partition'>] extends [never]
  ? TypeError_<'the table has no key.partition()'>
  : unknown;

/**
 * Declares a table: one key.partition(), at most one key.sort(), and any number of encrypted(), signed() and unsigned() attributes. Throws
 * SCHEMA_INVALID for what DB-ESDK refuses.
 */
export function table<F extends Shape>(
  logicalName: string,
  fields: F & CheckedFields<F> & WithPartitionKey<F>,
  options?: TableOptions,
): Table<F>;
export function table(logicalName: string, fields: Shape, options: TableOptions = {}): unknown {
  refuseStrangers(logicalName, fields);
  if (typeof options !== 'object' || options === null) refuse(logicalName, 'the options must be an object such as { unsignedPrefix }');
  const partitionKeys = namesOf(fields, 'partition');
  const sortKeys = namesOf(fields, 'sort');
  const [partitionKeyName] = partitionKeys;
  if (partitionKeyName === undefined) refuse(logicalName, 'there is no partition key; declare one attribute with key.partition()');
  if (partitionKeys.length > 1) refuse(logicalName, `a table has one partition key; keep one of ${quotedList(partitionKeys)}`);
  if (sortKeys.length > 1) refuse(logicalName, `a table has one sort key at most; keep one of ${quotedList(sortKeys)}`);
  const structure = defineStructure(
    {
      logicalTableName: logicalName,
      partitionKeyName,
      sortKeyName: sortKeys[0],
      attributeActionsOnEncrypt: actionsOf(fields),
      allowedUnsignedAttributes: namesOf(fields, 'unsigned'),
      allowedUnsignedAttributePrefix: options.unsignedPrefix,
    },
    'schema',
  );
  return new TableDefinition(fields, structure, 'refuse');
}

/** The runtime class behind {@link Table}. */
export class TableDefinition<F extends Shape> implements Table<F> {
  readonly logicalName: string;
  readonly fields: F;
  readonly structure: Structure;
  readonly undeclaredUnsigned: 'refuse' | 'accept';
  readonly hasValidators: boolean;
  readonly hasCodecs: boolean;
  readonly discriminator: undefined = undefined;

  constructor(fields: F, structure: Structure, undeclaredUnsigned: 'refuse' | 'accept') {
    const settings = Object.values(fields).map(field => field.settings);
    this.logicalName = structure.logicalTableName;
    this.fields = Object.freeze(Object.assign(Object.create(null), fields));
    this.structure = structure;
    this.undeclaredUnsigned = undeclaredUnsigned;
    this.hasValidators = settings.some(({ validator }) => validator !== undefined);
    this.hasCodecs = settings.some(({ codec }) => codec !== undefined);
    Object.freeze(this);
  }

  entityOf(): Table {
    return this;
  }

  entityOfKey(): Table {
    return this;
  }

  at(physicalName: string, options?: object): BoundTable<F> {
    return bind(this, physicalName, options);
  }
}

function refuseStrangers(logicalName: unknown, fields: unknown): void {
  if (typeof logicalName !== 'string') throw new FieldsealError('SCHEMA_INVALID', 'the logical table name must be a string');
  if (typeof fields !== 'object' || fields === null) refuse(logicalName, 'the attributes must be an object of names and annotations');
  const strangers = Object.entries(fields).filter(([, field]) => !(field instanceof AttributeNode));
  if (strangers.length === 0) return;
  refuse(logicalName, `declare ${quotedList(strangers.map(([name]) => name))} with encrypted(), signed(), unsigned() or key`);
}

function namesOf(fields: Shape, kind: AttributeKind): string[] {
  return Object.keys(fields).filter(name => fields[name]?.kind === kind);
}

/** DB-ESDK wants the keys in the encryption context as soon as any other attribute is. */
function actionsOf(fields: Shape): Record<string, CryptoAction> {
  const context = Object.values(fields).some(field => field.settings.context);
  const signedKey = context ? 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' : 'SIGN_ONLY';
  const actions: Record<string, CryptoAction> = Object.create(null);
  for (const [name, { kind, settings }] of Object.entries(fields)) {
    if (kind === 'encrypted') actions[name] = 'ENCRYPT_AND_SIGN';
    else if (kind === 'unsigned') actions[name] = 'DO_NOTHING';
    else if (kind === 'signed') actions[name] = settings.context ? 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' : 'SIGN_ONLY';
    else actions[name] = signedKey;
  }
  return actions;
}

function refuse(logicalName: string, message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `table ${quoted(logicalName)}: ${message}`);
}
