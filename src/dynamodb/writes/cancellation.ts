import { isRecord } from '../../bytes/objects.ts';
import { isFieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { mapBounded } from '../bounded.ts';
import type { Shape } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Verdict } from '../rewriting/verdict.ts';
import { decidedHere } from './declined.ts';
import type { Attempt } from './transaction-attempts.ts';

/** The SDK's error of a transaction that was not carried out, from whichever copy of the SDK. */
interface Cancellation extends Error {
  CancellationReasons: readonly Shape[];
}

/** What is known of an element of `TransactItems` when the transaction was cancelled. */
export interface Cancelled {
  /** Undefined for tables that are not encrypted. */
  readonly table: EncryptedTable | undefined;
  /** Whether the caller asked for the item of a failed condition. */
  readonly wantsItem: boolean;
}

/**
 * What a failed transaction means: `again` when it was cancelled only because of what had changed since this client read it, `applied` when its own
 * writes are there. A condition that fails on any other action, or a conflict with another transaction, is the caller's to know.
 */
export async function verdictOn(error: unknown, { actions }: Attempt): Promise<Verdict> {
  if (!isCancellation(error) || decidedHere(error) !== undefined || error.CancellationReasons.length !== actions.length) return 'condition';
  const failed = [...error.CancellationReasons.entries()].filter(([, { Code }]) => Code !== undefined && Code !== 'None');
  const verdicts = await Promise.all(
    failed.map(async ([i, reason]) => actions[i]?.find(({ verdict }) => verdict !== undefined)?.verdict?.(reason)),
  );
  if (verdicts.includes('applied')) return 'applied'; // a transaction is carried out whole
  return verdicts.length > 0 && verdicts.every(verdict => verdict === 'again') ? 'again' : 'condition';
}

/**
 * Opens the items in the reasons of a cancellation, which stay in DynamoDB's own form on every client. An item that cannot be opened, or that nobody
 * asked for, is taken off: ciphertext is never handed out as data.
 */
export async function openCancellation(error: unknown, elements: readonly Cancelled[], concurrency: number): Promise<unknown> {
  if (!isCancellation(error)) return error;
  const { index, opened } = decidedHere(error) ?? {};
  if (opened !== undefined) {
    error.CancellationReasons = error.CancellationReasons.map((reason, i) => (i === index ? { ...reason, Item: opened } : reason));
    return error;
  }
  const reasons = error.CancellationReasons;
  if (!reasons.some(reason => isRecord(reason) && reason.Item !== undefined)) return error;
  const known = reasons.length === elements.length;
  error.CancellationReasons = await mapBounded(reasons, concurrency, (reason, i) =>
    known ? openedReason(reason, elements[i]) : Promise.resolve(withoutItem(reason)),
  );
  return error;
}

async function openedReason(reason: Shape, element: Cancelled | undefined): Promise<Shape> {
  if (!isRecord(reason) || reason.Item === undefined || element?.table === undefined) return reason;
  const bare = withoutItem(reason);
  if (!element.wantsItem) return bare;
  try {
    return { ...bare, Item: await element.table.decrypt(reason.Item as AttributeMap) }; // the SDK's deserializer made it
  } catch (failure) {
    if (isFieldsealError(failure)) Object.defineProperty(bare, 'itemFailure', { value: failure, enumerable: false, configurable: true });
    return bare;
  }
}

function withoutItem(reason: Shape): Shape {
  const { Item: _, ...bare } = reason;
  return bare;
}

function isCancellation(error: unknown): error is Cancellation {
  return (
    error instanceof Error &&
    error.name === 'TransactionCanceledException' &&
    'CancellationReasons' in error &&
    Array.isArray(error.CancellationReasons)
  );
}
