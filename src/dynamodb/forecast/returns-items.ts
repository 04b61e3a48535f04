import type { Shape } from '../commands/command.ts';

const READS = new Set(['GetItemCommand', 'BatchGetItemCommand', 'TransactGetItemsCommand']);
const PAGES = new Set(['QueryCommand', 'ScanCommand']);

/** Whether a command that succeeds brings items back, which are opened. */
export function returnsItems(commandName: string, { ReturnValues, Select }: Shape): boolean {
  if (READS.has(commandName)) return true;
  if (PAGES.has(commandName)) return Select !== 'COUNT';
  return ReturnValues === 'ALL_OLD' || ReturnValues === 'ALL_NEW';
}
