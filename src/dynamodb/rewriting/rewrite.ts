import { FOOTER_ATTRIBUTE } from '../../format/header.ts';
import { notAuthentic } from '../../format/not-authentic.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Result } from '../commands/command.ts';
import { unopenedOutput } from '../failures.ts';
import { Contention } from './contention.ts';
import { type FailedCondition, isFailedCondition } from './exceptions.ts';
import { type Plan, planUpdate, type Work } from './plan.ts';
import { areSame } from './same.ts';
import { isIdempotent, outcomeUnknown, type Verdict, verdictOf } from './verdict.ts';

/** What of a plan tells what became of it. */
export type Guarded = Pick<Plan, 'expressions' | 'guard' | 'sealed'>;

/** What a rewriting needs to reach the table. */
export interface Reach<P extends Guarded = Plan> {
  /** The item now, read consistently. */
  read(): Promise<AttributeMap | undefined>;
  /** Sends a plan under its guard, asking for the item of a failed condition. */
  write(plan: P): Promise<Result>;
  /** The result of a plan that was stored although its answer was lost; `now` is the item after it. */
  applied(plan: P, now: AttributeMap | undefined, error: FailedCondition): Result;
}

/**
 * Reads, changes and writes an item until no other writer comes between, for the time that settings allow. Throws the SDK's
 * ConditionalCheckFailedException, its item as it is stored, CONCURRENT_UPDATE, UPDATE_OUTCOME_UNKNOWN, and whatever planning and sending throw.
 */
export async function rewrite(work: Work, reach: Reach): Promise<Result> {
  const { call, table } = work;
  const contention = new Contention(call);
  const footers: Uint8Array[] = [];
  let mayBeApplied = false;
  for (;;) {
    const stored = await reach.read();
    if (mayBeApplied && stored === undefined) throw outcomeUnknown(table);
    const plan = await planUpdate(work, stored).catch((error: unknown) => {
      throw mayBeApplied ? outcomeUnknown(table, error) : error;
    });
    const sending = await sendPlan(plan, footers, reach);
    if (sending.outcome === 'written') return sending.result;
    const { outcome, error, now } = sending;
    if (outcome === 'condition') throw mayBeApplied ? outcomeUnknown(table) : asAsked(work, error, now);
    if (isSentAgain(work)) {
      if (now === undefined || !isIdempotent(work.update)) throw outcomeUnknown(table);
      mayBeApplied = true;
    }
    await contention.pause(mayBeApplied);
  }
}

/** What became of a plan that was sent: it was written, or its guard failed, on the item as it is `now`, for the reason that `outcome` tells. */
export type Sending =
  | { readonly outcome: 'written'; readonly result: Result }
  | { readonly outcome: Exclude<Verdict, 'applied'>; readonly error: FailedCondition; readonly now: AttributeMap | undefined };

/** Sends a plan under its guard. `footers` are those of the plans before, to which this one is added. */
export async function sendPlan<P extends Guarded>(plan: P, footers: Uint8Array[], reach: Reach<P>): Promise<Sending> {
  footers.push(plan.guard.footer);
  try {
    return { outcome: 'written', result: await reach.write(plan) };
  } catch (error) {
    if (!isFailedCondition(error)) throw error;
    const now = error.Item ?? (await reach.read());
    const verdict = verdictOf(plan.guard, footers, now);
    if (verdict !== 'applied') return { outcome: verdict, error, now };
    refuseTampered(plan, now);
    return { outcome: 'written', result: reach.applied(plan, now, error) };
  }
}

/** The failed condition as the caller asked for it: with the item, still as it is stored, or without. */
export function asAsked({ wantsFailedItem }: Work, error: FailedCondition, item: AttributeMap | undefined): FailedCondition {
  if (wantsFailedItem && item !== undefined) error.Item = item;
  else delete error.Item;
  return error;
}

/** Whether a sending of the request before this answer may have been carried out: none came back from it, or an error of the server's own. */
function isSentAgain({ call }: Work): boolean {
  return call.doubtfulSendings() > 0;
}

/** Our footer under what we did not write was copied there by somebody. */
function refuseTampered({ guard, sealed }: Guarded, now: AttributeMap | undefined): void {
  if (now === undefined || !areSame({ B: guard.footer }, now[FOOTER_ATTRIBUTE])) return; // an earlier plan's: what it wrote is not kept
  if (Object.keys(sealed).every(name => areSame(sealed[name], now[name]))) return;
  throw unopenedOutput(notAuthentic('footer'), true);
}
