import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../../schema/attribute.ts';
import type { Table } from '../../schema/table.ts';
import type { Pseudonymizer } from '../pseudonyms.ts';
import type { RoleMap, Treatment } from './roles.ts';

declare const types: unique symbol;

/** Who sees what of the items of a table. Frozen. R: its roles, A: who asks, U: what for. */
export interface Policy<F extends Shape = Shape, R = RoleMap<F>, A = never, U extends string = string> {
  /** Exists in the type only. */
  readonly [types]?: { readonly roles: R; readonly actor: (actor: A) => void; readonly purpose: U };
  readonly table: Table<F>;
  readonly roles: readonly (keyof R & string)[];
}

/** A policy of any table. */
export interface AnyPolicy {
  /** Exists in the type only. */
  readonly [types]?: { readonly roles: unknown; readonly actor: (actor: never) => void; readonly purpose: string };
  readonly table: Table;
  readonly roles: readonly string[];
}

/** The attributes of a policy's table. */
export type PolicyFields<P> = P extends { readonly table: Table<infer F> } ? F : never;
/** The names of a policy's roles. */
export type RoleOf<P> = P extends { readonly roles: readonly (infer N extends string)[] } ? N : never;
/** What a role of a policy reads. */
export type ReadsOf<P, N> = P extends { readonly [types]?: { readonly roles: infer R } }
  ? N extends keyof R
    ? R[N] extends { readonly read: infer G }
      ? G
      : never
    : never
  : never;
/** Who asks a policy. */
export type ActorOf<P> = P extends { readonly [types]?: { readonly actor: (actor: infer A) => void } } ? A : never;
/** What a policy may be asked for. */
export type PurposeOf<P> = P extends { readonly [types]?: { readonly purpose: infer U } } ? U : never;

/** A function of a policy's author. What it returns is not to be relied on. */
export type Question = (actor: unknown, subject: object) => unknown;

/** How a role sees one attribute. */
export interface FieldRule {
  readonly as: Treatment;
  readonly when: Question | undefined;
}

/** What a role may do, checked. */
export interface RoleRules {
  readonly read: ReadonlyMap<string, FieldRule>;
  readonly write: ReadonlySet<string>;
}

/** A policy as those who apply it see it. */
export interface PolicyRules {
  readonly table: Table;
  readonly roleRules: ReadonlyMap<string, RoleRules>;
  readonly preCheck: Question | undefined;
  readonly classify: Question;
  readonly pseudonyms: Pseudonymizer | undefined;
  /** What a read must be for; undefined when nobody has to say. */
  readonly purposes: ReadonlySet<string> | undefined;
}

/** The runtime class behind {@link Policy}. */
export class PolicyDefinition implements PolicyRules, AnyPolicy {
  readonly table: Table;
  readonly roles: readonly string[];
  readonly roleRules: ReadonlyMap<string, RoleRules>;
  readonly preCheck: Question | undefined;
  readonly classify: Question;
  readonly pseudonyms: Pseudonymizer | undefined;
  readonly purposes: ReadonlySet<string> | undefined;

  constructor(rules: PolicyRules) {
    this.table = rules.table;
    this.roles = Object.freeze([...rules.roleRules.keys()]);
    this.roleRules = rules.roleRules;
    this.preCheck = rules.preCheck;
    this.classify = rules.classify;
    this.pseudonyms = rules.pseudonyms;
    this.purposes = rules.purposes;
    Object.freeze(this);
  }
}

/** What there is to apply of a policy. Throws CONFIG_INVALID for anything that definePolicy did not make. */
export function rulesOf(policy: unknown): PolicyRules {
  if (policy instanceof PolicyDefinition) return policy;
  throw new FieldsealError('CONFIG_INVALID', 'a policy is made with definePolicy(); give what it returns, no copy of it');
}
