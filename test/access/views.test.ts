import { inspect } from 'node:util';
import {
  attributeActions,
  definePolicy,
  type Encrypted,
  encrypted,
  isMasked,
  isPseudonym,
  key,
  mask,
  present,
  pseudonymizer,
  role,
  table,
} from 'fieldseal';
import { describe, expect, test } from 'vitest';
import { viewOf } from '../../src/access/view/view-of.ts';
import { isUnwritable } from '../../src/bytes/unwritable.ts';
import { type Actor, ann, decided, policy, pseudonyms } from './fixtures.ts';
import { printedByConsole } from './printed.ts';

type Fields = Record<string | symbol, unknown>;
const owner: Actor = { sub: 'ann' };
const analyst: Actor = { sub: 'eve', team: 'analysis' };
const viewFor = (actor: Actor, item: Record<string, unknown> = ann): Fields => viewOf(decided(policy, actor, item), item) as Fields;

describe('a view', () => {
  test('has what is in clear, and what its role sees', () => {
    const view = viewFor(owner);
    expect(Object.keys(view)).toEqual(['id', 'kind', 'tenantId', 'displayName', 'email', 'ssn', 'age', 'born', 'seenAt']);
    expect([view.id, view.displayName, view.seenAt, view.email, view.age]).toEqual(['ann', 'Ann', 7, 'ann@example.com', 41]);
    expect([isMasked(view.ssn), String(view.ssn), String(view.born)]).toEqual([true, '****1120', '1984']);
    expect(view[role]).toBe('owner');
  });

  test('has no attribute that the role does not name, even if it was decrypted', () => {
    const view = viewFor(owner);
    expect('address' in view).toBe(false);
    expect(view.address).toBeUndefined();
  });

  test('has pseudonyms', () => {
    const view = viewFor(analyst);
    const source = { table: 'users', attribute: 'ssn', tenant: 't-1' };
    expect(isPseudonym(view.ssn)).toBe(true);
    expect(String(view.ssn)).toBe(String(pseudonyms.pseudonymOf('078-05-1120', source)));
    expect(String(viewFor(analyst, { ...ann, tenantId: 't-2' }).ssn)).not.toBe(String(view.ssn));
    expect('email' in view).toBe(false);
  });

  test('has nothing that is absent or not declared', () => {
    const view = viewFor(owner, { ...ann, email: undefined, age: undefined, ':isAdmin': true, more: 'x', aws_dbe_head: 'h' });
    expect(Object.keys(view)).toEqual(['id', 'kind', 'tenantId', 'displayName', 'ssn', 'born', 'seenAt']);
    expect('constructor' in view || 'toString' in view).toBe(false);
  });

  test('is frozen, and spread is a copy of what it shows', () => {
    const view = viewFor(owner);
    expect(Object.isFrozen(view)).toBe(true);
    expect(Reflect.set(view, 'email', 'x')).toBe(false);
    expect({ ...view }).toMatchObject({ email: 'ann@example.com', age: 41, [role]: 'owner' });
    expect([isUnwritable(view), isUnwritable({ ...view })]).toEqual([true, false]);
  });

  test('holds the rules for masks of the application', () => {
    const shows = { all: (text: string) => text, none: () => 7, fails: (text: string) => text.repeat(-1) };
    const fields = Object.entries(shows).map(([name, show]) => [name, encrypted<string>().mask({ name, show: show as never })] as const);
    const odd = table('odd', { id: key.partition(), ...(Object.fromEntries(fields) as { all: Encrypted<string, string> }) });
    const reader = definePolicy(
      odd,
      { a: { read: { all: 'mask', none: 'mask', fails: 'mask' } as never } },
      { classify: (_: Actor) => 'a' },
    );
    const item = { id: '1', all: 'secret', none: 'secret', fails: 'secret' };
    expect(Object.values(present(viewOf(decided(reader, owner, item), item) as never))).toEqual(['1', '****', '****', '****']);
  });

  test('of attributes with names that objects inherit', () => {
    const strange = table('t', {
      id: key.partition(),
      ['__proto__']: encrypted<string>(),
      constructor: encrypted<string>().mask(mask.full()),
    });
    const reader = definePolicy(
      strange,
      JSON.parse('{"a":{"read":{"__proto__":"reveal","constructor":"mask"}}}') as { a: { read: object } },
      {
        classify: (_: Actor) => 'a',
      },
    );
    const item = JSON.parse('{"id":"1","__proto__":"secret","constructor":"secret"}');
    const view = viewOf(decided(reader, owner, item), item) as Fields;
    expect(Object.keys(view)).toEqual(['id', '__proto__', 'constructor']);
    expect(JSON.stringify(view)).toBe('{"id":"1","__proto__":"[redacted]","constructor":"****"}');
    expect(Object.entries(present(view as never))).toEqual([
      ['id', '1'],
      ['__proto__', 'secret'],
      ['constructor', '****'],
    ]);
  });

  test('of a table without a schema has what its actions declare', () => {
    const actions = attributeActions({
      logicalTableName: 't',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN', email: 'ENCRYPT_AND_SIGN' },
      allowedUnsignedAttributePrefix: ':',
    });
    const reader = definePolicy(actions, { a: { read: { ssn: 'reveal' } } }, { classify: (_: Actor) => 'a' });
    const item = { id: '1', ssn: 's', email: 'e', ':x': 1 };
    expect(present(viewOf(decided(reader, owner, item), item) as never)).toEqual({ id: '1', ssn: 's' });
  });
});

describe('a pseudonym that cannot be made fails with ATTRIBUTE_INVALID, which names the attribute:', () => {
  test('of a list', () => {
    const item = { ...ann, ssn: ['078-05-1120'] };
    expect(() => viewFor(analyst, item)).toThrow(
      expect.objectContaining({ code: 'ATTRIBUTE_INVALID', attributes: ['ssn'], message: expect.not.stringContaining('1120') }),
    );
  });

  test('without the tenant', () => {
    const decision = decided(policy, analyst);
    expect(() => viewOf(decision, { ...ann, tenantId: undefined })).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }));
  });

  test('but not where no tenant is configured', () => {
    const plain = table('t', { id: key.partition(), ssn: encrypted<string>() });
    const by = pseudonymizer({ key: new Uint8Array(32).fill(7), keyVersion: 'k1' });
    const reader = definePolicy(plain, { a: { read: { ssn: 'pseudonym' } } }, { classify: (_: Actor) => 'a', pseudonyms: by });
    const item = { id: '1', ssn: 'x' };
    expect(present(viewOf(decided(reader, owner, item), item) as never)).toEqual({
      id: '1',
      ssn: String(by.pseudonymOf('x', { table: 't', attribute: 'ssn' })),
    });
  });
});

describe('what a view reveals is printed nowhere:', () => {
  const view = viewFor(owner);

  test('not by the console', () => {
    const text = printedByConsole(view);
    expect(text).not.toContain('ann@example.com');
    expect(text).not.toContain('41');
    expect(text).toContain('Ann');
    expect(text).toContain('[redacted]');
  });

  test('not by inspect', () => {
    expect(inspect(view)).toMatch(/email: '\[redacted\]'/);
    expect(inspect(view)).toMatch(/ssn: \*{4}1120/);
    expect(inspect(view)).toMatch(/fieldseal\.role\)\]?: 'owner'/);
    expect(inspect(view, { customInspect: false, showHidden: true })).toMatch(/email: \[Getter\]/);
  });

  test('not in JSON, nor in a text', () => {
    expect(JSON.parse(JSON.stringify({ view })).view).toEqual({
      id: 'ann',
      kind: 'user',
      tenantId: 't-1',
      displayName: 'Ann',
      email: '[redacted]',
      ssn: '****1120',
      age: '[redacted]',
      born: '1984',
      seenAt: 7,
    });
    expect(`${view}`).toBe('[redacted]');
  });
});

describe('present', () => {
  test('gives all that the view holds, as plain values', () => {
    const shown = present(viewFor(owner) as never);
    expect(shown).toEqual({
      id: 'ann',
      kind: 'user',
      tenantId: 't-1',
      displayName: 'Ann',
      email: 'ann@example.com',
      ssn: '****1120',
      age: 41,
      born: '1984',
      seenAt: 7,
    });
    expect(Reflect.ownKeys(shown)).not.toContain(role);
  });

  test.each([[undefined], [null], [{}], ['x'], [{ ...viewFor(owner) }], [Object.create(viewFor(owner))], [structuredClone({ ...ann })]])(
    'refuses %o',
    value => {
      expect(() => present(value as never)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    },
  );
});
