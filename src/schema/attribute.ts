import type { StandardSchemaV1 } from '@standard-schema/spec';
import { FieldsealError } from '../errors.ts';
import type { Codec } from './codec.ts';
import type { Mask } from './masks/mask.ts';
import type { AcceptsUndefined, TypeError_ } from './storable.ts';

/** The annotation of an attribute. */
export type AttributeKind = 'encrypted' | 'signed' | 'unsigned' | 'partition' | 'sort';

declare const types: unique symbol;

/**
 * An annotated attribute. Its state is in the type, so modifiers work in any order. I: type before validation, O: after, W: as it reaches the item,
 * Opt: declared optional, Ctx: in the encryption context.
 */
export interface Attribute<K extends AttributeKind, I, O, W = O, Opt extends boolean = false, Ctx extends boolean = false> {
  /** Exists in the type only. */
  readonly [types]?: {
    readonly kind: K;
    readonly input: I;
    readonly output: O;
    readonly stored: W;
    readonly optional: Opt;
    readonly context: Ctx;
  };
  readonly kind: K;
  readonly settings: AttributeSettings;
}

/** What an annotation says at run time. */
export interface AttributeSettings {
  readonly validator: StandardSchemaV1 | undefined;
  readonly codec: Codec<unknown, unknown, unknown> | undefined;
  /** For views that show the attribute masked; takes the decoded value. */
  readonly mask: Mask<never, unknown> | undefined;
  /** True after `.optional()`. An attribute whose validator accepts undefined may be absent too. */
  readonly optional: boolean;
  readonly context: boolean;
}

/** ENCRYPT_AND_SIGN. */
export interface Encrypted<I, O, W = O, Opt extends boolean = false> extends Attribute<'encrypted', I, O, W, Opt> {
  /** How views show the attribute to those who may not see all of it. */
  mask<M>(mask: Mask<Exclude<O, undefined>, M>): Encrypted<I, O, W, Opt>;
  optional(): Encrypted<I, O, W, true>;
}

/** SIGN_ONLY, or with Ctx SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT. */
export interface Signed<I, O, W = O, Opt extends boolean = false, Ctx extends boolean = false>
  extends Attribute<'signed', I, O, W, Opt, Ctx> {
  optional(): Ctx extends true ? TypeError_<'a context attribute must be present in every item'> : Signed<I, O, W, true, Ctx>;
}

/** DO_NOTHING, outside the signature. */
export interface Unsigned<I, O, W = O, Opt extends boolean = false> extends Attribute<'unsigned', I, O, W, Opt> {
  optional(): Unsigned<I, O, W, true>;
}

/** The partition or sort key of the table. */
export type Key<K extends 'partition' | 'sort', I, O> = Attribute<K, I, O>;

export type AnyAttribute = Attribute<AttributeKind, unknown, unknown, unknown, boolean, boolean>;
/** Attributes by name. */
export type Shape = Readonly<Record<string, AnyAttribute>>;

type TypesOf<A> = A extends { readonly [types]?: infer T } ? NonNullable<T> : never;
export type KindOf<A> = TypesOf<A> extends { readonly kind: infer K extends AttributeKind } ? K : never;
export type AttributeInput<A> = TypesOf<A> extends { readonly input: infer I } ? I : never;
export type AttributeOutput<A> = TypesOf<A> extends { readonly output: infer O } ? O : never;
export type AttributeStored<A> = TypesOf<A> extends { readonly stored: infer W } ? W : never;
/** True when an attribute with this annotation may be absent from values of type T. */
export type MayBeAbsent<A, T> = [TypesOf<A>] extends [{ readonly optional: true }] ? true : AcceptsUndefined<T>;

/** The names of F whose annotation is one of K, of every member where F is a union; every name, where F does not list its names. */
export type NamesOf<F extends Shape, K extends AttributeKind> = F extends unknown
  ? string extends keyof F
    ? string
    : { [N in keyof F & string]: KindOf<F[N]> extends K ? N : never }[keyof F & string]
  : never;

/** The attributes of this name in the members of F. */
export type AttributeAt<F extends Shape, N> = F extends unknown ? (N extends keyof F ? F[N] : never) : never;

const NO_SETTINGS: AttributeSettings = { validator: undefined, codec: undefined, mask: undefined, optional: false, context: false };

/** The one runtime class of all annotations. Frozen; modifiers return a new one. Throws SCHEMA_INVALID for a modifier that its kind does not have. */
export class AttributeNode {
  readonly kind: AttributeKind;
  readonly settings: AttributeSettings;

  constructor(kind: AttributeKind, settings: Partial<AttributeSettings>) {
    this.kind = kind;
    this.settings = Object.freeze({ ...NO_SETTINGS, ...settings });
    Object.freeze(this);
  }

  mask(mask: Mask<never, unknown>): AttributeNode {
    if (this.kind !== 'encrypted') refuse(`.mask() is for encrypted attributes; ${this.kind} ones are stored in clear`);
    if (typeof mask !== 'object' || typeof mask?.show !== 'function') refuse('.mask() takes a mask, such as mask.last4()');
    return new AttributeNode(this.kind, { ...this.settings, mask });
  }

  optional(): AttributeNode {
    if (this.kind === 'partition' || this.kind === 'sort') refuse('a key must be present in every item; it cannot be optional');
    if (this.settings.context) refuse('a context attribute must be present in every item; it cannot be optional');
    return new AttributeNode(this.kind, { ...this.settings, optional: true });
  }
}

function refuse(message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', message);
}
