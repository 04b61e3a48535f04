import { compareBytes } from '../../bytes/compare.ts';
import { FieldsealError } from '../../errors.ts';
import { FOOTER_ATTRIBUTE } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Source, Update } from '../expressions/ast.ts';
import { evaluate } from '../expressions/evaluate-condition.ts';
import { getAt } from '../expressions/paths.ts';
import type { Plan, Work } from './plan.ts';
import { areSame } from './same.ts';

/**
 * What the failed guard of a write-back means, from the item as it is now. `applied`: an earlier sending of this update was stored, its answer lost.
 * `condition`: nobody rewrote the item, what the caller demanded of it does not hold. `again`: another writer was first.
 */
export type Verdict = 'applied' | 'condition' | 'again';

/** See {@link Verdict}. `footers` are those of all plans of this update. */
export function verdictOf(work: Work, plan: Plan, footers: readonly Uint8Array[], now: AttributeMap | undefined): Verdict {
  const footer = footerOf(now);
  if (footer !== undefined && footers.some(own => compareBytes(own, footer) === 0)) return 'applied';
  const old = footerOf(plan.stored);
  if (now === undefined || footer === undefined || old === undefined || compareBytes(old, footer) !== 0) return 'again';
  if (plan.stored !== undefined && !sameSources(work, plan.stored, now)) return 'again';
  return plan.remaining !== undefined && !evaluate(plan.remaining, now) ? 'condition' : 'again';
}

/**
 * Throws UPDATE_OUTCOME_UNKNOWN when the update must not be done again: it was sent more than once, one of the sendings may have been stored before
 * another writer changed the item, and doing it twice is not the same as once.
 */
export function refuseDoubtfulRepetition({ table }: EncryptedTable, update: Update, sendings: number): void {
  if (sendings <= 1 || isIdempotent(update)) return;
  throw new FieldsealError(
    'UPDATE_OUTCOME_UNKNOWN',
    `table "${table.logicalName}": the answer to an update was lost and another writer changed the item since, so it cannot be told whether the update was applied; read the item before you repeat it`,
  );
}

function sameSources({ split }: Work, before: AttributeMap, now: AttributeMap): boolean {
  return split.unsignedSources.every(path => areSame(getAt(before, path), getAt(now, path)));
}

function footerOf(item: AttributeMap | undefined): Uint8Array | undefined {
  return item?.[FOOTER_ATTRIBUTE]?.B;
}

function isIdempotent(update: Update): boolean {
  return update.add.length === 0 && update.delete.length === 0 && !update.set.some(({ source }) => accumulates(source));
}

function accumulates(source: Source): boolean {
  if (source.kind === 'plus' || source.kind === 'minus' || source.kind === 'list_append') return true;
  return source.kind === 'if_not_exists' && accumulates(source.fallback);
}
