import { isRecord } from '../../bytes/objects.ts';
import { quoted, quotedList } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../../schema/attribute.ts';
import { FrozenSet } from '../../schema/frozen.ts';
import type { KeyOf } from '../../schema/shapes.ts';
import type { Table } from '../../schema/table.ts';
import { isPseudonymizer, type Pseudonymizer } from '../pseudonyms.ts';
import { entitiesOf } from './entities.ts';
import { type Policy, PolicyDefinition, type Question } from './policy.ts';
import { readRoles } from './read-roles.ts';
import type { CheckedActor, CheckedRoles, RoleMap } from './roles.ts';
import type { VerifiedShape } from './verified.ts';

const OPTIONS = ['preCheck', 'classify', 'pseudonyms', 'purposes'];

/**
 * Options of {@link definePolicy}. Functions are synchronous and change nothing; reading an attribute that is not there throws, and denies.
 */
export interface PolicyOptions<F extends Shape, N extends string, A, U extends string> {
  /** Is asked before anything is read, and can only deny: whatever it returns, `classify` is asked too. Anything but true denies. */
  readonly preCheck?: (actor: A, key: Readonly<KeyOf<Table<F>>>) => boolean;
  /** Tells the role of the actor for an item that was verified; null for none. All that is granted is granted here. */
  readonly classify: (actor: A, item: VerifiedShape<F>) => N | null;
  /** Needed where a role sees a pseudonym. */
  readonly pseudonyms?: Pseudonymizer;
  /** What data may be read for. A read has to name one of them. */
  readonly purposes?: readonly U[];
}

/**
 * Who sees what of a table's items: roles, and a function that tells the role. Deny by default: an encrypted attribute that a role does not
 * name is left out of its views. Throws SCHEMA_INVALID for roles that do not fit the table, CONFIG_INVALID for options that cannot be.
 */
export function definePolicy<F extends Shape, const R extends RoleMap<F>, A, const U extends string = never>(
  table: Table<F>,
  roles: R & CheckedRoles<F, R>,
  options: PolicyOptions<NoInfer<F>, NoInfer<keyof R & string>, A, U>,
): CheckedActor<Policy<F, R, A, U>, R, A>;
export function definePolicy(table: Table, roles: unknown, options: unknown): unknown {
  if (!isRecord(table) || !isRecord(table.fields) || typeof table.entityOf !== 'function')
    throw new FieldsealError('CONFIG_INVALID', 'definePolicy() takes a table of table(), singleTable() or attributeActions()');
  const refuse: (message: string) => never = refusalFor(table);
  if (!isRecord(options)) refuse('takes { classify } after the roles');
  const unknown = Object.keys(options).filter(name => !OPTIONS.includes(name));
  if (unknown.length > 0) refuse(`has no option ${quotedList(unknown)}; there are ${quotedList(OPTIONS)}`);
  const { preCheck, classify, pseudonyms, purposes } = options;
  if (preCheck !== undefined && !isFunction(preCheck)) refuse('takes a function for preCheck');
  if (!isFunction(classify)) refuse('needs classify, a function that tells the role of an actor');
  if (pseudonyms !== undefined && !isPseudonymizer(pseudonyms)) refuse('takes pseudonymizer({ key, keyVersion }) for pseudonyms');
  const roleRules = readRoles(table, roles);
  const usesPseudonyms = [...roleRules.values()].some(({ read }) => [...read.values()].some(({ as }) => as === 'pseudonym'));
  if (usesPseudonyms && pseudonyms === undefined) refuse('needs pseudonyms: pseudonymizer({ key, keyVersion }), because a role sees one');
  requireTenant(table, pseudonyms?.tenant);
  return new PolicyDefinition({
    table,
    roleRules,
    preCheck: preCheck && questionOf(preCheck),
    classify: questionOf(classify),
    pseudonyms,
    purposes: readPurposes(table, purposes),
  });
}

function requireTenant(table: Table, tenant: string | undefined): void {
  if (tenant === undefined) return;
  const isVerified = entitiesOf(table).every(({ fields }) => {
    const attribute = fields[tenant];
    return attribute !== undefined && ['signed', 'partition', 'sort'].includes(attribute.kind) && !attribute.settings.optional;
  });
  if (!isVerified) refusalFor(table)(`cannot tell tenants by ${quoted(tenant)}; name a signed attribute that every item has`);
}

function readPurposes(table: Table, purposes: unknown): ReadonlySet<string> | undefined {
  if (purposes === undefined) return undefined;
  if (Array.isArray(purposes) && purposes.length > 0 && purposes.every(purpose => typeof purpose === 'string' && purpose !== ''))
    return new FrozenSet<string>(purposes);
  return refusalFor(table)('takes a list of names for purposes');
}

/** Called without a `this`, and fixed: the options may change later. */
function questionOf(answer: (...given: never[]) => unknown): Question {
  return (actor, subject) => Reflect.apply(answer, undefined, [actor, subject]);
}

function isFunction(value: unknown): value is (...given: never[]) => unknown {
  return typeof value === 'function';
}

function refusalFor(table: Table): (message: string) => never {
  return message => {
    throw new FieldsealError('CONFIG_INVALID', `definePolicy() for table ${quoted(table.logicalName)} ${message}`);
  };
}
