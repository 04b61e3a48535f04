import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import { type RecordOptions, type RecordSetup, recordSetup } from '../record/setup.ts';
import { RESERVED_PREFIX } from '../schema/structure.ts';
import type { Table } from '../schema/table.ts';
import type { AttributeMap } from './attribute-value.ts';
import { decryptAttributes, encryptAttributes, isEncrypted, type OpenedItem, refuseReservedNames, type WantedAttributes } from './item.ts';

/** What happens to items without encryption, by DB-ESDK's names. */
export type PlaintextOverride =
  | 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'
  | 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'
  | 'FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ';

/** Options of one table's encryption. */
export interface TableCipherOptions extends RecordOptions {
  /** Default: FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ. The others are for migration: anyone who can write to the table can then plant items. */
  readonly plaintextOverride?: PlaintextOverride | undefined;
}

/** Encrypts and decrypts the items of one table in DynamoDB's own form, under its plaintext policy. */
export interface TableCipher {
  readonly table: Table;
  readonly setup: RecordSetup;
  /** What the plaintext policy allows. */
  readonly policy: PlaintextPolicy;
  /** Encrypts a new item, or leaves it as it is where the policy forces plaintext. */
  encrypt(item: AttributeMap): Promise<AttributeMap>;
  /** Encrypts whatever the policy: a rewritten item stays encrypted. `written`: what of it the caller writes, if not all. */
  seal(item: AttributeMap, written?: AttributeMap): Promise<AttributeMap>;
  /** Verifies and decrypts an item that has a header and footer, and tells how it was written. */
  open(item: AttributeMap, wanted?: WantedAttributes): Promise<OpenedItem>;
  /** `wanted`: the encrypted attributes to decrypt; the others are verified and left out. */
  decrypt(item: AttributeMap, wanted?: ReadonlySet<string>): Promise<AttributeMap>;
}

/** What happens to items without encryption. */
export interface PlaintextPolicy {
  readonly writesPlaintext: boolean;
  readonly readsPlaintext: boolean;
}

const POLICIES: Readonly<Record<PlaintextOverride, PlaintextPolicy>> = {
  FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ: { writesPlaintext: true, readsPlaintext: true },
  FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ: { writesPlaintext: false, readsPlaintext: true },
  FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ: { writesPlaintext: false, readsPlaintext: false },
};

const OPTIONS: Readonly<Record<keyof TableCipherOptions, true>> = {
  keyring: true,
  algorithmSuiteId: true,
  acceptSuites: true,
  maxEncryptedDataKeys: true,
  requiredEncryptionContext: true,
  plaintextOverride: true,
};

/** A misspelt option would switch off, unnoticed, what it was to switch on. `others`: options that are looked at elsewhere. */
export function refuseUnknownOptions(options: object, others: readonly string[] = []): void {
  const known = [...Object.keys(OPTIONS), ...others];
  const unknown = Object.keys(options).find(name => !known.includes(name));
  if (unknown !== undefined)
    throw new FieldsealError('CONFIG_INVALID', `there is no option ${quoted(unknown)}; there are ${known.join(', ')}`);
}

/** Checks the options once. Throws CONFIG_INVALID or KEYRING_REFUSED. */
export function tableCipher(table: Table, options: TableCipherOptions): TableCipher {
  refuseUnknownOptions(options);
  if (typeof table?.structure?.actionOf !== 'function') {
    throw new FieldsealError('CONFIG_INVALID', 'table must be what table() or attributeActions() returns; .at() is for clients');
  }
  const { plaintextOverride = 'FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ' } = options;
  if (!Object.hasOwn(POLICIES, plaintextOverride)) {
    throw new FieldsealError('CONFIG_INVALID', `plaintextOverride must be one of ${Object.keys(POLICIES).join(', ')}`);
  }
  const policy = POLICIES[plaintextOverride];
  const setup = recordSetup(table.structure, options);

  const seal = (item: AttributeMap): Promise<AttributeMap> => encryptAttributes(setup, item);
  const open = (item: AttributeMap, wanted?: WantedAttributes): Promise<OpenedItem> => decryptAttributes(setup, item, wanted);

  async function encrypt(item: AttributeMap): Promise<AttributeMap> {
    if (!policy.writesPlaintext) return seal(item);
    refuseReservedNames(item);
    return { ...item };
  }

  async function decrypt(item: AttributeMap, wanted?: ReadonlySet<string>): Promise<AttributeMap> {
    if (isEncrypted(item)) return (await open(item, wanted)).item;
    if (policy.readsPlaintext) return handedOut(table, item, wanted);
    throw notEncrypted(table);
  }

  return Object.freeze({ table, setup, policy, encrypt, seal, open, decrypt });
}

/** A plaintext item as an encrypted one would be handed out: without what nobody wants, and without names of the format. */
function handedOut({ structure }: Table, item: AttributeMap, wanted: ReadonlySet<string> | undefined): AttributeMap {
  const isUnwanted = (name: string): boolean =>
    wanted !== undefined && structure.actions.get(name) === 'ENCRYPT_AND_SIGN' && !wanted.has(name);
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith(RESERVED_PREFIX) && !isUnwanted(name)));
}

export function notEncrypted(table: Table): FieldsealError {
  return new FieldsealError(
    'NOT_ENCRYPTED',
    `an item of table "${table.logicalName}" is not encrypted; while you migrate, set plaintextOverride to a policy that allows plaintext reads`,
  );
}
