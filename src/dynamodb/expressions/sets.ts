import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { normalizeNumber } from '../numbers.ts';

/** A set by the keys of its members: equal members have equal keys. */
export type ValueSet =
  | { readonly type: 'SS' | 'NS'; readonly members: ReadonlyMap<string, string> }
  | { readonly type: 'BS'; readonly members: ReadonlyMap<string, Uint8Array> };

/** The members of a set; undefined for a value of another type. Numbers come in normal form. */
export function setOf({ SS, NS, BS }: AttributeValue): ValueSet | undefined {
  if (SS !== undefined) return { type: 'SS', members: new Map(SS.map(member => [member, member])) };
  if (NS !== undefined) return { type: 'NS', members: new Map(NS.map(normalizeNumber).map(member => [member, member])) };
  if (BS !== undefined) return { type: 'BS', members: new Map(BS.map(member => [keyOf(member), member])) };
  return undefined;
}

/** The set as a value; undefined for an empty one, which DynamoDB does not have. */
export function toValue(set: ValueSet): AttributeValue | undefined {
  if (set.members.size === 0) return undefined;
  if (set.type === 'BS') return { BS: [...set.members.values()] };
  return set.type === 'SS' ? { SS: [...set.members.values()] } : { NS: [...set.members.values()] };
}

/** All members of both; undefined for sets of different types. */
export function union(a: ValueSet, b: ValueSet): ValueSet | undefined {
  if (a.type === 'BS') return b.type === 'BS' ? { type: 'BS', members: new Map([...a.members, ...b.members]) } : undefined;
  if (b.type === 'BS' || a.type !== b.type) return undefined;
  return { type: a.type, members: new Map([...a.members, ...b.members]) };
}

/** The members of `a` that `b` does not have; undefined for sets of different types. */
export function difference(a: ValueSet, b: ValueSet): ValueSet | undefined {
  if (a.type !== b.type) return undefined;
  const isKept = ([key]: readonly [string, unknown]): boolean => !b.members.has(key);
  if (a.type === 'BS') return { type: 'BS', members: new Map([...a.members].filter(isKept)) };
  return { type: a.type, members: new Map([...a.members].filter(isKept)) };
}

/** True for sets of the same type with the same members. */
export function sameMembers(a: ValueSet, b: ValueSet): boolean {
  return a.type === b.type && a.members.size === b.members.size && [...a.members.keys()].every(key => b.members.has(key));
}

/** True when a string, number or binary value is a member. */
export function hasMember(set: ValueSet, { S, N, B }: AttributeValue): boolean {
  if (set.type === 'SS') return S !== undefined && set.members.has(S);
  if (set.type === 'NS') return N !== undefined && set.members.has(normalizeNumber(N));
  return B !== undefined && set.members.has(keyOf(B));
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
