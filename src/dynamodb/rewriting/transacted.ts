import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../attribute-value.ts';
import type { Call, Shape } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { type Form, firstForm, formFor, guardedDirect } from './direct.ts';
import { planUpdate } from './plan.ts';
import { readUpdate } from './request.ts';
import { type Guard, type Verdict, verdictOf } from './verdict.ts';
import { workOn } from './work.ts';

/** An Update action of a transaction on an encrypted table. */
export interface TransactedUpdate {
  /** The action to send in the next try: the item is read anew, within the call that sends it. Throws as {@link planUpdate}. */
  action(call: Call): Promise<Shape>;
  /** What the cancellation of the last try says about this action; undefined when it was not the one that failed. */
  verdict(reason: CancellationReason | undefined): Promise<Verdict | undefined>;
}

/** Reads and judges an Update action in DynamoDB's own form. Throws as the same update alone would, before anything is read. */
export async function transactedUpdate(first: Call, table: EncryptedTable, given: Shape): Promise<TransactedUpdate> {
  let call = first;
  const work = await workOn(first, readUpdate(table, given), 'NONE');
  const footers: Uint8Array[] = [];
  let form: Form | 'rewritten' = firstForm(work) ?? 'rewritten';
  let guard: Guard | undefined;

  async function read(): Promise<AttributeMap | undefined> {
    const { Item } = await call.internal.get({ TableName: given.TableName as string, Key: work.key, ConsistentRead: true }); // by which it was routed here
    return Item;
  }

  async function action(sending: Call): Promise<Shape> {
    call = sending;
    const ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
    if (form !== 'rewritten') return { ...given, ...guardedDirect(work, form), ReturnValuesOnConditionCheckFailure };
    const plan = await planUpdate(work, await read());
    guard = plan.guard;
    footers.push(guard.footer);
    return { ...given, ...plan.expressions, ReturnValuesOnConditionCheckFailure };
  }

  async function verdict(reason: CancellationReason | undefined): Promise<Verdict | undefined> {
    if (reason?.Code !== 'ConditionalCheckFailed') return undefined;
    if (form === 'rewritten') return guard && verdictOf(guard, footers, reason.Item ?? (await read()));
    const next: Form | 'rewritten' = (await formFor(work, reason.Item)) ?? 'rewritten';
    if (next === form) return 'condition';
    form = next;
    return 'again';
  }

  return { action, verdict };
}
