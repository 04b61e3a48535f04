import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { setOwn } from '../bytes/own-property.ts';
import { FieldsealError } from '../errors.ts';
import { type AttributeMap, isByteArrays, isBytes, isList, isMap } from './attribute-value.ts';
import { MOST_LEVELS } from './serialize.ts';

/** More values than an item can hold: each takes at least one of its 400 KB. */
export const MOST_VALUES = 500_000;

/**
 * A copy of an item that later changes of the caller's objects do not reach: what is signed, or was verified, must be what is stored, or given
 * back, though validators and keys are waited for in between. Throws ATTRIBUTE_INVALID for more values than an item can hold.
 */
export function copyItem(item: AttributeMap): AttributeMap {
  const copier = new Copier();
  const copy: AttributeMap = {};
  for (const [name, value] of Object.entries(item)) setOwn(copy, name, copier.copy(value, 1));
  return copy;
}

class Copier {
  #values = 0;

  /** A value that is not of exactly one known type is passed on as it is, to be refused where it is serialised. */
  copy(value: AttributeValue, level: number): AttributeValue {
    if (++this.#values > MOST_VALUES)
      throw new FieldsealError('ATTRIBUTE_INVALID', `the item has over ${MOST_VALUES} values, or contains itself`);
    if (typeof value !== 'object' || value === null || level > MOST_LEVELS || Object.keys(value).length !== 1) return value;
    const { B, L, M, SS, NS, BS } = value;
    if (isBytes(B)) return { B: Uint8Array.from(B) };
    if (isList(L)) return { L: L.map(element => this.copy(element, level + 1)) };
    if (isMap(M)) return { M: this.#copyMap(M, level) };
    if (Array.isArray(SS)) return { SS: Array.from(SS) };
    if (Array.isArray(NS)) return { NS: Array.from(NS) };
    if (isByteArrays(BS)) return { BS: BS.map(member => Uint8Array.from(member)) };
    return { ...value };
  }

  #copyMap(map: AttributeMap, level: number): AttributeMap {
    const copy: AttributeMap = {};
    for (const [key, inner] of Object.entries(map)) setOwn(copy, key, this.copy(inner, level + 1));
    return copy;
  }
}
