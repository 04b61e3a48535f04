import type { StandardSchemaV1 } from '@standard-schema/spec';
import { FieldsealError } from '../errors.ts';
import { AttributeNode, type Key } from './attribute.ts';
import { readSource } from './source.ts';
import type { AcceptsUndefined, TypeError_ } from './storable.ts';

/** What DynamoDB takes as a key. */
export type KeyValue = string | number | bigint | Uint8Array;

/** Accepts V only if what it gives out can be a key, and is always there. */
type KeySource<V extends StandardSchemaV1> =
  AcceptsUndefined<StandardSchemaV1.InferOutput<V>> extends true
    ? TypeError_<'a key must be present in every item: its validator may not produce undefined'>
    : [StandardSchemaV1.InferOutput<V>] extends [KeyValue]
      ? unknown
      : TypeError_<'a key is a string, a number or bytes'>;

/** The key attributes of a table. They are signed, never encrypted, and part of the encryption context. */
export interface KeyBuilders {
  readonly partition: typeof partition;
  readonly sort: typeof sort;
}

export const key: KeyBuilders = Object.freeze({ partition, sort });

function partition<V extends StandardSchemaV1>(
  validator: V & KeySource<V>,
): Key<'partition', StandardSchemaV1.InferInput<V>, StandardSchemaV1.InferOutput<V>>;
function partition<T extends KeyValue = string>(): Key<'partition', T, T>;
function partition(...given: readonly unknown[]): unknown {
  return keyAttribute('partition', given);
}

function sort<V extends StandardSchemaV1>(
  validator: V & KeySource<V>,
): Key<'sort', StandardSchemaV1.InferInput<V>, StandardSchemaV1.InferOutput<V>>;
function sort<T extends KeyValue = string>(): Key<'sort', T, T>;
function sort(...given: readonly unknown[]): unknown {
  return keyAttribute('sort', given);
}

function keyAttribute(kind: 'partition' | 'sort', given: readonly unknown[]): AttributeNode {
  const { validator, codec } = readSource(`key.${kind}()`, given);
  if (codec !== undefined) throw new FieldsealError('SCHEMA_INVALID', `key.${kind}() takes no codec: store the key as it is looked up`);
  return new AttributeNode(kind, { validator });
}
