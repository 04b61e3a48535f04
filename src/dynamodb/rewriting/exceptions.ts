import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../attribute-value.ts';

/** Decrypted items that belong on errors. They get there outermost: the SDK's logger sees errors on their way. */
const openedItems = new WeakMap<object, AttributeMap>();

/** The SDK's own error of a failed condition, for conditions that are decided here; `opened` is the decrypted item, where the caller wants it. */
export function conditionalCheckFailed(opened: AttributeMap | undefined): ConditionalCheckFailedException {
  const error = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { httpStatusCode: 400, attempts: 0, totalRetryDelay: 0 },
  });
  if (opened !== undefined) openedItems.set(error, opened);
  return error;
}

/** The decrypted item that belongs on an error. */
export function openedItemOf(error: object): AttributeMap | undefined {
  return openedItems.get(error);
}

/** A failed condition, and the item as it is stored if the request asked for it. */
export interface FailedCondition extends Error {
  Item?: AttributeMap | undefined;
  readonly $metadata: { readonly attempts?: number };
}

/** Whether an error says that a condition failed; from whichever copy of the SDK. */
export function isFailedCondition(error: unknown): error is FailedCondition {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
