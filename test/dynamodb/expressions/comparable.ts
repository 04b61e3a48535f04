import type { AttributeMap } from '../../../src/dynamodb/attribute-value.ts';
import { inNormalForm } from '../../../src/dynamodb/expressions/values.ts';
import { comparable } from '../../property/comparable.ts';

/** Nested arrays that are equal when DynamoDB would call the items equal: numbers by value, sets without order. */
export function comparableItem(item: AttributeMap): unknown {
  return comparable(Object.fromEntries(Object.entries(item).map(([name, value]) => [name, sorted(inNormalForm(value))])));
}

function sorted(value: AttributeMap[string]): AttributeMap[string] {
  if (value.SS !== undefined) return { SS: [...value.SS].sort() };
  if (value.NS !== undefined) return { NS: [...value.NS].sort() };
  if (value.BS !== undefined) return { BS: [...value.BS].sort((a, b) => (String(a) < String(b) ? -1 : 1)) };
  if (value.L !== undefined) return { L: value.L.map(sorted) };
  if (value.M !== undefined) return { M: Object.fromEntries(Object.entries(value.M).map(([key, inner]) => [key, sorted(inner)])) };
  return value;
}
