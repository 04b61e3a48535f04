import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { KeyValue } from '../schema/key.ts';
import type { TypeError_ } from '../schema/storable.ts';
import { annotate } from './annotate.ts';
import type { AttributeDecorator } from './field-types.ts';

/** Accepts V only if what it gives out can be a key. */
type KeySource<V extends StandardSchemaV1> = [StandardSchemaV1.InferOutput<V>] extends [KeyValue]
  ? unknown
  : TypeError_<'a key is a string, a number or bytes, and present in every item'>;

/** The field is the partition key; a class has one. Throws as `encrypted` does. */
export function partitionKey<V extends StandardSchemaV1>(validator: V & KeySource<V>): AttributeDecorator<'key', V>;
export function partitionKey(): AttributeDecorator<'key'>;
export function partitionKey(...given: readonly unknown[]): unknown {
  return annotate('partition', given);
}

/** The field is the sort key; a class has one at most. Throws as `encrypted` does. */
export function sortKey<V extends StandardSchemaV1>(validator: V & KeySource<V>): AttributeDecorator<'key', V>;
export function sortKey(): AttributeDecorator<'key'>;
export function sortKey(...given: readonly unknown[]): unknown {
  return annotate('sort', given);
}
