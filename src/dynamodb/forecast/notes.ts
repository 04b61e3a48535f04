import { isRecord } from '../../bytes/objects.ts';
import type { Shape } from '../commands/command.ts';
import type { Wrapping } from '../hooks.ts';
import type { CommandPath } from './explain-command.ts';

/** What else can happen to a command that is not refused. */
export function notesOn({ tables, settings }: Wrapping, path: CommandPath, input: Shape, named: readonly string[]): string[] {
  if (named.length === 0) return ['no encrypted table is named: the command passes as without encryption'];
  const plaintext = named.filter(name => tables.get(name)?.policy.writesPlaintext).map(name => `"${name}"`);
  const notes: (string | false)[] = [
    plaintext.length > 0 && `the plaintext policy of ${plaintext.join(', ')} leaves what is written in clear`,
    path === 'direct' &&
      'an item that is missing, or stored in another form than expected, is found by the guard: then GetItem and UpdateItem follow',
    path === 'rewritten' &&
      `when another writer comes between, the item is read and written again, for ${settings.updateTimeoutMs} ms at most`,
    wantsFailedItem(input) && 'the item of a condition that fails is opened, too',
    typeof input.ClientRequestToken === 'string' &&
      'a repetition under the same token sends the bytes of the first time, and needs no key for them',
  ];
  return notes.filter(note => note !== false);
}

function wantsFailedItem(input: Shape): boolean {
  const actions: readonly unknown[] = Array.isArray(input.TransactItems) ? input.TransactItems : [];
  const parts = [input, ...actions.filter(isRecord).flatMap(action => Object.values(action).filter(isRecord))];
  return parts.some(part => part.ReturnValuesOnConditionCheckFailure === 'ALL_OLD');
}
