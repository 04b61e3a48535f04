import { isRecord } from '../../bytes/objects.ts';
import { FieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { mapBounded } from '../bounded.ts';
import { itemSize } from '../item-size.ts';
import { lockOf } from '../locks/lock.ts';
import { Contention } from '../rewriting/contention.ts';
import { type Cancelled, openCancellation, verdictOn } from '../writes/cancellation.ts';
import { asCancellation } from '../writes/declined.ts';
import { PlaintextDigest } from '../writes/digest.ts';
import { derivedToken } from '../writes/tokens.ts';
import { checkAction, tableActions } from '../writes/transact-actions.ts';
import { type Attempt, type Build, type Finished, type FinishedAction, TransactionAttempts } from '../writes/transaction-attempts.ts';
import type { Call, CommandRules, Handler, Result, Send, Shape } from './command.ts';
import { handler } from './handler.ts';

/**
 * TransactWriteItems: the items of puts are validated and encrypted. Under a `ClientRequestToken` the finished transaction is remembered, so that
 * the same transaction sends the same bytes again. Items in the reasons of a cancellation come back decrypted.
 */
export const transactWriteItems: CommandRules = { writes: true, handle };

function handle(call: Call): Handler {
  let elements: readonly Cancelled[] = [];

  function check(input: Shape): void {
    for (const element of elementsOf(input)) for (const action of tableActions(call, element)) checkAction(call, action);
  }

  async function prepare(input: Shape): Promise<Shape> {
    const TransactItems = await mapBounded(elementsOf(input), call.settings.concurrency, async element => {
      const prepared: Record<string, unknown> = {};
      for (const { kind, table, action, rules } of tableActions(call, element)) prepared[kind] = await rules.prepare(call, table, action);
      return isRecord(element) ? { ...element, ...prepared } : element;
    });
    return { ...input, TransactItems };
  }

  async function send(input: Shape, next: Send): Promise<Result> {
    const { ClientRequestToken: token } = input;
    const given = elementsOf(input);
    elements = given.map(element => cancelled(call, element));
    const build: Build = previous => finished(call, given, previous);
    const attempts = typeof token === 'string' ? call.memory.tokens.attempts(token, digestOf(given)) : new TransactionAttempts();
    let attempt = await attempts.last(build).catch((error: unknown) => {
      if (typeof token === 'string') call.memory.tokens.forget(token, attempts);
      throw error;
    });
    const contention = new Contention(call);
    while (true) {
      try {
        return await next({ ...input, TransactItems: attempt.TransactItems, ...tokenOf(token, attempt) });
      } catch (error) {
        const verdict = await verdictOn(error, attempt);
        if (verdict === 'applied') return { output: { $metadata: (error as { $metadata?: unknown }).$metadata } }; // the SDK's error
        if (verdict !== 'again') throw error;
      } finally {
        if (typeof token === 'string') call.memory.tokens.renew(token, bytesOf(given) + bytesOf(attempt.TransactItems));
      }
      await contention.pause();
      attempt = await attempts.after(attempt, build);
    }
  }

  return handler(call, {
    check,
    prepare,
    send,
    fail: error => openCancellation(error, elements, call.settings.concurrency),
  });
}

/** The transaction as it is sent: what is finished in the place of what was given, in the same order. */
async function finished(call: Call, elements: readonly unknown[], previous: Attempt | undefined): Promise<Finished> {
  const built = await mapBounded(elements, call.settings.concurrency, async (element, i) => {
    const actions: FinishedAction[] = [];
    const members: Record<string, unknown> = {};
    for (const { kind, table, action, rules } of tableActions(call, element)) {
      const made = await rules.build(call, table, action, previous?.actions[i]?.[actions.length]).catch((error: unknown) => {
        throw asCancellation(error, i, elements.length);
      });
      actions.push(made);
      members[kind] = made.action;
    }
    return { actions, element: isRecord(element) ? { ...element, ...members } : element };
  });
  return { TransactItems: built.map(({ element }) => element), actions: built.map(({ actions }) => actions) };
}

/** Without a token of the caller's, the SDK makes one for each request. */
function tokenOf(token: unknown, attempt: Attempt): Shape {
  return typeof token === 'string' ? { ClientRequestToken: derivedToken(token, attempt.number) } : {};
}

/** Of all that a transaction does, also on tables that are not encrypted: DynamoDB compares that too. */
function digestOf(elements: readonly unknown[]): PlaintextDigest {
  const digest = new PlaintextDigest();
  for (const element of elements) {
    digest.text('element');
    for (const [kind, action] of Object.entries(isRecord(element) ? element : {})) {
      const { Item, Key, ExpressionAttributeValues, ...others } = isRecord(action) ? action : {};
      digest.text(kind).part(others);
      if (isRecord(action)) digest.part(lockOf(action)?.footer);
      for (const values of [Item, Key, ExpressionAttributeValues]) digest.item((isRecord(values) ? values : {}) as AttributeMap); // anything else is canonical nowhere
    }
  }
  return digest;
}

/** About what the items, keys and values of a transaction take. */
function bytesOf(elements: readonly unknown[]): number {
  const parts = elements.flatMap(element => Object.values(isRecord(element) ? element : {})).filter(isRecord);
  const maps = parts.flatMap(({ Item, Key, ExpressionAttributeValues }) => [Item, Key, ExpressionAttributeValues]).filter(isRecord);
  return maps.reduce((bytes, map) => bytes + itemSize(map as AttributeMap), 0); // checked where they are read
}

function cancelled(call: Call, element: unknown): Cancelled {
  const [first] = tableActions(call, element);
  return { table: first?.table, wantsItem: first?.action.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
}

function elementsOf({ TransactItems }: Shape): readonly unknown[] {
  if (Array.isArray(TransactItems)) return TransactItems;
  throw new FieldsealError('INPUT_INVALID', 'TransactItems must be a list of actions');
}
