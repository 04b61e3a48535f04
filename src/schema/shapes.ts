import type { AttributeInput, AttributeOutput, AttributeStored, KindOf, MayBeAbsent, NamesOf, Shape } from './attribute.ts';
import type { KeyValue } from './key.ts';
import type { AcceptsUndefined } from './storable.ts';
import type { BoundTable, Table } from './table.ts';

/** Shows a computed object type as one object; a union member by member. */
type Flat<T> = { [N in keyof T]: T[N] } & {};

type Present<T> = AcceptsUndefined<T> extends true ? Exclude<T, undefined> : T;

/** The attributes of a table; for a single table a union, over which the types of this file distribute. */
export type FieldsOf<T> = T extends Table<infer F> ? F : T extends BoundTable<infer F> ? F : never;

type RequiredInput<F extends Shape> = {
  [N in keyof F & string]: MayBeAbsent<F[N], AttributeInput<F[N]>> extends true ? never : N;
}[keyof F & string];
type RequiredOutput<F extends Shape> = {
  [N in keyof F & string]: MayBeAbsent<F[N], AttributeOutput<F[N]>> extends true ? never : N;
}[keyof F & string];

type InputShape<F extends Shape> = Flat<
  F extends unknown
    ? { [N in RequiredInput<F>]: AttributeInput<F[N]> } & {
        [N in Exclude<keyof F & string, RequiredInput<F>>]?: Present<AttributeInput<F[N]>> | undefined;
      }
    : never
>;
type OutputShape<F extends Shape> = Flat<
  F extends unknown
    ? { [N in RequiredOutput<F>]: AttributeOutput<F[N]> } & {
        [N in Exclude<keyof F & string, RequiredOutput<F>>]?: Present<AttributeOutput<F[N]>>;
      }
    : never
>;
type StoredValue<A> = KindOf<A> extends 'encrypted' ? Uint8Array : Present<AttributeStored<A>>;
type StoredShape<F extends Shape> = Flat<
  F extends unknown
    ? { [N in RequiredOutput<F>]: StoredValue<F[N]> } & { [N in Exclude<keyof F & string, RequiredOutput<F>>]?: StoredValue<F[N]> } & {
        aws_dbe_head: Uint8Array;
        aws_dbe_foot: Uint8Array;
      }
    : never
>;

/** The plaintext of an item of a table, as validators and codecs give it out. */
export type Infer<T> = OutputShape<FieldsOf<T>>;

/** What a write takes: the plaintext before validators fill in defaults and transform. */
export type Input<T> = InputShape<FieldsOf<T>>;

/** What the table holds: encrypted attributes are bytes, and the header and footer are there. */
export type Stored<T> = StoredShape<FieldsOf<T>>;

/** Names that a server-side key condition or filter can compare: all that are stored in clear. */
export type Queryable<T> = NamesOf<FieldsOf<T>, 'partition' | 'sort' | 'signed' | 'unsigned'>;

/** Names that an update can change: all but the keys. */
export type Updatable<T> = NamesOf<FieldsOf<T>, 'encrypted' | 'signed' | 'unsigned'>;

/** Names that an update changes without reading the item or calling KMS. */
export type DirectlyUpdatable<T> = NamesOf<FieldsOf<T>, 'unsigned'>;

/** The key of an item. */
export type KeyOf<T> = KeyShape<FieldsOf<T>>;
type KeyShape<F extends Shape> = F extends unknown
  ? string extends keyof F
    ? Record<string, KeyValue>
    : Flat<Pick<InputShape<F>, NamesOf<F, 'partition' | 'sort'> & keyof InputShape<F>>>
  : never;
