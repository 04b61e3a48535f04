import type { StandardSchemaV1 } from '@standard-schema/spec';
import { FieldsealError } from '../errors.ts';
import { type Codec, isCodec } from './codec.ts';
import { isStandardSchema } from './standard-schema.ts';
import type { AcceptsUndefined, Storable, TypeError_ } from './storable.ts';

/** What an attribute is declared with: a validator, or a codec around one. */
export type Source = StandardSchemaV1 | Codec<unknown, unknown, unknown>;

/** The type before validation. */
export type InputOf<S> =
  S extends Codec<infer I, unknown, unknown> ? I : S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> : never;
/** The type after validation, which is the type of a decrypted attribute. */
export type OutputOf<S> =
  S extends Codec<unknown, infer O, unknown> ? O : S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : never;
/** The type that reaches the item, before encryption. */
export type StoredOf<S> = S extends Codec<unknown, unknown, infer W> ? W : OutputOf<S>;

/** Accepts S only if its values can be stored. */
export type StorableSource<S> = [StoredOf<S>] extends [Storable<StoredOf<S>>]
  ? unknown
  : TypeError_<'the validator output is not a DynamoDB value (Date, Map, class): use a codec'>;

/** Accepts S only if a validated value is always there. */
export type PresentSource<S> =
  AcceptsUndefined<OutputOf<S>> extends true
    ? TypeError_<'a key or context attribute must be present in every item: its validator may not produce undefined'>
    : unknown;

/** The constraint of a type argument that stands in for a validator: met by T, or a sentence that says why T is refused. */
export type StorableType<T> = [T] extends [Storable<T>]
  ? AcceptsUndefined<T> extends true
    ? TypeError_<'leave undefined out of the type and add .optional()'>
    : unknown
  : TypeError_<'not a DynamoDB value: use a codec'>;

/** A {@link Source} taken apart. */
export interface SourceParts {
  readonly validator: StandardSchemaV1 | undefined;
  readonly codec: Codec<unknown, unknown, unknown> | undefined;
}

const NO_SOURCE: SourceParts = { validator: undefined, codec: undefined };

/** Takes apart what a builder was given, nothing included; `builder` names the function in the SCHEMA_INVALID error for anything else. */
export function readSource(builder: string, given: readonly unknown[]): SourceParts {
  if (given.length === 0) return NO_SOURCE;
  const [source] = given;
  if (given.length > 1)
    throw new FieldsealError('SCHEMA_INVALID', `${builder} takes one argument; say the rest with .optional() and .mask()`);
  if (isCodec(source)) return { validator: source.validator, codec: source };
  if (isStandardSchema(source)) return { validator: source, codec: undefined };
  throw new FieldsealError('SCHEMA_INVALID', `${builder} takes a Standard Schema validator (zod, valibot, arktype), a codec() or nothing`);
}
