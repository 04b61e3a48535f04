import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import { type AttributeKind, AttributeNode, type KindOf, type NamesOf, type Shape } from './attribute.ts';
import type { CryptoAction } from './crypto-action.ts';
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
  /** The schema bound to the table of this name or ARN. Throws CONFIG_INVALID for what cannot be a name. */
  at(physicalName: string): BoundTable<F>;
}

/** A {@link Table} and where its items are. Frozen. */
export interface BoundTable<F extends Shape = Shape> {
  readonly table: Table<F>;
  readonly physicalName: string;
}

/** Options of {@link table}. */
export interface TableOptions {
  /** Puts every name that starts with this outside the signature. Names that are declared need no prefix: `unsigned()` suffices. */
  readonly unsignedPrefix?: string;
}

type IsUnion<T, U = T> = [T] extends [never] ? false : T extends U ? ([U] extends [T] ? false : true) : never;

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

/**
 * Declares a table: one key.partition(), at most one key.sort(), and any number of encrypted(), signed() and unsigned() attributes. Throws
 * SCHEMA_INVALID for what DB-ESDK refuses.
 */
export function table<F extends Shape>(
  logicalName: string,
  fields: F & CheckedFields<F>,
  options?: TableOptions,
): [NamesOf<F, 'partition'>] extends [never] ? TypeError_<'the table has no key.partition()'> : Table<F>;
export function table(logicalName: string, fields: Shape, options: TableOptions = {}): unknown {
  refuseStrangers(logicalName, fields);
  if (typeof options !== 'object' || options === null) refuse(logicalName, 'the options must be an object such as { unsignedPrefix }');
  const partitionKeys = namesOf(fields, 'partition');
  const sortKeys = namesOf(fields, 'sort');
  const [partitionKeyName] = partitionKeys;
  if (partitionKeyName === undefined) refuse(logicalName, 'there is no partition key; declare one attribute with key.partition()');
  if (partitionKeys.length > 1) refuse(logicalName, `a table has one partition key; keep one of ${quotedList(partitionKeys)}`);
  if (sortKeys.length > 1) refuse(logicalName, `a table has one sort key at most; keep one of ${quotedList(sortKeys)}`);
  const structure = defineStructure({
    logicalTableName: logicalName,
    partitionKeyName,
    sortKeyName: sortKeys[0],
    attributeActionsOnEncrypt: actionsOf(fields),
    allowedUnsignedAttributes: namesOf(fields, 'unsigned'),
    allowedUnsignedAttributePrefix: options.unsignedPrefix,
  });
  return new TableDefinition(fields, structure, 'refuse');
}

/** A table's name, or its ARN. Any other text would match no request, and items would pass in clear. */
const PHYSICAL_NAME = /^(arn:[\w-]+:dynamodb:[\w-]*:\d*:table\/)?[\w.-]{1,255}$/;

/** The runtime class behind {@link Table}. */
export class TableDefinition<F extends Shape> implements Table<F> {
  readonly logicalName: string;
  readonly fields: F;
  readonly structure: Structure;
  readonly undeclaredUnsigned: 'refuse' | 'accept';
  readonly hasValidators: boolean;
  readonly hasCodecs: boolean;

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

  at(physicalName: string): BoundTable<F> {
    if (typeof physicalName !== 'string' || !PHYSICAL_NAME.test(physicalName)) {
      throw new FieldsealError('CONFIG_INVALID', `table ${quoted(this.logicalName)}: .at() takes the name or ARN of the table in DynamoDB`);
    }
    return Object.freeze({ table: this, physicalName });
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
