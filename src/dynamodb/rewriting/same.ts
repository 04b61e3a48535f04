import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { areEqual } from '../expressions/values.ts';

/** Whether two attributes are equal, or both missing. */
export function areSame(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  return one === undefined || other === undefined ? one === other : areEqual(one, other);
}
