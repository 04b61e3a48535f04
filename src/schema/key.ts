import type { StandardSchemaV1 } from '@standard-schema/spec';
import { FieldsealError } from '../errors.ts';
import { AttributeNode, type Key } from './attribute.ts';
import { readSource } from './source.ts';

/** What DynamoDB takes as a key. */
export type KeyValue = string | number | bigint | Uint8Array;

type KeyValidator = StandardSchemaV1<unknown, KeyValue>;

/** The key attributes of a table. They are signed, never encrypted, and part of the encryption context. */
export interface KeyBuilders {
  readonly partition: typeof partition;
  readonly sort: typeof sort;
}

export const key: KeyBuilders = Object.freeze({ partition, sort });

function partition<V extends KeyValidator>(validator: V): Key<'partition', StandardSchemaV1.InferInput<V>, StandardSchemaV1.InferOutput<V>>;
function partition<T extends KeyValue = string>(): Key<'partition', T, T>;
function partition(...given: readonly unknown[]): unknown {
  return keyAttribute('partition', given);
}

function sort<V extends KeyValidator>(validator: V): Key<'sort', StandardSchemaV1.InferInput<V>, StandardSchemaV1.InferOutput<V>>;
function sort<T extends KeyValue = string>(): Key<'sort', T, T>;
function sort(...given: readonly unknown[]): unknown {
  return keyAttribute('sort', given);
}

function keyAttribute(kind: 'partition' | 'sort', given: readonly unknown[]): AttributeNode {
  const { validator, codec } = readSource(`key.${kind}()`, given);
  if (codec !== undefined) throw new FieldsealError('SCHEMA_INVALID', `key.${kind}() takes no codec: store the key as it is looked up`);
  return new AttributeNode(kind, { validator });
}
