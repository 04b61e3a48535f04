import { type CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { isFailedCondition } from '../rewriting/exceptions.ts';

/** An action of a transaction that the item, as it was read, does not allow: DynamoDB would cancel the transaction because of it. */
class ActionDeclined extends Error {
  override readonly name: string = 'ActionDeclined';
  readonly reason: CancellationReason;

  constructor(reason: CancellationReason) {
    super();
    this.reason = reason;
  }
}

/** What an action that was planned failed with, as the reason of a cancellation where DynamoDB would make it one; any other error as it is. */
export function declined(error: unknown): unknown {
  if (isFailedCondition(error)) {
    const { Item } = error;
    return new ActionDeclined({ Code: 'ConditionalCheckFailed', Message: error.message, ...(Item && { Item }) });
  }
  if (error instanceof Error && error.name === 'ValidationException')
    return new ActionDeclined({ Code: 'ValidationError', Message: error.message });
  return error;
}

const cancelledHere = new WeakSet<object>();

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
  cancelledHere.add(cancellation);
  return cancellation;
}

/** Whether the items of a cancellation are decrypted already. */
export function isCancelledHere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && cancelledHere.has(error);
}
