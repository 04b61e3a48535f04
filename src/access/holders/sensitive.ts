import { inspect } from 'node:util';
import { UNWRITABLE } from '../../bytes/unwritable.ts';
import { makeUnwritable } from './make-unwritable.ts';
import { REDACTED } from './redacted.ts';

const IDENTITY = Symbol('identity');

/**
 * Holds a value that must not be printed by accident: logs, JSON and texts show `[redacted]`. It is not encryption: the value is in memory.
 * Writes refuse the holder with VALIDATION_FAILED; give them `unwrap()`.
 */
export interface Sensitive<out T> {
  /** The value. */
  unwrap(): T;
  toString(): string;
  toJSON(): string;
}

class SensitiveValue<T> implements Sensitive<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
    // Own ones, so that a copy is refused by writes as well, and that two holders are never deeply equal, whatever they hold.
    Object.defineProperty(this, UNWRITABLE, { value: true, enumerable: true });
    Object.defineProperty(this, IDENTITY, { value: Symbol('sensitive'), enumerable: true });
  }

  unwrap(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

makeUnwritable(SensitiveValue.prototype);

/** Wraps a value so that it is not printed by accident. */
export function sensitive<T>(value: T): Sensitive<T> {
  return Object.freeze(new SensitiveValue(value));
}
