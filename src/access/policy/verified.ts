import type { AttributeAt, AttributeOutput, NamesOf, Shape } from '../../schema/attribute.ts';
import type { FieldsOf } from '../../schema/shapes.ts';

/**
 * What a policy may read of an item: the attributes that are signed and in clear, keys among them. Reading one that the item does not have
 * throws, so none of them is undefined.
 */
export type Verified<T> = VerifiedShape<FieldsOf<T>>;

/** {@link Verified}, of the attributes themselves; a union for the entities of a single table. */
export type VerifiedShape<F extends Shape> = F extends unknown
  ? { readonly [N in NamesOf<F, 'partition' | 'sort' | 'signed'>]: Exclude<AttributeOutput<AttributeAt<F, N>>, undefined> }
  : never;
