import type { Call } from '../commands/command.ts';
import { refuse } from '../commands/refusals.ts';
import { comparesEncrypted, isEmpty, refuseForeignCondition, splitUpdate } from './flow.ts';
import type { Work } from './plan.ts';
import type { UpdateRequest } from './request.ts';
import { isOld, type ReturnValues } from './returned.ts';
import { refuseMixedComparisons } from './split-condition.ts';
import { validatedLiterals } from './unsigned-literals.ts';

/**
 * Judges an update without looking at the item: what may flow where, who decides the condition, whether it can go straight to the server. Throws
 * the codes of {@link splitUpdate}, OPERATION_REFUSED where settings forbid to rewrite, and VALIDATION_FAILED for unsigned values.
 */
export async function workOn(call: Call, request: UpdateRequest, wanted: ReturnValues): Promise<Work> {
  const { table, condition } = request;
  refuseForeignCondition(table, condition);
  const split = splitUpdate(call, table, request.update);
  const validated = await validatedLiterals(table, request.update, request.key, call.translate);
  const isDirect = isEmpty(split.local) && !(condition !== undefined && comparesEncrypted(table, condition));
  if (!isDirect && !table.policy.writesPlaintext) refuseWhereForbidden(call, request);
  if (!isDirect && condition !== undefined) refuseMixedComparisons(table, condition);
  const { remote } = splitUpdate(call, table, validated);
  return { ...request, call, split: { ...split, remote }, validated, isDirect, wantsOld: isOld(wanted) };
}

function refuseWhereForbidden({ settings }: Call, { table, update, condition }: UpdateRequest): void {
  const what =
    condition !== undefined && comparesEncrypted(table, condition) && isEmpty(update) ? 'ConditionExpression' : 'UpdateExpression';
  if (settings.updates === 'refuse')
    refuse(
      table,
      what,
      "needs the item to be rewritten, and the client has updates: 'refuse'; update unsigned attributes only, or put the item",
    );
  if (settings.mode === 'encrypt')
    refuse(table, what, "needs the item to be read, and the client has mode: 'encrypt'; update unsigned attributes only, or put the item");
}
