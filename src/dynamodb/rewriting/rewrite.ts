import type { AttributeMap } from '../attribute-value.ts';
import type { Result } from '../commands/command.ts';
import { openErrorItem } from '../failures.ts';
import { Attempts } from './attempts.ts';
import { conditionalCheckFailed, type FailedCondition, isFailedCondition } from './exceptions.ts';
import { type Plan, planUpdate, type Work } from './plan.ts';
import { refuseDoubtfulRepetition, verdictOf } from './verdict.ts';

/** What a rewriting needs to reach the table. */
export interface Reach {
  /** The item now, read consistently. */
  read(): Promise<AttributeMap | undefined>;
  /** Sends a plan under its guard, asking for the item of a failed condition. */
  write(plan: Plan): Promise<Result>;
  /** The result of a plan that was stored although its answer was lost; `now` is the item after it. */
  applied(plan: Plan, now: AttributeMap | undefined, error: FailedCondition): Result;
}

/**
 * Reads, changes and writes an item until no other writer comes between, for the time that settings allow. Throws the SDK's
 * ConditionalCheckFailedException, CONCURRENT_UPDATE, UPDATE_OUTCOME_UNKNOWN, and whatever planning and sending throw.
 */
export async function rewrite(work: Work, reach: Reach): Promise<Result> {
  const attempts = new Attempts(work.table, work.call.settings.updateTimeoutMs);
  const footers: Uint8Array[] = [];
  for (;;) {
    const plan = await planUpdate(work, await reach.read());
    footers.push(plan.footer);
    try {
      return await reach.write(plan);
    } catch (error) {
      if (!isFailedCondition(error)) throw error;
      const now = error.Item ?? (await reach.read());
      const verdict = verdictOf(work, plan, footers, now);
      if (verdict === 'applied') return reach.applied(plan, now, error);
      if (verdict === 'condition') throw await asAsked(work, now);
      refuseDoubtfulRepetition(work.table, work.update, error.$metadata.attempts ?? 1);
    }
    await attempts.pause();
  }
}

/** The failed condition as the caller asked for it: with the opened item, or without. */
export async function asAsked({ table, wantsFailedItem }: Work, item: AttributeMap | undefined): Promise<unknown> {
  return openErrorItem(table, conditionalCheckFailed(wantsFailedItem ? item : undefined));
}
