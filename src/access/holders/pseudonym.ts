import { isObject } from '../../bytes/objects.ts';
import { TextHolder } from './text-holder.ts';

/** The brand of {@link Pseudonym}. */
export const pseudonymous: unique symbol = Symbol.for('fieldseal.pseudonym');

/**
 * Stands for a value: equal values of one attribute, tenant and key version have equal texts. An object, so that it cannot be taken for the
 * value: writes refuse it with VALIDATION_FAILED.
 */
export interface Pseudonym {
  readonly [pseudonymous]: true;
  /** Compare this: two pseudonyms are two objects. */
  toString(): string;
  toJSON(): string;
}

class PseudonymText extends TextHolder implements Pseudonym {
  get [pseudonymous](): true {
    return true;
  }
}

/** Holds the text of a pseudonym. */
export function holdPseudonym(text: string): Pseudonym {
  return Object.freeze(new PseudonymText(text));
}

/** True for a pseudonym, also of another copy of the package. */
export function isPseudonym(value: unknown): value is Pseudonym {
  return isObject(value) && pseudonymous in value;
}
