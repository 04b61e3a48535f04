import type { DenialReason } from '../../diagnostics/events.ts';
import { FrozenMap, FrozenSet } from '../../schema/frozen.ts';
import type { NativeItem } from '../../schema/native-item.ts';
import type { Table } from '../../schema/table.ts';
import { ask, keyOf, verifiedOf } from './ask.ts';
import type { FieldRule, PolicyRules, RoleRules } from './policy.ts';
import type { Treatment } from './roles.ts';

/** Who asks, and what for. */
export interface Asker {
  readonly actor: unknown;
  readonly purpose?: string | undefined;
}

/** What an actor sees of one item. Frozen. */
export interface Decision {
  readonly policy: PolicyRules;
  /** The schema of the item. */
  readonly entity: Table;
  readonly role: string;
  /** The encrypted attributes that are seen, and how. */
  readonly fields: ReadonlyMap<string, Treatment>;
  /** The attributes to decrypt. */
  readonly wanted: ReadonlySet<string>;
  /** The attributes that may be written. */
  readonly writable: ReadonlySet<string>;
}

/** The actor sees nothing. The reason is for the audit, never for the actor. Frozen. */
export interface Denial {
  readonly denied: DenialReason;
}

/** Whether an actor sees nothing. */
export function isDenial(verdict: Decision | Denial): verdict is Denial {
  return 'denied' in verdict;
}

/**
 * The denial of a read by its key, before anything is fetched; undefined to go on. It can deny only: {@link decide} grants. Never throws.
 */
export function preCheck(policy: PolicyRules, asker: Asker, key: NativeItem): Denial | undefined {
  const denial = denialOf(policy, asker);
  if (denial !== undefined || policy.preCheck === undefined) return denial;
  const answer = ask(policy.preCheck, asker.actor, keyOf(policy.table, key));
  if (answer === true) return undefined;
  return deny(answer === false ? 'pre-check' : 'pre-check-failed');
}

/**
 * What an actor sees of an item. `item` holds attributes that were verified and are in clear in the table, decoded; nothing that was
 * decrypted. Never throws: whatever goes wrong denies.
 */
export function decide(policy: PolicyRules, asker: Asker, item: NativeItem): Decision | Denial {
  const denial = denialOf(policy, asker);
  if (denial !== undefined) return denial;
  const entity = entityOf(policy.table, item);
  if (entity === undefined) return deny('unknown-entity');
  const verified = verifiedOf(entity, item);
  const answer = ask(policy.classify, asker.actor, verified);
  if (answer === null) return deny('no-role');
  if (typeof answer !== 'string') return deny('classify-failed');
  const rules = policy.roleRules.get(answer);
  if (rules === undefined) return deny('unknown-role');
  const holds = ({ when }: FieldRule): boolean => when === undefined || ask(when, asker.actor, verified) === true;
  return grant(policy, entity, answer, rules, holds);
}

function grant(
  policy: PolicyRules,
  entity: Table,
  role: string,
  { read, write }: RoleRules,
  holds: (rule: FieldRule) => boolean,
): Decision {
  const seen = [...read].filter(([name, rule]) => entity.fields[name]?.kind === 'encrypted' && holds(rule));
  return Object.freeze({
    policy,
    entity,
    role,
    fields: new FrozenMap(seen.map(([name, { as }]) => [name, as] as const)),
    wanted: new FrozenSet(seen.map(([name]) => name)),
    writable: new FrozenSet([...write].filter(name => entity.fields[name] !== undefined)),
  });
}

/** An actor that is not there must not match an attribute that is not there. */
function denialOf({ purposes }: PolicyRules, { actor, purpose }: Asker): Denial | undefined {
  if (actor === undefined || actor === null) return deny('no-actor');
  const isKnown = purpose === undefined ? purposes === undefined : purposes?.has(purpose) === true;
  return isKnown ? undefined : deny('unknown-purpose');
}

function entityOf(table: Table, item: NativeItem): Table | undefined {
  try {
    return table.entityOf(item);
  } catch {
    return undefined;
  }
}

function deny(reason: DenialReason): Denial {
  return Object.freeze({ denied: reason });
}
