import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import { serialize } from '../serialize.ts';

/** Refuses, with ATTRIBUTE_INVALID, what is no value that DynamoDB takes in an expression. */
export function requireStorable(placeholder: string, given: unknown): AttributeValue {
  const value = (given ?? {}) as AttributeValue; // checked next
  try {
    serialize(value, 'write');
    refuseHollow(value);
  } catch (error) {
    if (isFieldsealError(error)) throw new FieldsealError('ATTRIBUTE_INVALID', `${placeholder}: ${error.message}`);
    throw error;
  }
  return value;
}

/** Empty sets and `{ NULL: false }`, which have a serialised form though DynamoDB refuses them. */
function refuseHollow({ NULL, SS, NS, BS, L, M }: AttributeValue): void {
  if (NULL !== undefined && !NULL) throw new FieldsealError('ATTRIBUTE_INVALID', 'a value of type NULL must be true');
  if ([SS, NS, BS].some(set => set?.length === 0)) throw new FieldsealError('ATTRIBUTE_INVALID', 'a set must not be empty');
  L?.forEach(refuseHollow);
  if (M !== undefined) Object.values(M).forEach(refuseHollow);
}
