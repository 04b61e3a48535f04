import { FieldsealError } from '../errors.ts';
import type { CommandRules, Shape } from './commands/command.ts';
import { CONTROL_COMMANDS, RULES, TABLE_COMMANDS, TEXT_COMMANDS } from './commands/index.ts';
import { tablesOf } from './commands/tables-of.ts';
import type { TableCipher } from './table-cipher.ts';

/** A command on an encrypted table, and how it works. */
export interface Route {
  readonly cipher: TableCipher;
  readonly rules: CommandRules;
}

/**
 * Where a command goes: its rules on an encrypted table, or undefined when it has nothing to do with one. Whatever the tables of commands do
 * not name throws OPERATION_REFUSED: a command that nobody looked at could store plaintext.
 */
export function routeOf(ciphers: ReadonlyMap<string, TableCipher>, commandName: string, input: Shape): Route | undefined {
  if (CONTROL_COMMANDS.has(commandName)) return undefined;
  if (TEXT_COMMANDS.has(commandName))
    throw refused(commandName, 'PartiQL hides the table in a text: use a client that is not encrypted, for other tables alone');
  const rules = RULES.get(commandName);
  const instead = TABLE_COMMANDS.get(commandName);
  if (rules === undefined && instead === undefined) throw refused(commandName, 'this version does not know it');
  const cipher = tablesOf(input)
    .map(name => ciphers.get(name))
    .find(known => known !== undefined);
  if (cipher === undefined) return undefined;
  if (rules === undefined)
    throw refused(commandName, `table "${cipher.table.logicalName}" is encrypted, and this version cannot do it there; ${instead}`);
  return { cipher, rules };
}

function refused(commandName: string, why: string): FieldsealError {
  return new FieldsealError('OPERATION_REFUSED', `${commandName} is refused: ${why}`);
}
