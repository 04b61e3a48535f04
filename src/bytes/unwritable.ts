import { isObject } from './objects.ts';

/** Marks objects that stand for a value and are not the value. Registered, so that it is known across copies of the package. */
export const UNWRITABLE: unique symbol = Symbol.for('fieldseal.unwritable');

/** Whether a value only stands for another, such as a masked one: stored, it would replace what it stands for. */
export function isUnwritable(value: unknown): boolean {
  return isObject(value) && UNWRITABLE in value;
}

/** An object inside a value, and how it was reached. */
interface Place {
  readonly object: object;
  readonly key: PropertyKey;
  readonly parent: Place | undefined;
}

/**
 * Where in a value, at any depth, something is that {@link isUnwritable}: an empty path is the value itself. Undefined when it is nowhere.
 */
export function unwritablePath(value: unknown): readonly PropertyKey[] | undefined {
  if (!isObject(value)) return undefined;
  const seen = new Set<object>();
  const places: Place[] = [{ object: value, key: '', parent: undefined }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    if (isUnwritable(place.object)) return pathTo(place);
    if (ArrayBuffer.isView(place.object) || seen.has(place.object)) continue;
    seen.add(place.object);
    for (const [key, member] of membersOf(place.object)) if (isObject(member)) places.push({ object: member, key, parent: place });
  }
  return undefined;
}

function membersOf(value: object): Iterable<readonly [key: PropertyKey, member: unknown]> {
  if (value instanceof Map) return [...value].flatMap(([key, member]) => [['key', key] as const, ['value', member] as const]);
  if (Array.isArray(value)) return value.entries();
  return value instanceof Set ? [...value].entries() : Object.entries(value);
}

function pathTo(place: Place): readonly PropertyKey[] {
  const path: PropertyKey[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}
