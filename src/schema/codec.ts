import type { StandardSchemaV1 } from '@standard-schema/spec';
import { FieldsealError } from '../errors.ts';
import { isStandardSchema } from './standard-schema.ts';
import type { Storable, TypeError_ } from './storable.ts';

/**
 * How values that DynamoDB cannot hold (Date, classes) are stored: `encode` runs after validation on write, `decode` on read. A validator alone runs
 * one way, so a transform in it cannot be undone.
 */
export interface Codec<I, O, W> {
  readonly validator: StandardSchemaV1<I, O> | undefined;
  encode(value: Exclude<O, undefined>): W;
  decode(stored: W): Exclude<O, undefined>;
}

/** The two directions of a {@link Codec}. */
export interface Coding<O, W> {
  encode(value: Exclude<O, undefined>): W;
  decode(stored: W): Exclude<O, undefined>;
}

type StorableCoding<W> = [W] extends [Storable<W>]
  ? unknown
  : TypeError_<'encode must return a DynamoDB value (string, number, bytes, list, map, set)'>;

/** A codec whose values are validated before they are encoded. Throws SCHEMA_INVALID for parts that are not a validator and two functions. */
export function codec<V extends StandardSchemaV1, W>(
  validator: V,
  coding: Coding<StandardSchemaV1.InferOutput<V>, W> & StorableCoding<W>,
): Codec<StandardSchemaV1.InferInput<V>, StandardSchemaV1.InferOutput<V>, W>;
/** A codec without a validator. */
export function codec<O, W>(coding: Coding<O, W> & StorableCoding<W>): Codec<O, O, W>;
export function codec(...parts: readonly unknown[]): unknown {
  const coding = parts.at(-1);
  const validator = parts.length > 1 ? parts[0] : undefined;
  if (parts.length > 1 && !isStandardSchema(validator)) {
    throw new FieldsealError(
      'SCHEMA_INVALID',
      'codec() takes a Standard Schema validator (zod, valibot, arktype) before { encode, decode }',
    );
  }
  if (!isCoding(coding)) throw new FieldsealError('SCHEMA_INVALID', 'codec() takes { encode, decode }, two functions');
  return Object.freeze({
    validator,
    encode: (value: unknown) => coding.encode(value),
    decode: (stored: unknown) => coding.decode(stored),
  });
}

/** True for what {@link codec} returns. */
export function isCodec(value: unknown): value is Codec<unknown, unknown, unknown> {
  if (!isCoding(value) || !('validator' in value) || isStandardSchema(value)) return false;
  return value.validator === undefined || isStandardSchema(value.validator);
}

function isCoding(value: unknown): value is Coding<unknown, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'encode' in value && typeof value.encode === 'function' && 'decode' in value && typeof value.decode === 'function';
}
