import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../attribute-value.ts';

/** The SDK's own error of a failed condition, for conditions that are decided here. `item` is in DynamoDB's own form, as the SDK gives it. */
export function conditionalCheckFailed(item: AttributeMap | undefined): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { httpStatusCode: 400, attempts: 0, totalRetryDelay: 0 },
    ...(item !== undefined && { Item: item }),
  });
}

/** A failed condition, and the item as it was if the request asked for it. */
export interface FailedCondition extends Error {
  Item?: AttributeMap | undefined;
  readonly $metadata: { readonly attempts?: number };
}

/** Whether an error says that a condition failed; from whichever copy of the SDK. */
export function isFailedCondition(error: unknown): error is FailedCondition {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
