import { isRecord } from '../../bytes/objects.ts';
import { FieldsealError } from '../../errors.ts';
import { FOOTER_ATTRIBUTE } from '../../format/header.ts';
import type { Shape } from '../commands/command.ts';
import { ACTIONS } from '../commands/tables-of.ts';

/** Where an input, or an action of a transaction, carries its lock: copies with `{ ...input }` keep it, and nothing else sees it. */
const LOCK: unique symbol = Symbol('fieldseal lock');

/** The footer that the stored item must still have, and the condition of the caller's that a {@link MARK} stands in for. */
export interface Lock {
  readonly footer: Uint8Array;
  readonly condition: unknown;
}

/**
 * The condition of a locked input, until a wrapped client takes the lock: DynamoDB refuses it, because nothing says what the name stands for. A client
 * that does not encrypt the table could not keep the lock, and must not write without it.
 */
const MARK = 'attribute_exists(#needs_a_client_that_encrypts_this_table)';

type Locked = Shape & { readonly [LOCK]?: Lock };

/** The same input under a lock. */
export function withLock<I extends object>(input: I, lock: Lock): I {
  return { ...input, ConditionExpression: MARK, [LOCK]: Object.freeze(lock) };
}

/** The lock of an input or action, in whatever form. */
export function lockOf(input: object): Lock | undefined {
  return (input as Locked)[LOCK];
}

/** The locks of one request: of its input, under '', or of the actions of a transaction, by place and kind. */
export type Locks = ReadonlyMap<string, Lock>;

/** An input without its locks, the caller's own conditions in their places, and the locks. */
export function takeLocks(input: Shape): { readonly input: Shape; readonly locks: Locks } {
  const locks = new Map<string, Lock>();
  const unlocked = eachPart(input, (part, place) => {
    const lock = lockOf(part);
    if (lock === undefined) return part;
    locks.set(place, lock);
    const { [LOCK]: _, ConditionExpression: text, ...rest } = part as Locked;
    const condition = text === MARK ? lock.condition : text;
    return condition === undefined ? rest : { ...rest, ConditionExpression: condition };
  });
  return { input: unlocked, locks };
}

/** An input in DynamoDB's own form with its locks again. Throws OPERATION_REFUSED when a part of it is gone. */
export function relocked(input: Shape, locks: Locks): Shape {
  return withAll(locks, input, (part, place) => {
    const lock = locks.get(place);
    return lock === undefined ? undefined : { ...part, [LOCK]: lock };
  });
}

/**
 * What is sent: the footer in the conditions of what is locked. Updates have it there already: what they do about another footer depends on their
 * way. Throws OPERATION_REFUSED when a lock was lost on the way.
 */
export function underLocks(input: Shape, locks: Locks, commandName: string): Shape {
  return withAll(locks, input, (part, place) => {
    const lock = lockOf(part);
    if (lock === undefined) return undefined;
    return commandName === 'UpdateItemCommand' || place.endsWith('Update') ? part : conditioned(part, lock);
  });
}

/** The input with what `work` makes of each locked part; undefined for a part that is not. */
function withAll(locks: Locks, input: Shape, work: (part: Shape, place: string) => Shape | undefined): Shape {
  if (locks.size === 0) return input;
  let found = 0;
  const result = eachPart(input, (part, place) => {
    const worked = work(part, place);
    if (worked !== undefined) found++;
    return worked ?? part;
  });
  if (found === locks.size) return result;
  throw new FieldsealError(
    'OPERATION_REFUSED',
    'the actions of a transaction changed after they were checked; change them before the client is called',
  );
}

function conditioned(part: Shape, { footer }: Lock): Shape {
  const values = isRecord(part.ExpressionAttributeValues) ? part.ExpressionAttributeValues : {};
  let placeholder = ':footer';
  while (Object.hasOwn(values, placeholder)) placeholder += '_';
  const own = `${FOOTER_ATTRIBUTE} = ${placeholder}`;
  return {
    ...part,
    ConditionExpression: part.ConditionExpression === undefined ? own : `(${part.ConditionExpression}) AND ${own}`,
    ExpressionAttributeValues: { ...values, [placeholder]: { B: footer } },
  };
}

/** The input with what `work` makes of it, or of each action of its transaction; the same object where that is nothing new. */
function eachPart(input: Shape, work: (part: Shape, place: string) => Shape): Shape {
  const { TransactItems } = input;
  if (!Array.isArray(TransactItems)) return work(input, '');
  const elements = TransactItems.map((element: unknown, i) => (isRecord(element) ? eachAction(element, i, work) : element));
  return elements.every((element, i) => element === TransactItems[i]) ? input : { ...input, TransactItems: elements };
}

function eachAction(element: Shape, index: number, work: (part: Shape, place: string) => Shape): Shape {
  const changed = ACTIONS.flatMap(kind => {
    const part = element[kind];
    const worked = isRecord(part) ? work(part, `${index} ${kind}`) : part;
    return worked === part ? [] : [[kind, worked] as const];
  });
  return changed.length === 0 ? element : { ...element, ...Object.fromEntries(changed) };
}
