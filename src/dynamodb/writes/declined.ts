import { type CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../attribute-value.ts';
import { isFailedCondition, openedItemOf } from '../rewriting/exceptions.ts';

/** An action of a transaction that the item, as it was read, does not allow: DynamoDB would cancel the transaction because of it. */
class ActionDeclined extends Error {
  override readonly name: string = 'ActionDeclined';
  readonly reason: CancellationReason;
  /** The decrypted item that belongs to the reason. */
  readonly opened: AttributeMap | undefined;

  constructor(reason: CancellationReason, opened?: AttributeMap) {
    super();
    this.reason = reason;
    this.opened = opened;
  }
}

/** What an action that was planned failed with, as the reason of a cancellation where DynamoDB would make it one; any other error as it is. */
export function declined(error: unknown): unknown {
  if (isFailedCondition(error)) {
    const { Item, message } = error;
    return new ActionDeclined({ Code: 'ConditionalCheckFailed', Message: message, ...(Item && { Item }) }, openedItemOf(error));
  }
  if (error instanceof Error && error.name === 'ValidationException')
    return new ActionDeclined({ Code: 'ValidationError', Message: error.message });
  return error;
}

/** Decrypted items get onto the reasons outermost: the SDK's logger sees errors on their way. */
const cancelledHere = new WeakMap<object, { readonly index: number; readonly opened: AttributeMap | undefined }>();

/** The SDK's error of a transaction that one action of `count` cancels; any other error as it is. */
export function asCancellation(error: unknown, index: number, count: number): unknown {
  if (!(error instanceof ActionDeclined)) return error;
  const CancellationReasons = Array.from({ length: count }, (_, i): CancellationReason => (i === index ? error.reason : { Code: 'None' }));
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  const cancellation = new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    $metadata: { httpStatusCode: 400, attempts: 0, totalRetryDelay: 0 },
    CancellationReasons,
  });
  cancelledHere.set(cancellation, { index, opened: error.opened });
  return cancellation;
}

/** Where a cancellation was decided here, the action that did it, and its decrypted item. */
export function decidedHere(error: unknown): { readonly index: number; readonly opened: AttributeMap | undefined } | undefined {
  return typeof error === 'object' && error !== null ? cancelledHere.get(error) : undefined;
}
