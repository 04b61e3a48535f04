import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compareBytes } from '../../bytes/compare.ts';
import { setOwn } from '../../bytes/own-property.ts';
import { compareUtf8 } from '../../bytes/utf8.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { normalizeNumber } from '../numbers.ts';
import { compareNumbers } from './decimal.ts';
import { sameMembers, setOf, toValue } from './sets.ts';

/** Equality as DynamoDB has it: same type, numbers by value, sets without order, lists and maps all the way down. */
export function areEqual(a: AttributeValue, b: AttributeValue): boolean {
  const order = compareValues(a, b);
  if (order !== undefined) return order === 0;
  if (a.BOOL !== undefined) return a.BOOL === b.BOOL;
  if (a.NULL !== undefined) return a.NULL === b.NULL;
  if (a.L !== undefined) return b.L !== undefined && areEqualLists(a.L, b.L);
  if (a.M !== undefined) return b.M !== undefined && areEqualMaps(a.M, b.M);
  const [one, other] = [setOf(a), setOf(b)];
  return one !== undefined && other !== undefined && sameMembers(one, other);
}

/** The order of two strings (by their UTF-8), two numbers or two binary values; undefined for anything else. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return compareUtf8(a.S, b.S);
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return compareBytes(a.B, b.B);
  return undefined;
}

/** A copy with every number in normal form, as DynamoDB would give it back. */
export function inNormalForm(value: AttributeValue): AttributeValue {
  if (value.N !== undefined) return { N: normalizeNumber(value.N) };
  if (value.L !== undefined) return { L: value.L.map(inNormalForm) };
  if (value.M !== undefined) return { M: normalMap(value.M) };
  const set = setOf(value);
  return (set && toValue(set)) ?? { ...value };
}

/** How deep a value nests, itself being the first level. */
export function levelsOf({ L, M }: AttributeValue): number {
  const inner = L ?? (M && Object.values(M)) ?? [];
  return 1 + inner.reduce((most, value) => Math.max(most, levelsOf(value)), 0);
}

function normalMap(map: AttributeMap): AttributeMap {
  const copy: AttributeMap = {};
  for (const [key, value] of Object.entries(map)) setOwn(copy, key, inNormalForm(value));
  return copy;
}

function areEqualLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return a.length === b.length && a.every((element, i) => isEqualTo(element, b[i]));
}

function areEqualMaps(a: AttributeMap, b: AttributeMap): boolean {
  const entries = Object.entries(a);
  return entries.length === Object.keys(b).length && entries.every(([key, value]) => Object.hasOwn(b, key) && isEqualTo(value, b[key]));
}

function isEqualTo(value: AttributeValue, other: AttributeValue | undefined): boolean {
  return other !== undefined && areEqual(value, other);
}
