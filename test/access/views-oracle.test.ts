/** Random tables, policies and items: what a view holds equals what a naive reading of the policy says. */
import fc from 'fast-check';
import {
  type AnyAttribute,
  definePolicy,
  encrypted,
  key,
  mask,
  present,
  pseudonymizer,
  role,
  signed,
  type Table,
  table,
  unsigned,
} from 'fieldseal';
import { expect, test } from 'vitest';
import { decide, isDenial } from '../../src/access/policy/decide.ts';
import { rulesOf } from '../../src/access/policy/policy.ts';
import { viewOf } from '../../src/access/view/view-of.ts';
import { runs, SLOW } from '../property/runs.ts';

const NAMES = ['a', 'b', '__proto__', 'constructor', 'toString', '1', 'é'];
const ROLES = ['x', 'y', '__proto__', 'hasOwnProperty'];
type Kind = 'masked' | 'encrypted' | 'signed' | 'unsigned';
type Grant = 'reveal' | 'mask' | 'pseudonym';
type Condition = 'none' | 'true' | 'false' | 'one' | 'throws' | 'promise' | 'misuse';
interface Case {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly values: ReadonlyMap<string, string>;
  readonly strangers: ReadonlyMap<string, string>;
  readonly grants: ReadonlyMap<string, ReadonlyMap<string, { readonly as: Grant; readonly when: Condition }>>;
  readonly answer: string | null;
}

const pseudonyms = pseudonymizer({ key: new Uint8Array(32).fill(7), keyVersion: 'k1' });

const mapOf = <K, V>(keys: fc.Arbitrary<K>, values: fc.Arbitrary<V>): fc.Arbitrary<ReadonlyMap<K, V>> =>
  fc.uniqueArray(fc.tuple(keys, values), { selector: ([name]) => name }).map(entries => new Map(entries));
const name = fc.constantFrom(...NAMES);
const grant = fc.record({
  as: fc.constantFrom<Grant>('reveal', 'mask', 'pseudonym'),
  when: fc.constantFrom<Condition>('none', 'none', 'true', 'false', 'one', 'throws', 'promise', 'misuse'),
});
const cases: fc.Arbitrary<Case> = fc.record({
  kinds: mapOf(name, fc.constantFrom<Kind>('masked', 'masked', 'encrypted', 'signed', 'unsigned')),
  values: mapOf(name, fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 })),
  strangers: mapOf(fc.constantFrom('isAdmin', ':isAdmin', 'aws_dbe_head', 'valueOf'), fc.string()),
  grants: mapOf(fc.constantFrom(...ROLES), mapOf(name, grant)),
  answer: fc.constantFrom(...ROLES, 'nobody', null),
});

const CONDITIONS: Readonly<Record<Condition, (item: Record<string, unknown>) => unknown>> = {
  none: () => true,
  true: item => item.id === 'i-1',
  false: () => false,
  one: () => 1,
  throws: () => {
    throw new Error('no');
  },
  promise: async () => true,
  misuse: item => item.missing === undefined,
};
const HOLDS: ReadonlySet<Condition> = new Set(['none', 'true']);

function tableOf({ kinds }: Case): Table {
  const attribute: Record<Kind, () => AnyAttribute> = {
    masked: () => encrypted<string>().mask(mask.last4()).optional(),
    encrypted: () => encrypted<string>().optional(),
    signed: () => signed<string>().optional(),
    unsigned: () => unsigned<string>().optional(),
  };
  const fields = Object.fromEntries([...kinds].map(([name, kind]) => [name, attribute[kind]()]));
  return table('random', { ...fields, id: key.partition() } as { id: ReturnType<typeof key.partition> });
}

/** The grants that fit the table: others are refused at definition. */
function fitting({ kinds, grants }: Case): Case['grants'] {
  const fits = (name: string, as: Grant): boolean => kinds.get(name) === 'masked' || (kinds.get(name) === 'encrypted' && as !== 'mask');
  return new Map([...grants].map(([role, of]) => [role, new Map([...of].filter(([name, { as }]) => fits(name, as)))]));
}

function policyOf(given: Case): { readonly schema: Table; readonly policy: object } {
  const schema = tableOf(given);
  const roles = Object.fromEntries(
    [...fitting(given)].map(([role, of]) => [
      role,
      {
        read: Object.fromEntries(
          [...of].map(([name, { as, when }]) => [
            name,
            when === 'none' ? as : { as, when: (_: unknown, item: Record<string, unknown>) => CONDITIONS[when](item) },
          ]),
        ),
      },
    ]),
  );
  return {
    schema,
    policy: definePolicy(schema, roles as object as Record<string, { read: object }>, { classify: () => given.answer, pseudonyms }),
  };
}

/** What is seen, worked out from the case alone; undefined when the actor is denied. */
function oracle(given: Case): Map<string, string> | undefined {
  const granted = given.answer === null ? undefined : fitting(given).get(given.answer);
  if (granted === undefined) return undefined;
  const seen = new Map([['id', 'i-1']]);
  for (const [name, value] of given.values) {
    const kind = given.kinds.get(name);
    if (kind === 'signed' || kind === 'unsigned') seen.set(name, value);
    const rule = granted.get(name);
    if (rule === undefined || !HOLDS.has(rule.when)) continue;
    if (rule.as === 'reveal') seen.set(name, value);
    if (rule.as === 'mask') seen.set(name, value.length < 8 ? '****' : `****${value.slice(-4)}`);
    if (rule.as === 'pseudonym') seen.set(name, `${pseudonyms.pseudonymOf(value, { table: 'random', attribute: name })}`);
  }
  return seen;
}

test(
  'a view holds what the policy says, and no more',
  () => {
    fc.assert(
      fc.property(cases, given => {
        const { policy } = policyOf(given);
        const item = Object.fromEntries([...given.values, ...given.strangers, ['id', 'i-1']]);
        const verdict = decide(rulesOf(policy), { actor: {} }, item);
        const expected = oracle(given);
        if (isDenial(verdict)) {
          expect(expected).toBeUndefined();
          return;
        }
        const view = viewOf(verdict, item);
        expect(new Map(Object.entries(present(view as never)))).toEqual(expected);
        expect(Reflect.get(view, role)).toBe(given.answer);
        const opened = [...(expected ?? [])].map(([name]) => name).filter(name => /masked|encrypted/.test(given.kinds.get(name) ?? ''));
        for (const name of opened) expect(verdict.wanted).toContain(name);
        for (const name of verdict.wanted) expect(given.values.has(name) ? opened : [name]).toContain(name);
      }),
      runs(500),
    );
  },
  SLOW.timeout,
);
