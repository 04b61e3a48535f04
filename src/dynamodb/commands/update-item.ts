import type { ConsumedCapacity, ReturnConsumedCapacity, UpdateItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { isRecord } from '../../bytes/objects.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { summedCapacity } from '../capacity.ts';
import { validationException } from '../expressions/errors.ts';
import { unopenedOutput, withFailedItem } from '../failures.ts';
import { toNatives } from '../native.ts';
import { rememberFooter, storedFooter } from '../reads/footers.ts';
import { identityOf, keyNamesOf } from '../reads/keys.ts';
import { sendDirect } from '../rewriting/direct.ts';
import { encodedOperands } from '../rewriting/encode-operands.ts';
import type { Plan, Work } from '../rewriting/plan.ts';
import { writers } from '../rewriting/queue.ts';
import { readUpdate, refuseUpdateParameters } from '../rewriting/request.ts';
import { askedFor, isOld, type ReturnValues, returnedAttributes } from '../rewriting/returned.ts';
import { type Reach, rewrite } from '../rewriting/rewrite.ts';
import { workOn } from '../rewriting/work.ts';
import type { Call, CommandRules, Handler, Result, Send, Shape } from './command.ts';
import { handler, opening } from './handler.ts';

const RETURN_VALUES: readonly unknown[] = ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'];

/** UpdateItem: unsigned attributes are changed in place; for all others the item is read, changed and written back. */
export const updateItem: CommandRules = { writes: true, handle };

function handle(call: Call): Handler {
  const { table } = call;
  const opened = opening(call, 'Attributes');
  const consumed: (ConsumedCapacity | undefined)[] = [];
  let wanted: ReturnValues = 'NONE';
  let current: { readonly work: Work; readonly plan: Plan } | undefined;

  async function send(input: Shape, next: Send): Promise<Result> {
    wanted = (input.ReturnValues as ReturnValues | undefined) ?? 'NONE'; // any other text is refused by the server
    const work = await workOn(call, readUpdate(table, input), wanted);
    if (!work.isDirect) refuseUnknownChoices(input);
    const read = async (): Promise<AttributeMap | undefined> => {
      const { Item, ConsumedCapacity } = await call.internal.get({
        TableName: input.TableName as string, // by which the request was routed here
        Key: work.key,
        ConsistentRead: true,
        ReturnConsumedCapacity: input.ReturnConsumedCapacity as ReturnConsumedCapacity | undefined, // checked by the server
      });
      consumed.push(ConsumedCapacity);
      return Item;
    };
    const asItIs = (expressions: Shape): Promise<Result> => {
      current = undefined;
      return next({ ...input, ...expressions, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    };
    const reach: Reach = {
      read,
      write(plan) {
        current = { work, plan };
        const asked = { ReturnValues: askedFor(wanted), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
        return next({ ...input, ...plan.expressions, ...asked });
      },
      applied(plan, now, { $metadata }) {
        const server = isOld(wanted) ? plan.stored : now;
        const Attributes = inCallersForm(call, returnedAttributes(table, work.update, plan, wanted, server));
        const ConsumedCapacity = summedCapacity(consumed);
        return { output: { $metadata, ...(Attributes && { Attributes }), ...(ConsumedCapacity && { ConsumedCapacity }) } };
      },
    };
    const patience = { patienceMs: call.settings.updateTimeoutMs, signal: call.signal };
    const direct = await sendDirect(work, read, asItIs);
    return direct ?? writers.run(`${table.name} ${identityOf(work.key, keyNamesOf(table))}`, patience, () => rewrite(work, reach));
  }

  return handler(call, {
    check: input => refuseUpdateParameters(table, input),
    prepare: async input => encodedOperands(call, table, input),
    send,
    async decrypt(output) {
      const { Attributes, ConsumedCapacity } = output as Partial<UpdateItemCommandOutput>; // the SDK's deserializer made it
      const told = consumed.length === 0 ? output : { ...output, ConsumedCapacity: summedCapacity([...consumed, ConsumedCapacity]) };
      if (current !== undefined) {
        const { work, plan } = current;
        return { ...told, Attributes: returnedAttributes(table, work.update, plan, wanted, Attributes) };
      }
      return wanted.startsWith('ALL') ? opened.decrypt(told) : told;
    },
    finish(output) {
      const finished = opened.finish(output);
      if (current !== undefined && wanted.startsWith('ALL') && isRecord(finished.Attributes)) {
        const { stored, guard } = current.plan;
        rememberFooter(finished.Attributes, wanted === 'ALL_NEW' ? guard.footer : stored && storedFooter(stored));
      }
      return finished;
    },
    fail: error => withFailedItem(table, error),
  });
}

/** What the document client would make of an item; after a write, a failure says so. */
function inCallersForm(call: Call, item: AttributeMap | undefined): object | undefined {
  if (item === undefined || !call.document) return item;
  try {
    return toNatives(item, call.translate);
  } catch (error) {
    throw unopenedOutput(error, true);
  }
}

/** The server checks these; a rewriting asks it for other ones. */
function refuseUnknownChoices({ ReturnValues = 'NONE', ReturnValuesOnConditionCheckFailure = 'NONE' }: Shape): void {
  if (!RETURN_VALUES.includes(ReturnValues))
    throw validationException('ReturnValues can only be ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATED_NEW or NONE');
  if (!['ALL_OLD', 'NONE'].includes(ReturnValuesOnConditionCheckFailure as string))
    throw validationException('ReturnValuesOnConditionCheckFailure can only be ALL_OLD or NONE');
}
