import type { ContextOption } from '../schema/annotations.ts';
import type { Mask } from '../schema/masks/mask.ts';
import type { OutputOf, Source, StorableSource } from '../schema/source.ts';
import { annotate } from './annotate.ts';
import type { AttributeDecorator } from './field-types.ts';

/** Options of {@link unsigned}. */
export interface AttributeOptions<O extends boolean = boolean> {
  /** The attribute may be absent; the type of the field must say so too. */
  readonly optional?: O | undefined;
}

/** Options of {@link encrypted}. */
export interface EncryptedOptions<V, O extends boolean = boolean> extends AttributeOptions<O> {
  /** How views show the attribute to those who may not see all of it. */
  readonly mask?: Mask<V, unknown> | undefined;
}

/** Options of {@link signed} for an attribute that is not in the encryption context. */
export interface SignedOptions<O extends boolean = boolean> extends AttributeOptions<O> {
  readonly context?: false | undefined;
}

type PresenceOf<O> = O extends true ? 'optional' : 'required';

/**
 * The field is encrypted and signed. As the decorators beside it, throws SCHEMA_INVALID for what it does not take, and for places where it cannot
 * stand; CONFIG_INVALID for compilers that it cannot work with, and for classes with decorators of another copy of this package.
 */
export function encrypted<S extends Source, O extends boolean = false>(
  source: S & StorableSource<S>,
  options?: EncryptedOptions<Exclude<OutputOf<S>, undefined>, O>,
): AttributeDecorator<PresenceOf<O>, S>;
export function encrypted<M = unknown, O extends boolean = false>(
  options?: EncryptedOptions<M, O>,
): AttributeDecorator<PresenceOf<O>, false, M>;
export function encrypted(...given: readonly unknown[]): unknown {
  return annotate('encrypted', given);
}

/**
 * Everybody with access to the table can read the field, nobody without the key can change it. With `{ context: true }` it is part of the encryption
 * context and never absent.
 */
export function signed<S extends Source>(source: S & StorableSource<S>, options: ContextOption): AttributeDecorator<'context', S>;
export function signed(options: ContextOption): AttributeDecorator<'context'>;
export function signed<S extends Source, O extends boolean = false>(
  source: S & StorableSource<S>,
  options?: SignedOptions<O>,
): AttributeDecorator<PresenceOf<O>, S>;
export function signed<O extends boolean = false>(options?: SignedOptions<O>): AttributeDecorator<PresenceOf<O>>;
export function signed(...given: readonly unknown[]): unknown {
  return annotate('signed', given);
}

/** The field is outside the signature: everybody who can write to the table can change it. */
export function unsigned<S extends Source, O extends boolean = false>(
  source: S & StorableSource<S>,
  options?: AttributeOptions<O>,
): AttributeDecorator<PresenceOf<O>, S>;
export function unsigned<O extends boolean = false>(options?: AttributeOptions<O>): AttributeDecorator<PresenceOf<O>>;
export function unsigned(...given: readonly unknown[]): unknown {
  return annotate('unsigned', given);
}
