import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';

/** Which parameter of a request an expression is. */
export type ExpressionKind =
  | 'UpdateExpression'
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression';

/**
 * What DynamoDB answers to a request that it refuses: code that handles the server's error handles this one. The message must not hold
 * attribute values.
 */
export function validationException(message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({
    name: 'ValidationException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400, attempts: 0, totalRetryDelay: 0 },
    message,
  });
}

/** A ValidationException about one expression. */
export function invalid(kind: ExpressionKind, what: string): DynamoDBServiceException {
  return validationException(`Invalid ${kind}: ${what}`);
}
