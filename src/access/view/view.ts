import type { AttributeAt, AttributeOutput, MayBeAbsent, NamesOf, Shape } from '../../schema/attribute.ts';
import type { Masked } from '../holders/masked.ts';
import type { Pseudonym } from '../holders/pseudonym.ts';
import type { AnyPolicy, PolicyFields, ReadsOf, RoleOf } from '../policy/policy.ts';
import type { TreatmentIn } from '../policy/roles.ts';

/** Where a view has the name of its role: a symbol, which no attribute can be called and JSON leaves out. */
export const role: unique symbol = Symbol.for('fieldseal.role');

/** What the role N of a policy sees of an item. */
export type View<P extends AnyPolicy, N extends RoleOf<P>> = ViewOf<PolicyFields<P>, ReadsOf<P, N>, N>;

/** What some role of a policy sees: a union that `view[role]` tells apart. */
export type AnyView<P extends AnyPolicy, N extends RoleOf<P> = RoleOf<P>> = N extends RoleOf<P> ? View<P, N> : never;

type Flat<T> = { [N in keyof T]: T[N] } & {};

/** Distributes over the entities of a single table. G: what the role reads. */
type ViewOf<F extends Shape, G, N> = F extends unknown
  ? Flat<
      { readonly [K in Exclude<Visible<F, G>, Absentable<F, G>>]: Shown<F, G, K> } & {
        readonly [K in Visible<F, G> & Absentable<F, G>]?: Shown<F, G, K>;
      } & { readonly [role]: N }
    >
  : never;

type Visible<F extends Shape, G> = NamesOf<F, 'partition' | 'sort' | 'signed' | 'unsigned'> | (NamesOf<F, 'encrypted'> & keyof G);

/** The attributes that an item may lack, and those that are seen under a condition. */
type Absentable<F extends Shape, G> = {
  [K in keyof F & string]: MayBeAbsent<F[K], AttributeOutput<F[K]>> extends true ? K : IsConditional<G, K> extends true ? K : never;
}[keyof F & string];
type IsConditional<G, K> = K extends keyof G ? (G[K] extends { readonly when: unknown } ? true : false) : false;

type Shown<F extends Shape, G, K> = K extends keyof G
  ? Treated<TreatmentIn<G[K]>, Exclude<AttributeOutput<AttributeAt<F, K>>, undefined>>
  : Present<AttributeOutput<AttributeAt<F, K>>>;
type Treated<T, O> = T extends 'reveal' ? O : T extends 'mask' ? Masked<O> : Pseudonym;
type Present<O> = unknown extends O ? O : Exclude<O, undefined>;
