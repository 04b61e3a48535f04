import type {
  AnyAttribute,
  Attribute,
  AttributeInput,
  AttributeKind,
  AttributeOutput,
  AttributeStored,
  Key,
  KindOf,
  Shape,
  Signed,
} from '../../schema/attribute.ts';
import type { IndexOptions } from '../../schema/secondary-index.ts';
import type { BoundTable, Table } from '../../schema/table.ts';

/** The table of a mapper's entities. */
export interface MapperTable<F extends Shape> extends Table<F> {
  /** As {@link Table.at}. The types of a mapper's definitions seldom tell the names of its keys, so that indexes are checked when this runs. */
  at(physicalName: string, options?: { readonly indexes?: Readonly<Record<string, IndexOptions>> }): BoundTable<F>;
}

/** The given attributes, none of them required, and those of the mapper that were not given. */
export type MapperFields<F extends Shape, Own> = Extract<{ [N in keyof F]: Relaxed<F[N]> } & Omit<Own, keyof F>, Shape>;

type Relaxed<A extends AnyAttribute> =
  KindOf<A> extends 'partition' | 'sort'
    ? A
    : A extends Attribute<AttributeKind, unknown, unknown, unknown, boolean, true>
      ? A
      : Attribute<KindOf<A>, AttributeInput<A>, AttributeOutput<A>, AttributeStored<A>, true>;

/** N where it is known to the compiler, else nothing. */
export type Known<N> = N extends string ? (string extends N ? never : N) : never;

/** The keys of a table, as far as the compiler knows their names. */
export type OwnKeys<P, S, T> = { readonly [N in Known<P>]: Key<'partition', T, T> } & { readonly [N in Known<S>]: Key<'sort', T, T> };

/** Attributes that are not in every item. */
export type OwnOptional<N, T> = { readonly [K in Known<N>]: Signed<T, T, T, true> };

/** Attributes that tell what an item is. */
export type OwnIdentifiers<N> = { readonly [K in Known<N>]: Signed<string, string> };
