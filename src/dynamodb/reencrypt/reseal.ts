import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { type KeyringInput, keyringOf } from '../../keys/esdk/adapt.ts';
import { Keyring } from '../../keys/leaf.ts';
import { withKeyring } from '../../record/setup.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { decryptAttributes, encryptAttributes, isEncrypted } from '../item.ts';
import { withLeakCheck } from '../leak-check.ts';
import { refuseKeptInClear } from '../rewriting/flow.ts';
import type { Settings } from '../settings.ts';
import type { TableCipher } from '../table-cipher.ts';
import { entityOfAttributes, type TranslateOptions } from '../validate-attributes.ts';

/** What items are brought under. */
export interface ReencryptionTarget {
  /** The keys of the new item. Default: those that the client, or the item encryptor, writes under. */
  readonly keyring?: KeyringInput | undefined;
}

/** What decides about weaker protection, and texts in clear. */
export type ResealSettings = Pick<Settings, 'allowDeclassify' | 'leakCheck'>;

/**
 * A cipher that writes under the keys of `to`, and reads under those too: what was brought under them already is met again. Throws CONFIG_INVALID and
 * KEYRING_REFUSED.
 */
export function writingTo<C extends TableCipher>(cipher: C, to: ReencryptionTarget | undefined, { leakCheck }: ResealSettings): C {
  const { keyring: given, ...others } = to ?? {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new FieldsealError('INPUT_INVALID', `to has no member ${quoted(unknown)}; it has keyring`);
  if (given === undefined) return cipher;
  const keyring = keyringOf(given);
  if (!keyring.canEncrypt) throw new FieldsealError('KEYRING_REFUSED', 'to.keyring has no generator, so it can only decrypt; give it one');
  const target = withKeyring(cipher.setup, keyring);
  const reading = { ...cipher.setup, keyring: new Keyring([...cipher.setup.keyring.leaves, ...keyring.leaves], false) };
  const bare: TableCipher = {
    ...cipher,
    seal: item => encryptAttributes(target, item),
    open: (item, wanted) => decryptAttributes(reading, item, wanted),
  };
  return { ...cipher, ...withLeakCheck(bare, leakCheck) };
}

/**
 * Verifies a stored item, decrypts it and encrypts it anew, as a stored item again; unsigned attributes are as they were. Throws NOT_ENCRYPTED for an
 * item that nobody vouched for, DECLASSIFICATION_REFUSED for attributes that would be stored in clear, ATTRIBUTE_UNKNOWN, ENTITY_UNKNOWN, and what opening and
 * encrypting throw.
 */
export async function reseal(
  cipher: TableCipher,
  settings: ResealSettings,
  translate: TranslateOptions,
  stored: AttributeMap,
): Promise<AttributeMap> {
  const { table } = cipher;
  if (!isEncrypted(stored)) {
    throw new FieldsealError(
      'NOT_ENCRYPTED',
      `an item of table "${table.logicalName}" is not encrypted, and nobody vouched for it; put the whole item to encrypt it`,
    );
  }
  const { item, record } = await cipher.open(stored);
  entityOfAttributes(table, item, translate);
  const signed = Object.entries(item).filter(([name]) => table.structure.isSigned(name));
  for (const [name] of signed) table.structure.actionOf(name); // what the schema does not know is told as unknown, not as weakened
  refuseKeptInClear({ settings }, cipher, record.legend, Object.keys(item));
  return cipher.seal(item, Object.fromEntries(signed));
}
