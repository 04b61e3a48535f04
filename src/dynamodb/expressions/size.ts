import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { setOf } from './sets.ts';

/** What `size()` gives: UTF-16 units, bytes, members, elements or entries; undefined for a number, boolean or null. */
export function sizeOf(value: AttributeValue): number | undefined {
  const { S, B, L, M } = value;
  if (S !== undefined) return S.length;
  if (B !== undefined) return B.length;
  if (L !== undefined) return L.length;
  if (M !== undefined) return Object.keys(M).length;
  return setOf(value)?.members.size;
}
