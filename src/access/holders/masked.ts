import { isObject } from '../../bytes/objects.ts';
import { TextHolder } from './text-holder.ts';

/** The brand of {@link Masked}. */
export const masked: unique symbol = Symbol.for('fieldseal.masked');

declare const origin: unique symbol;

/**
 * What a mask shows of a value of type T. An object, so that it cannot be taken for the value: writes refuse it with VALIDATION_FAILED. In
 * texts, JSON and logs it is what the mask shows.
 */
export interface Masked<out T> {
  /** Exists in the type only. */
  readonly [origin]?: T;
  readonly [masked]: true;
  toString(): string;
  toJSON(): string;
}

class MaskedText extends TextHolder implements Masked<never> {
  get [masked](): true {
    return true;
  }
}

/** Holds what a mask shows. */
export function hold(text: string): Masked<never> {
  return Object.freeze(new MaskedText(text));
}

/** True for a masked value of a view, also of another copy of the package. */
export function isMasked(value: unknown): value is Masked<unknown> {
  return isObject(value) && masked in value;
}
