import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { CommandRules, Shape } from './commands/command.ts';
import { CONTROL_COMMANDS, OTHER_TABLE_COMMANDS, RULES, TEXT_COMMANDS } from './commands/index.ts';
import { tableName, tablesOf } from './commands/tables-of.ts';
import type { EncryptedTable, EncryptedTables } from './encrypted-table.ts';
import type { Settings } from './settings.ts';

/** A command on encrypted tables, and how it works. */
export interface Route {
  readonly commandName: string;
  /** The names of the encrypted tables of the request, in their order there, each as often as it is named. */
  readonly tables: readonly string[];
  /** The first of them. */
  readonly table: EncryptedTable;
  readonly rules: CommandRules;
}

/** What decides where commands go. */
export interface Routing {
  readonly tables: EncryptedTables;
  readonly settings: Pick<Settings, 'otherTables'>;
}

/**
 * Where a command goes: its rules on encrypted tables, or undefined when it has nothing to do with one. Whatever the tables of commands do
 * not name throws OPERATION_REFUSED: a command that nobody looked at could store plaintext.
 */
export function routeOf({ tables, settings }: Routing, commandName: string, input: Shape): Route | undefined {
  if (CONTROL_COMMANDS.has(commandName)) return undefined;
  if (TEXT_COMMANDS.has(commandName))
    throw refused(commandName, 'PartiQL hides the table in a text: use a client that is not encrypted, for other tables alone');
  const rules = RULES.get(commandName);
  const instead = OTHER_TABLE_COMMANDS.get(commandName);
  if (rules === undefined && instead === undefined) throw refused(commandName, 'this version does not know it');
  const all = tablesOf(input);
  const other = all.find(name => !tables.has(name));
  if (other !== undefined && settings.otherTables === 'refuse')
    throw refused(
      commandName,
      `${quoted(other)} is none of the client's tables, and it has otherTables: 'refuse'; correct the name, or add the table`,
    );
  const named = all.filter(name => tables.has(name));
  const table = named[0] === undefined ? undefined : tables.get(named[0]);
  if (table === undefined) return undefined;
  if (rules === undefined)
    throw refused(commandName, `table "${table.table.logicalName}" is encrypted, and this command cannot work there; ${instead}`);
  return Object.freeze({ commandName, tables: named, table, rules });
}

/** The encrypted table of a name or ARN, if it is one. */
export function tableNamed(tables: EncryptedTables, nameOrArn: unknown): EncryptedTable | undefined {
  return typeof nameOrArn === 'string' ? tables.get(tableName(nameOrArn)) : undefined;
}

function refused(commandName: string, why: string): FieldsealError {
  return new FieldsealError('OPERATION_REFUSED', `${commandName} is refused: ${why}`);
}
