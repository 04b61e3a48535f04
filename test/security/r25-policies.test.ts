import { inspect } from 'node:util';
import { definePolicy } from 'fieldseal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preCheck } from '../../src/access/policy/decide.ts';
import { rulesOf } from '../../src/access/policy/policy.ts';
import { viewOf } from '../../src/access/view/view-of.ts';
import { type Actor, ann, decided, outcomeOf, users } from '../access/fixtures.ts';

type Item = Record<string, unknown>;
type Judge = (actor: Actor, item: never) => unknown;

const roles = { owner: { read: { ssn: 'reveal' } } } as const;
const actor: Actor = { sub: 'ann' };
/** Asks `classify` without its types: authors may write JavaScript. */
const classified = (judge: Judge, item: Item = ann): string =>
  outcomeOf(definePolicy(users, roles, { classify: judge as () => null }), { actor }, item);
const preChecked = (judge: Judge, key: Item = ann): string =>
  preCheck(rulesOf(definePolicy(users, roles, { preCheck: judge as () => boolean, classify: () => null })), { actor }, key)?.denied ??
  'go on';
const wantedWhen = (when: Judge, item: Item = ann): string[] => {
  const policy = definePolicy(
    users,
    { a: { read: { ssn: { as: 'reveal', when: when as () => boolean } } } },
    { classify: (_: Actor) => 'a' },
  );
  return [...decided(policy, actor, item).wanted];
};

/** What a function may do with an item besides reading an attribute that is signed and there. */
const MISUSES: [string, (item: Item) => unknown][] = [
  ['reads an encrypted attribute', item => item.ssn],
  ['reads an unsigned attribute', item => item.seenAt],
  ['reads an optional attribute that is absent', item => item.manager],
  ['reads an attribute that is not declared', item => item.isAdmin],
  ['reads what objects inherit', item => item.constructor],
  ['reads __proto__', item => Reflect.get(item, '__proto__')],
  ['reads a symbol', item => item[Symbol.iterator as never]],
  ['asks with in', item => 'ssn' in item],
  ['asks with hasOwn', item => Object.hasOwn(item, 'id')],
  ['lists keys', item => Object.keys(item)],
  ['lists entries', item => Object.entries(item)],
  [
    'lists with for in',
    item => {
      for (const name in item) return name;
      return undefined;
    },
  ],
  ['spreads', item => ({ ...item })],
  ['takes the rest', ({ id, ...rest }) => [id, rest]],
  ['makes JSON', item => JSON.stringify(item)],
  ['makes text', item => `${item as unknown as string}`],
  ['adds', item => `${item}`.length + Number(item)],
  ['asks for the prototype', item => Object.getPrototypeOf(item)],
  ['asks for the class', item => item instanceof Map],
  ['sets', item => Reflect.set(item, 'id', 'bob')],
  ['assigns', item => Object.assign(item, { id: 'bob' })],
  ['defines', item => Object.defineProperty(item, 'ssn', { value: 1 })],
  ['deletes', item => Reflect.deleteProperty(item, 'id')],
  ['freezes', item => Object.freeze(item)],
  ['changes the prototype', item => Object.setPrototypeOf(item, {})],
];

describe('requirement 25: classify alone grants, of what is verified', () => {
  it('a role is granted by its own name alone', () => {
    expect(classified(() => 'owner')).toBe('role owner');
    expect(classified(() => null)).toBe('no-role');
    for (const name of ['admin', '', 'Owner', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'size'])
      expect(classified(() => name)).toBe('unknown-role');
  });

  it.each<[string, Judge]>([
    ['undefined', () => undefined],
    ['true', () => true],
    ['a number', () => 0],
    ['a list of a role', () => ['owner']],
    ['an object that is a text', () => new String('owner')],
    ['an object that makes a text', () => ({ toString: () => 'owner' })],
    ['a promise', async () => 'owner'],
    ['a thenable', () => Object.fromEntries([['then', (go: (role: string) => void) => go('owner')]])],
    ['a rejected promise', () => Promise.reject(new Error('secret'))],
    [
      'an error that is thrown',
      () => {
        throw new Error('secret');
      },
    ],
    [
      'undefined that is thrown',
      () => {
        throw undefined;
      },
    ],
  ])('%s is no role', (_, judge) => {
    expect(classified(judge)).toBe('classify-failed');
  });

  it('nobody is not an owner of an item without an owner', () => {
    const isManager = (who: Actor, item: Item) => ((who as { boss?: string }).boss === item.manager ? 'owner' : null);
    expect(classified(isManager as Judge)).toBe('classify-failed');
    expect(classified(isManager as Judge, { ...ann, manager: undefined })).toBe('classify-failed');
    expect(classified(isManager as Judge, { ...ann, manager: 'bob' })).toBe('no-role');
    const policy = definePolicy(users, roles, { classify: () => 'owner' });
    expect([undefined, null].map(nobody => outcomeOf(policy, { actor: nobody }))).toEqual(['no-actor', 'no-actor']);
    expect(preCheck(rulesOf(policy), { actor: undefined }, ann)).toEqual({ denied: 'no-actor' });
  });

  describe.each(MISUSES)('a function that %s', (_, misuse) => {
    const grants = (item: Item): string => {
      misuse(item);
      return 'owner';
    };

    it('denies', () => {
      expect(classified((_actor, item) => grants(item))).toBe('classify-failed');
      expect(preChecked((_actor, key) => grants(key) === 'owner')).toBe('pre-check-failed');
      expect(wantedWhen((_actor, item) => grants(item) === 'owner')).toEqual([]);
    });

    it('denies even if it catches what it is told', () => {
      const swallow = (item: Item): string => {
        try {
          misuse(item);
        } catch {}
        return 'owner';
      };
      expect(classified((_actor, item) => swallow(item))).toBe('classify-failed');
      expect(preChecked((_actor, key) => swallow(key) === 'owner')).toBe('pre-check-failed');
      expect(wantedWhen((_actor, item) => swallow(item) === 'owner')).toEqual([]);
    });
  });

  it('reads what is signed and there, keys among it', () => {
    const read = (names: string[]) => classified((_, item) => (names.every(name => item[name] !== undefined) ? 'owner' : null));
    expect(read(['id', 'kind', 'tenantId', 'displayName'])).toBe('role owner');
    expect(preChecked((_, key: Item) => key.id === 'ann' && key.kind === 'user')).toBe('go on');
  });

  it('preCheck sees the key alone', () => {
    expect(preChecked((_, key: Item) => key.tenantId === 't-1')).toBe('pre-check-failed');
    expect(preChecked((_, key: Item) => key.kind === 'user', { id: 'ann' })).toBe('pre-check-failed');
  });

  it('an inherited value is no attribute of the item', () => {
    expect(classified((_, item: Item) => (item.displayName === 'Ann' ? 'owner' : null), Object.create(ann))).toBe('classify-failed');
  });

  it('an attribute that the application says is encrypted is not read, whatever the item holds', () => {
    expect(classified((_, item: Item) => (item.ssn === 'planted' ? 'owner' : null), { ...ann, ssn: 'planted' })).toBe('classify-failed');
    expect(classified((_, item: Item) => (item.seenAt === 7 ? 'owner' : null))).toBe('classify-failed');
  });

  it('the item is dead after the answer', () => {
    let kept: Item = {};
    expect(
      classified((_, item) => {
        kept = item;
        return 'owner';
      }),
    ).toBe('role owner');
    expect(() => kept.id).toThrow(TypeError);
  });

  it('a clone of the item is refused by the language', () => {
    expect(classified((_, item) => (structuredClone(item) === undefined ? null : 'owner'))).toBe('classify-failed');
  });

  it('printing the item inside a function shows nothing', () => {
    let printed = '';
    classified((_, item) => {
      printed = inspect(item, { showHidden: true, customInspect: false });
      return 'owner';
    });
    expect(printed).not.toContain('ann');
  });
});

describe('requirement 25: preCheck and conditions only narrow', () => {
  it.each<[string, Judge, string]>([
    ['true', () => true, 'go on'],
    ['false', () => false, 'pre-check'],
    ['undefined', () => undefined, 'pre-check-failed'],
    ['1', () => 1, 'pre-check-failed'],
    ['a text', () => 'owner', 'pre-check-failed'],
    ['a promise of true', async () => true, 'pre-check-failed'],
    [
      'an error',
      () => {
        throw new Error('secret');
      },
      'pre-check-failed',
    ],
  ])('preCheck with %s', (_, judge, outcome) => {
    expect(preChecked(judge)).toBe(outcome);
  });

  it.each<[string, Judge, string[]]>([
    ['true', () => true, ['ssn']],
    ['false', () => false, []],
    ['1', () => 1, []],
    ['a promise of true', async () => true, []],
    ['a rejected promise', () => Promise.reject(new Error('secret')), []],
    [
      'an error',
      () => {
        throw new Error('secret');
      },
      [],
    ],
  ])('a condition with %s', (_, when, wanted) => {
    expect(wantedWhen(when)).toEqual(wanted);
  });

  it('what a decision does not want is not shown, even if somebody decrypted it', () => {
    const policy = definePolicy(users, { a: { read: { ssn: { as: 'reveal', when: () => false } } } }, { classify: (_: Actor) => 'a' });
    expect('ssn' in viewOf(decided(policy, actor), ann)).toBe(false);
  });

  it('the functions that are asked are those of the definition', () => {
    const options = { classify: (): 'owner' | null => null };
    const policy = definePolicy(users, roles, options);
    options.classify = () => 'owner';
    expect(outcomeOf(policy, { actor })).toBe('no-role');
  });
});

describe('requirement 25: a promise that is rejected', () => {
  const unhandled: unknown[] = [];
  const remember = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', remember));
  afterAll(() => void process.off('unhandledRejection', remember));

  it('does not end the process', async () => {
    classified(() => Promise.reject(new Error('secret')));
    preChecked(() => Promise.reject(new Error('secret')));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  });
});
