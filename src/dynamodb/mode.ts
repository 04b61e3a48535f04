import { isRecord } from '../bytes/objects.ts';
import { FieldsealError } from '../errors.ts';
import type { Call, CommandRules, Shape } from './commands/command.ts';
import { ACTIONS } from './commands/tables-of.ts';

const COUNTING = new Set(['QueryCommand', 'ScanCommand']);
const WHOLE_ITEMS = ['ALL_OLD', 'ALL_NEW'];
const RETURNING = ['ReturnValues', 'ReturnValuesOnConditionCheckFailure'];

/**
 * Throws OPERATION_REFUSED for what the client's `mode` rules out: every write under `decrypt`; under `encrypt` whatever would open an item. A Query
 * or Scan that only counts opens none.
 */
export function refuseByMode(call: Call, input: Shape, { writes }: CommandRules): void {
  const { mode } = call.settings;
  if (mode === 'decrypt' && writes) throw refused(call, 'it writes', 'decrypt');
  if (mode !== 'encrypt') return;
  if (writes) refuseReturnedItems(call, input);
  else if (!COUNTING.has(call.commandName) || input.Select !== 'COUNT') throw refused(call, 'it opens items', 'encrypt');
}

function refuseReturnedItems(call: Call, input: Shape): void {
  const parameter = [input, ...encryptedActions(call, input)].flatMap(
    part => RETURNING.find(name => WHOLE_ITEMS.some(whole => whole === part[name])) ?? [],
  )[0];
  if (parameter !== undefined) throw refused(call, `its ${parameter} opens an item`, 'encrypt');
}

function encryptedActions(call: Call, { TransactItems }: Shape): Shape[] {
  const actions: unknown[] = Array.isArray(TransactItems) ? TransactItems : [];
  return actions
    .filter(isRecord)
    .flatMap(action => ACTIONS.map(kind => action[kind]).filter(isRecord))
    .filter(part => call.tableOf(part.TableName) !== undefined);
}

/** Throws OPERATION_REFUSED on clients that may not both open and write items. */
export function refuseRewritingByMode(call: Pick<Call, 'commandName' | 'table' | 'settings'>): void {
  const { mode } = call.settings;
  if (mode !== 'both') throw refused(call, mode === 'decrypt' ? 'it writes' : 'it opens items', mode);
}

function refused({ commandName, table }: Pick<Call, 'commandName' | 'table'>, why: string, mode: 'encrypt' | 'decrypt'): FieldsealError {
  return new FieldsealError(
    'OPERATION_REFUSED',
    `${commandName} on table "${table.table.logicalName}" is refused: ${why}, and this client has mode '${mode}'; use a client of mode 'both'`,
  );
}
