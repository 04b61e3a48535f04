import { FieldsealError } from '../errors.ts';
import { AttributeNode, type Encrypted, type Signed, type Unsigned } from './attribute.ts';
import { isCodec } from './codec.ts';
import {
  type InputOf,
  type OutputOf,
  type PresentSource,
  readSource,
  type Source,
  type StorableSource,
  type StorableType,
  type StoredOf,
} from './source.ts';
import { isStandardSchema } from './standard-schema.ts';

/** Puts a signed attribute into the encryption context. */
export interface ContextOption {
  readonly context: true;
}

/** An attribute that is encrypted and signed. Takes a validator, a codec, or a type argument alone: `encrypted<string>()`. */
export function encrypted<S extends Source>(source: S & StorableSource<S>): Encrypted<InputOf<S>, OutputOf<S>, StoredOf<S>>;
export function encrypted<T extends StorableType<T>>(): Encrypted<T, T>;
export function encrypted(...given: readonly unknown[]): unknown {
  return new AttributeNode('encrypted', readSource('encrypted()', given));
}

/**
 * An attribute that anyone with access to the table can read and nobody without the key can change. With `{ context: true }` it is also part of the
 * encryption context, where KMS key policies can ask for it; it must then be present in every item.
 */
export function signed<T extends StorableType<T>>(): Signed<T, T>;
export function signed<T extends StorableType<T>>(options: ContextOption): Signed<T, T, T, false, true>;
export function signed<S extends Source>(
  source: S & StorableSource<S> & PresentSource<S>,
  options: ContextOption,
): Signed<InputOf<S>, OutputOf<S>, StoredOf<S>, false, true>;
export function signed<S extends Source>(
  source: S & StorableSource<S>,
  options?: { readonly context?: false },
): Signed<InputOf<S>, OutputOf<S>, StoredOf<S>, false, false>;
export function signed(...given: readonly unknown[]): unknown {
  const [source, options] = isOptionsAlone(given) ? [[], given[0]] : [given.toSpliced(1, 1), given[1]];
  return new AttributeNode('signed', { ...readSource('signed()', source), context: readContext(options) });
}

/** An attribute outside the signature: stored in clear, changeable by anyone who can write to the table, updated without a read. */
export function unsigned<S extends Source>(source: S & StorableSource<S>): Unsigned<InputOf<S>, OutputOf<S>, StoredOf<S>>;
export function unsigned<T extends StorableType<T>>(): Unsigned<T, T>;
export function unsigned(...given: readonly unknown[]): unknown {
  return new AttributeNode('unsigned', readSource('unsigned()', given));
}

function isOptionsAlone(given: readonly unknown[]): boolean {
  const [first] = given;
  if (given.length !== 1 || typeof first !== 'object' || first === null) return false;
  return 'context' in first && !isCodec(first) && !isStandardSchema(first);
}

function readContext(options: unknown): boolean {
  if (options === undefined) return false;
  if (typeof options === 'object' && options !== null && Object.keys(options).every(name => name === 'context')) {
    const context = 'context' in options ? options.context : false;
    if (typeof context === 'boolean') return context;
  }
  throw new FieldsealError('SCHEMA_INVALID', 'the options of signed() are { context: true } or nothing');
}
