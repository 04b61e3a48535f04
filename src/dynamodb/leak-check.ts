import { emitWarning } from 'node:process';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { Table } from '../schema/table.ts';
import type { AttributeMap } from './attribute-value.ts';
import { type Owned, TextMatcher } from './leaks/text-matcher.ts';
import { textsIn } from './leaks/texts.ts';
import { mapperOf } from './presets/mapper-table.ts';
import type { Settings } from './settings.ts';
import type { TableCipher } from './table-cipher.ts';

/** Shorter texts are found everywhere. */
const LEAST_CHARACTERS = 4;
/** What is remembered of warnings: names of attributes may be anything under a DB-ESDK configuration. */
const MOST_WARNINGS = 1000;

/** Looks at an item as it is before encryption. Throws LEAK_FOUND, or warns, or does nothing, as the settings have it. */
type LeakCheck = (item: AttributeMap) => void;

/**
 * A cipher whose encrypted items were looked through. That comes after encryption, which refuses items that are too large to look through. What the
 * plaintext policy leaves in clear is not looked at, nor what a rewriting only finds: anyone who can write to the table could guess at encrypted
 * texts in unsigned attributes, and see by the failure of an update whether a guess is right.
 */
export function withLeakCheck(cipher: TableCipher, setting: Settings['leakCheck']): TableCipher {
  const check = leakCheckOf(cipher.table, setting);
  if (check === undefined) return cipher;
  const checked =
    (encrypt: TableCipher['encrypt']) =>
    async (item: AttributeMap, written: AttributeMap = item) => {
      const encrypted = await encrypt(item);
      check(written);
      return encrypted;
    };
  return { ...cipher, encrypt: cipher.policy.writesPlaintext ? cipher.encrypt : checked(cipher.encrypt), seal: checked(cipher.seal) };
}

/**
 * The check of one table's items: whether a text of an encrypted attribute, of four or more characters, is part of a text that is stored in clear.
 * Letters count the same in lower and upper case, as mappers change it in keys. Numbers and bytes are not looked at. Takes time in proportion to the
 * size of the item.
 */
function leakCheckOf(table: Table, setting: Settings['leakCheck']): LeakCheck | undefined {
  const mapper = mapperOf(table);
  const effective = setting ?? (mapper === undefined ? 'off' : 'error');
  if (effective === 'off') return undefined;
  const isEncrypted = (name: string): boolean => table.structure.actions.get(name) === 'ENCRYPT_AND_SIGN';
  const isOpen = (name: string): boolean => !isEncrypted(name) && mapper?.constants.has(name) !== true;
  return item => {
    const open = foldedTexts(item, isOpen, 'with names');
    const longest = open.reduce((most, { texts }) => texts.reduce((length, text) => Math.max(length, text.length), most), 0);
    const secrets = foldedTexts(item, isEncrypted, 'values only').map(({ owner, texts }) => ({
      owner,
      texts: texts.filter(text => text.length <= longest), // nothing in clear is long enough to hold the others
    }));
    const matcher = new TextMatcher(secrets);
    if (matcher.isEmpty) return;
    for (const { owner: name, texts } of open) {
      for (const secret of matcher.ownersIn(texts)) {
        if (effective === 'error') throw leakFound(table, secret, name);
        warnOnce(table, secret, name);
      }
    }
  };
}

/** The texts of the wanted attributes that are long enough to be found, or to hold what is. */
function foldedTexts(item: AttributeMap, isWanted: (name: string) => boolean, names: Parameters<typeof textsIn>[1]): Owned[] {
  return Object.entries(item)
    .filter(([name]) => isWanted(name))
    .map(([name, value]) => ({ owner: name, texts: textsIn(value, names).filter(isLong).map(folded) }));
}

/** Characters as people count them, nearly: an emoji is one. */
function isLong(text: string): boolean {
  return Array.from(text.slice(0, 2 * LEAST_CHARACTERS)).length >= LEAST_CHARACTERS;
}

/** One form of all that differs by case alone: ß is SS in upper case, and a final ς is no other letter than σ. */
function folded(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

function leakFound(table: Table, secret: string, open: string): FieldsealError {
  return new FieldsealError('LEAK_FOUND', `${messageOf(table, secret, open)}; leave it out there, or set leakCheck to 'warn' or 'off'`);
}

const warned = new Set<string>();

function warnOnce(table: Table, secret: string, open: string): void {
  const message = messageOf(table, secret, open);
  if (warned.has(message) || warned.size >= MOST_WARNINGS) return;
  warned.add(message);
  emitWarning(message, { type: 'FieldsealWarning', code: 'LEAK_FOUND' });
}

function messageOf(table: Table, secret: string, open: string): string {
  return `table ${quoted(table.logicalName)}: ${quoted(open)}, which is not encrypted, holds a text of the encrypted ${quoted(secret)}`;
}
