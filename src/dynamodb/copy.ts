import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { setOwn } from '../bytes/own-property.ts';
import { type AttributeMap, isList, isMap } from './attribute-value.ts';
import { MOST_LEVELS } from './serialize.ts';

/**
 * A copy of an item that later changes of the caller's objects do not reach: what is signed, or was verified, must be what is stored, or given
 * back, though validators and keys are waited for in between. Byte arrays are shared.
 */
export function copyItem(item: AttributeMap): AttributeMap {
  const copy: AttributeMap = {};
  for (const [name, value] of Object.entries(item)) setOwn(copy, name, copyValue(value, 1));
  return copy;
}

function copyValue(value: AttributeValue, level: number): AttributeValue {
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return value;
  const { L, M, SS, NS, BS } = value;
  if (isList(L)) return { L: L.map(element => copyValue(element, level + 1)) };
  if (isMap(M)) {
    const map: AttributeMap = {};
    for (const [key, inner] of Object.entries(M)) setOwn(map, key, copyValue(inner, level + 1));
    return { M: map };
  }
  if (Array.isArray(SS)) return { SS: [...SS] };
  if (Array.isArray(NS)) return { NS: [...NS] };
  if (Array.isArray(BS)) return { BS: [...BS] };
  return { ...value };
}
