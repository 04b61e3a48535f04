import type { KeyValue } from '../schema/key.ts';
import type { InputOf, OutputOf, Source } from '../schema/source.ts';
import type { AcceptsUndefined, Storable, TypeError_ } from '../schema/storable.ts';

/** When an attribute is there: a key and a context attribute always, an optional one not always, any other as its validator says. */
export type Presence = 'key' | 'context' | 'optional' | 'required';

/**
 * A decorator of fields and accessors, for both ways in which compilers call one. S: the validator or codec, or false, M: what the mask takes. The
 * type of the field is checked against both; a mistake reads as a sentence.
 */
export type AttributeDecorator<P extends Presence, S extends Source | false = false, M = unknown> = <Target, Place extends string | object>(
  target: Target,
  place: Place & Fits<Target, Place, P, S, M>,
  descriptor?: object,
) => void;

type Fits<Target, Place, P extends Presence, S, M> = Place extends { readonly kind: 'method' | 'class' }
  ? TypeError_<'put it on a field or an accessor'>
  : Place extends { readonly static: true }
    ? TypeError_<'a static member is not part of an item'>
    : Place extends { readonly private: true }
      ? TypeError_<'a private member is hidden from items'>
      : Place extends ClassFieldDecoratorContext<infer _, infer V>
        ? FieldFits<V, P, S, M>
        : Place extends ClassAccessorDecoratorContext<infer _, infer V>
          ? FieldFits<V, P, S, M>
          : Place extends ClassGetterDecoratorContext<infer _, infer V>
            ? FieldFits<V, P, S, M>
            : Place extends ClassSetterDecoratorContext<infer _, infer V>
              ? FieldFits<V, P, S, M>
              : LegacyFits<Target, Place, P, S, M>;

/** A legacy decorator is given the prototype, which has the type of an instance, and the name. Private names are not among its keys. */
type LegacyFits<Target, Place, P extends Presence, S, M> = Target extends (...args: never[]) => unknown
  ? TypeError_<'a static member is not part of an item'>
  : Target extends abstract new (
        ...args: never[]
      ) => unknown
    ? TypeError_<'a static member is not part of an item'>
    : Place extends keyof Target
      ? IsMethod<Target[Place]> extends true
        ? TypeError_<'put it on a field or an accessor'>
        : FieldFits<Target[Place], P, S, M>
      : TypeError_<'a private member is hidden from items'>;

type FieldFits<V, P extends Presence, S, M> = PresenceFits<V, P, S> & ValueFits<Present<V>, P, S> & MaskFits<Present<V>, M>;

type ValueFits<V, P extends Presence, S> = S extends Source
  ? [Present<OutputOf<S>>] extends [V]
    ? [V] extends [InputOf<S>]
      ? unknown
      : TypeError_<'the validator does not take the type of the field'>
    : TypeError_<'the validator gives out another type than that of the field'>
  : P extends 'key'
    ? [V] extends [KeyValue]
      ? unknown
      : TypeError_<'a key is a string, a number or bytes'>
    : [V] extends [Storable<V>]
      ? unknown
      : TypeError_<'not a DynamoDB value: use a codec'>;

type MaskFits<V, M> = [V] extends [M] ? unknown : TypeError_<'the mask does not take the type of the field'>;

type PresenceFits<V, P extends Presence, S> = StrictNulls extends false
  ? unknown
  : P extends 'key' | 'context'
    ? AcceptsUndefined<V> extends true
      ? TypeError_<'keys and context attributes are never undefined'>
      : unknown
    : AcceptsUndefined<V> extends true
      ? MayBeLeftOut<P, S> extends true
        ? unknown
        : TypeError_<'the field may be undefined: say { optional: true }'>
      : MayBeMissing<P, S> extends true
        ? TypeError_<'the attribute may be absent: the type of the field must include undefined'>
        : unknown;

/** A validator that takes undefined may have a default for it, or let it pass. */
type MayBeLeftOut<P, S> = P extends 'optional' ? true : S extends Source ? AcceptsUndefined<InputOf<S>> : false;
type MayBeMissing<P, S> = P extends 'optional' ? true : S extends Source ? AcceptsUndefined<OutputOf<S>> : false;

/** Without `strictNullChecks` every type includes undefined. */
type StrictNulls = undefined extends string ? false : true;
type Present<T> = unknown extends T ? T : Exclude<T, undefined>;

/** True for functions, also optional ones. */
export type IsMethod<V> = unknown extends V ? false : [Present<V>] extends [(...args: never[]) => unknown] ? true : false;
