import { quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { NamesOf } from '../schema/attribute.ts';
import type { FieldsOf, Infer, Input, Queryable, Stored } from '../schema/shapes.ts';
import type { Table } from '../schema/table.ts';
import { decodeAfterRead, validateForWrite } from '../schema/validate.ts';
import { type AttributeMap, requireItem } from './attribute-value.ts';
import { copyItem } from './copy.ts';
import { copyNatives } from './copy-natives.ts';
import { explainItem, type ItemExplanation } from './explain.ts';
import { inAttributeForm, refuseProtoInItem, toAttributes, toNatives } from './native.ts';
import { type ReencryptionTarget, type ResealSettings, reseal, writingTo } from './reencrypt/reseal.ts';
import { type TableCipherOptions, tableCipher } from './table-cipher.ts';
import { type TranslateOptions, validateAttributes } from './validate-attributes.ts';

/** Options of {@link itemEncryptor}. */
export interface ItemEncryptorOptions<T extends Table> extends TableCipherOptions {
  readonly table: T;
  /** As the document client takes them in `translateConfig`. */
  readonly translate?: TranslateOptions;
}

/** Options of a decryption. */
export interface DecryptOptions<N extends string = string> {
  /**
   * Encrypted attributes to decrypt. The whole item is verified; encrypted attributes that are not named are left out. A name that a
   * schema does not declare is INPUT_INVALID.
   */
  readonly only?: readonly N[];
}

/** Options of a re-encryption. */
export interface ReencryptItemOptions {
  /** What the item is brought under. Default: what the encryptor writes under. */
  readonly to?: ReencryptionTarget | undefined;
}

/** Names of a table's encrypted attributes. */
type EncryptedNames<T extends Table> = NamesOf<FieldsOf<T>, 'encrypted'>;

/** Of each member of a union, what it has of the names. */
type Chosen<I, N> = I extends unknown ? Pick<I, keyof I & N> : never;

/** An item of which only some encrypted attributes were decrypted. */
export type Selected<T extends Table, N extends string> = Chosen<Infer<T>, Queryable<T> | N>;

/** Encrypts and decrypts single items of one table, without a database. The functions need no `this`. */
export interface ItemEncryptor<T extends Table> extends Disposable {
  /** Validates and encrypts an item of JavaScript values. The input stays as it is. */
  readonly encryptItem: (item: Input<T>) => Promise<Stored<T>>;
  /**
   * Verifies and decrypts what {@link ItemEncryptor.encryptItem} returned, or an item read with the document client. Unsigned attributes that
   * the schema does not declare are dropped.
   */
  readonly decryptItem: {
    (item: object): Promise<Infer<T>>;
    <N extends EncryptedNames<T>>(item: object, options: { readonly only: readonly N[] }): Promise<Selected<T, N>>;
  };
  /** The same on DynamoDB's own form, `{ name: { S: 'Ann' } }`, which holds every number and name. */
  readonly encryptAttributes: (item: AttributeMap) => Promise<AttributeMap>;
  readonly decryptAttributes: (item: AttributeMap, options?: DecryptOptions) => Promise<AttributeMap>;
  /**
   * Verifies a stored item and encrypts it anew, as a stored item again, under the newest version of its branch key, the suite and schema of the
   * encryptor, and the keyring of `to`. Unsigned attributes stay as they are; validators do not run. Throws NOT_ENCRYPTED, and
   * DECLASSIFICATION_REFUSED for attributes that the schema does not encrypt any more.
   */
  readonly reencryptItem: (item: object, options?: ReencryptItemOptions) => Promise<Stored<T>>;
  /** The same in DynamoDB's own form. */
  readonly reencryptAttributes: (item: AttributeMap, options?: ReencryptItemOptions) => Promise<AttributeMap>;
  /** Why an item, in either form, opens or does not. For people who look for a mistake: do not show it to callers outside. */
  readonly explain: (item: object) => Promise<ItemExplanation>;
  /** Forgets the signing keys that were made ahead. The functions still work, more slowly. */
  readonly dispose: () => void;
}

/**
 * Encrypts items as DB-ESDK's item encryptor does. Throws CONFIG_INVALID or KEYRING_REFUSED; its functions fail with the codes of
 * `docs/errors.md` for items, keys and authenticity.
 */
export function itemEncryptor<T extends Table>({ table, translate = {}, ...options }: ItemEncryptorOptions<T>): ItemEncryptor<T> {
  const cipher = tableCipher(table, options);

  async function encryptItem(item: Input<T>): Promise<Stored<T>> {
    refuseProtoInItem(requireItem(item));
    const given = copyNatives(item); // validators may take their time, and the caller's objects change meanwhile
    const stored = toAttributes(await validateForWrite(table, given), translate);
    return toNatives(await cipher.encrypt(copyItem(stored)), translate) as Stored<T>; // what validators and the cipher made of Input<T>
  }

  async function decryptItem(item: object, { only }: DecryptOptions = {}): Promise<Infer<T>> {
    const opened = await cipher.decrypt(toAttributes(requireItem(item), translate), wantedNames(table, only));
    const natives = toNatives(opened, translate);
    const entity = table.entityOf(natives);
    const known = Object.fromEntries(Object.entries(natives).filter(([name]) => isDeclared(table, entity, name)));
    return decodeAfterRead(table, known) as Infer<T>; // the footer vouches that a writer with the key made it
  }

  async function reencryptAttributes(item: AttributeMap, { to }: ReencryptItemOptions = {}): Promise<AttributeMap> {
    return reseal(writingTo(cipher, to, NOTHING_IN_CLEAR), NOTHING_IN_CLEAR, translate, copyItem(requireItem(item)));
  }

  async function reencryptItem(item: object, options?: ReencryptItemOptions): Promise<Stored<T>> {
    const stored = await reencryptAttributes(toAttributes(requireItem(item), translate), options);
    return toNatives(stored, translate) as Stored<T>; // the footer vouches that a writer with the key made it
  }

  const dispose = (): void => cipher.setup.signingKeys.dispose();

  return Object.freeze({
    encryptItem,
    decryptItem: decryptItem as ItemEncryptor<T>['decryptItem'], // which names are asked for decides what is there
    encryptAttributes: async (item: AttributeMap) => cipher.encrypt(await validateAttributes(table, requireItem(item), translate)),
    decryptAttributes: async (item: AttributeMap, { only }: DecryptOptions = {}) =>
      cipher.decrypt(requireItem(item), wantedNames(table, only)),
    reencryptItem,
    reencryptAttributes,
    explain: async (item: object) => explainItem(cipher, inAttributeForm(requireItem(item), translate)),
    dispose,
    [Symbol.dispose]: dispose,
  });
}

/** Who wants less takes the item apart: it has the plaintext then. */
const NOTHING_IN_CLEAR: ResealSettings = { allowDeclassify: new Set(), leakCheck: 'off' };

function wantedNames(table: Table, only: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (only === undefined) return undefined;
  if (!Array.isArray(only)) throw new FieldsealError('INPUT_INVALID', 'only must be a list of attribute names');
  // A DB-ESDK configuration need not name what it only reads; a schema declares everything.
  const unknown = table.undeclaredUnsigned === 'accept' ? [] : only.filter(name => table.fields[name] === undefined);
  if (unknown.length > 0)
    throw new FieldsealError('INPUT_INVALID', `only names ${quotedList(unknown.map(String))}, which the table does not have`);
  return new Set(only);
}

/** Anyone who can write to the table can plant unsigned attributes: those that a schema does not declare are dropped from what it types. */
function isDeclared(table: Table, entity: Table, name: string): boolean {
  return table.undeclaredUnsigned === 'accept' || table.structure.isSigned(name) || entity.fields[name] !== undefined;
}
