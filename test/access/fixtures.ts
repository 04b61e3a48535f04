import { codec, definePolicy, encrypted, key, mask, pseudonymizer, signed, table, unsigned } from 'fieldseal';
import { z } from 'zod';
import { type Asker, type Decision, decide, isDenial } from '../../src/access/policy/decide.ts';
import { rulesOf } from '../../src/access/policy/policy.ts';

export const users = table('users', {
  id: key.partition(),
  kind: key.sort(),
  tenantId: signed<string>({ context: true }),
  manager: signed<string>().optional(),
  displayName: signed<string>(),
  email: encrypted(z.email()).mask(mask.email()).optional(),
  ssn: encrypted<string>().mask(mask.last4()),
  age: encrypted<number>().optional(),
  born: encrypted(codec(z.date(), { encode: date => date.toISOString(), decode: text => new Date(text) })).mask(mask.year()),
  address: encrypted<{ street: string; city: string }>().optional(),
  seenAt: unsigned<number>().optional(),
});

export const ann = Object.freeze({
  id: 'ann',
  kind: 'user',
  tenantId: 't-1',
  displayName: 'Ann',
  email: 'ann@example.com',
  ssn: '078-05-1120',
  age: 41,
  born: new Date('1984-05-06'),
  address: { street: 'Main Street 7', city: 'Bern' },
  seenAt: 7,
});

export interface Actor {
  readonly sub: string;
  readonly team?: string;
}

export const pseudonyms = pseudonymizer({ key: new Uint8Array(32).fill(7), keyVersion: 'k1', tenant: 'tenantId' });

export const policy = definePolicy(
  users,
  {
    owner: { read: { email: 'reveal', ssn: 'mask', age: 'reveal', born: 'mask' }, write: ['email', 'displayName'] },
    support: { read: { email: 'mask', ssn: { as: 'reveal', when: (actor: Actor, item) => actor.sub === item.manager } } },
    analyst: { read: { ssn: 'pseudonym', age: 'pseudonym', born: 'pseudonym' } },
  },
  {
    classify: (actor: Actor, item) => {
      if (actor.sub === item.id) return 'owner';
      return actor.team === 'support' ? 'support' : actor.team === 'analysis' ? 'analyst' : null;
    },
    pseudonyms,
  },
);

/** The decision, where there must be one. */
export function decided(given: unknown, asker: Asker | Actor, item: Readonly<Record<string, unknown>> = ann): Decision {
  const verdict = decide(rulesOf(given), 'actor' in asker ? asker : { actor: asker }, item);
  if (isDenial(verdict)) throw new TypeError(`denied: ${verdict.denied}`);
  return verdict;
}

/** The reason of a denial; the role where nothing is denied. */
export function outcomeOf(given: unknown, asker: Asker, item: Readonly<Record<string, unknown>> = ann): string {
  const verdict = decide(rulesOf(given), asker, item);
  return isDenial(verdict) ? verdict.denied : `role ${verdict.role}`;
}
