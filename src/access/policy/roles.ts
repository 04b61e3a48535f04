import type { AttributeAt, AttributeOutput, NamesOf, Shape } from '../../schema/attribute.ts';
import type { TypeError_ } from '../../schema/storable.ts';
import type { VerifiedShape } from './verified.ts';

/** How a role sees an encrypted attribute. What is not named is left out, and never decrypted. */
export type Treatment = 'reveal' | 'mask' | 'pseudonym';

/**
 * A {@link Treatment} for some items only: where `when` returns anything but true, throws, or is asynchronous, the attribute is left out.
 */
export interface ConditionalGrant<F extends Shape> {
  readonly as: Treatment;
  /** The actor is of the type that `classify` takes. */
  readonly when: (actor: never, item: VerifiedShape<F>) => boolean;
}

/** What a role may do. Attributes that are stored in clear need no grant to be read: every role sees them. */
export interface RoleDefinition<F extends Shape> {
  readonly read: { readonly [N in NamesOf<F, 'encrypted'>]?: Treatment | ConditionalGrant<F> };
  /** The attributes that it may write; none, when absent. */
  readonly write?: readonly NamesOf<F, 'encrypted' | 'signed' | 'unsigned'>[];
}

/** Roles by name. */
export type RoleMap<F extends Shape> = Readonly<Record<string, RoleDefinition<F>>>;

/** R, with a {@link TypeError_} in the place of what cannot be. */
export type CheckedRoles<F extends Shape, R> = {
  readonly [P in keyof R]: {
    readonly [Part in keyof R[P]]: Part extends 'read'
      ? CheckedReads<F, R[P][Part]>
      : Part extends 'write'
        ? R[P][Part]
        : TypeError_<`a role has read and write, and no '${Part & string}'`>;
  };
};
type CheckedReads<F extends Shape, G> = {
  readonly [N in keyof G]: N extends NamesOf<F, 'encrypted'>
    ? CheckedGrant<G[N], AttributeOutput<AttributeAt<F, N>>>
    : TypeError_<`'${N & string}' is not an encrypted attribute`>;
};
type CheckedGrant<G, O> =
  TreatmentIn<G> extends 'pseudonym'
    ? CanBePseudonym<O> extends true
      ? G
      : TypeError_<'a pseudonym is made of a text, number, boolean, bytes or Date'>
    : G;
type CanBePseudonym<O> = unknown extends O
  ? true
  : [Exclude<O, undefined>] extends [string | number | bigint | boolean | Uint8Array | Date]
    ? true
    : false;

/** P if A, the actor of `classify`, can be given to every condition of the roles R. */
export type CheckedActor<P, R, A> = [A] extends [ActorOfConditions<ConditionsIn<R>>]
  ? P
  : TypeError_<'a condition of a role takes another actor than classify'>;
type ActorOfConditions<C> = [C] extends [(actor: infer A, item: never) => unknown] ? A : never;
type ConditionsIn<R> = { [P in keyof R]: R[P] extends { readonly read: infer G } ? ConditionsOf<G[keyof G]> : never }[keyof R];
type ConditionsOf<G> = G extends { readonly when: infer C } ? C : never;

/** The treatment of a grant, with or without a condition. */
export type TreatmentIn<G> = G extends Treatment ? G : G extends { readonly as: infer T extends Treatment } ? T : never;
