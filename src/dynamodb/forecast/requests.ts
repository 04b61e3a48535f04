import type { Wrapping } from '../hooks.ts';
import { indexUse } from '../reads/index-use.ts';
import type { Rehearsal } from './rehearsal.ts';

/** A request to DynamoDB. */
export interface ForecastRequest {
  /** As IAM names it: `dynamodb:GetItem` without the service. */
  readonly operation: string;
  readonly why: string;
  /** What decides whether it is made. Absent: it is always made. */
  readonly when?: string;
}

/** The requests of a command that is not refused. */
export function requestsOf(wrapping: Wrapping, rehearsal: Rehearsal, tables: readonly string[]): ForecastRequest[] {
  const { commandName, sent, reads } = rehearsal;
  if (sent === undefined && reads === 0) return []; // a middleware of the caller's answered
  const read = { operation: 'GetItem', why: 'the item is read, consistently, to be changed and written back' };
  const own = { operation: commandName.replace(/Command$/, ''), why: reads > 0 ? 'guarded by what was read' : 'the request itself' };
  return [...Array.from({ length: reads }, () => read), own, ...refetches(wrapping, rehearsal, tables)];
}

function refetches({ tables, settings }: Wrapping, { sent }: Rehearsal, [name = '']: readonly string[]): ForecastRequest[] {
  const table = tables.get(name);
  if (table === undefined || sent === undefined || sent.Select === 'COUNT' || settings.onPartialIndex !== 'refetch') return [];
  const index = indexUse(table, sent.IndexName, []);
  const why = 'the index does not hold all that is signed: its items are read from the table, a hundred at a time';
  if (index?.holds === 'too little') return [{ operation: 'BatchGetItem', why, when: 'the page has items' }];
  if (index?.holds === 'unknown')
    return [{ operation: 'BatchGetItem', why: 'the index is not declared', when: 'items of the page lack header or footer' }];
  return [];
}
