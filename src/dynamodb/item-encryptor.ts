import type { Infer, Input, Stored } from '../schema/shapes.ts';
import type { Table } from '../schema/table.ts';
import { decodeAfterRead, validateForWrite } from '../schema/validate.ts';
import { type AttributeMap, requireItem } from './attribute-value.ts';
import { explainItem, type ItemExplanation } from './explain.ts';
import { toAttributes, toNatives } from './native.ts';
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
  /** Encrypted attributes to decrypt. The whole item is verified; encrypted attributes that are not named are left out. */
  readonly only?: readonly N[];
}

/** Encrypts and decrypts single items of one table, without a database. The functions need no `this`. */
export interface ItemEncryptor<T extends Table> {
  /** Validates and encrypts an item of JavaScript values. The input stays as it is. */
  readonly encryptItem: (item: Input<T>) => Promise<Stored<T>>;
  /**
   * Verifies and decrypts what {@link ItemEncryptor.encryptItem} returned, or an item read with the document client. Unsigned attributes that
   * the schema does not declare are dropped.
   */
  readonly decryptItem: {
    (item: object): Promise<Infer<T>>;
    <N extends keyof Infer<T> & string>(item: object, options: DecryptOptions<N>): Promise<Partial<Infer<T>>>;
  };
  /** The same on DynamoDB's own form, `{ name: { S: 'Ann' } }`, which holds every number and name. */
  readonly encryptAttributes: (item: AttributeMap) => Promise<AttributeMap>;
  readonly decryptAttributes: (item: AttributeMap, options?: DecryptOptions) => Promise<AttributeMap>;
  /** Why an item opens or does not. For people who look for a mistake: do not show it to callers outside. */
  readonly explain: (item: AttributeMap) => Promise<ItemExplanation>;
}

/**
 * Encrypts items as DB-ESDK's item encryptor does. Throws CONFIG_INVALID or KEYRING_REFUSED; its functions fail with the codes of
 * `docs/errors.md` for items, keys and authenticity.
 */
export function itemEncryptor<T extends Table>({ table, translate = {}, ...options }: ItemEncryptorOptions<T>): ItemEncryptor<T> {
  const cipher = tableCipher(table, options);

  async function encryptItem(item: Input<T>): Promise<Stored<T>> {
    const stored = toAttributes(await validateForWrite(table, requireItem(item)), translate);
    return toNatives(await cipher.encrypt(stored), translate) as Stored<T>; // what validators and the cipher made of Input<T>
  }

  async function decryptItem(item: object, { only }: DecryptOptions = {}): Promise<Infer<T>> {
    const opened = await cipher.decrypt(toAttributes(requireItem(item), translate), only && new Set(only));
    const known = Object.fromEntries(Object.entries(opened).filter(([name]) => isDeclared(table, name)));
    return decodeAfterRead(table, toNatives(known, translate)) as Infer<T>; // the footer vouches that a writer with the key made it
  }

  return Object.freeze({
    encryptItem,
    decryptItem,
    encryptAttributes: async (item: AttributeMap) => cipher.encrypt(await validateAttributes(table, requireItem(item), translate)),
    decryptAttributes: async (item: AttributeMap, { only }: DecryptOptions = {}) =>
      cipher.decrypt(requireItem(item), only && new Set(only)),
    explain: (item: AttributeMap) => explainItem(cipher, requireItem(item)),
  });
}

/** Anyone who can write to the table can plant unsigned attributes: those that a schema does not declare are dropped from what it types. */
function isDeclared(table: Table, name: string): boolean {
  return table.undeclaredUnsigned === 'accept' || table.structure.isSigned(name) || table.fields[name] !== undefined;
}
