import { FieldsealError } from '../errors.ts';

function unchangeable(): never {
  throw new FieldsealError('SCHEMA_INVALID', 'a checked structure cannot be changed; define a new one');
}

/** A Map that is filled once; `set`, `delete` and `clear` throw SCHEMA_INVALID. `Object.freeze` alone leaves a Map's entries open. */
export class FrozenMap<K, V> extends Map<K, V> {
  constructor(entries: Iterable<readonly [K, V]>) {
    super();
    for (const [key, value] of entries) super.set(key, value);
    Object.freeze(this);
  }

  override set(): never {
    return unchangeable();
  }

  override delete(): never {
    return unchangeable();
  }

  override clear(): never {
    return unchangeable();
  }
}

/** A Set that is filled once; `add`, `delete` and `clear` throw SCHEMA_INVALID. */
export class FrozenSet<T> extends Set<T> {
  constructor(values: Iterable<T>) {
    super();
    for (const value of values) super.add(value);
    Object.freeze(this);
  }

  override add(): never {
    return unchangeable();
  }

  override delete(): never {
    return unchangeable();
  }

  override clear(): never {
    return unchangeable();
  }
}
