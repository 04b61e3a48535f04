import { definePolicy, encrypted, key, mask, pseudonymizer, signed, singleTable, table, unsigned } from 'fieldseal';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { rulesOf } from '../../src/access/policy/policy.ts';
import { policy, pseudonyms, users } from './fixtures.ts';

const KEY = new Uint8Array(32).fill(7);
const classify = (): null => null;
/** Without types: what JavaScript may give. */
const define = (given: unknown, roles: unknown, options?: unknown) =>
  rulesOf(definePolicy(given as typeof users, roles as Record<string, { read: object }>, options as { classify: () => null }));
const read = (grants: unknown, more: object = {}) => ({ a: { read: grants, ...more } });

describe('a policy', () => {
  test('is frozen, with all that is in it', () => {
    const { roleRules, purposes } = rulesOf(definePolicy(users, { a: { read: { ssn: 'mask' } } }, { classify, purposes: ['care'] }));
    expect(Object.isFrozen(policy)).toBe(true);
    expect(policy.roles).toEqual(['owner', 'support', 'analyst']);
    expect(Object.isFrozen(policy.roles)).toBe(true);
    expect(() => (roleRules as Map<string, unknown>).set('b', {})).toThrow();
    const { read: grants } = roleRules.get('a') ?? {};
    expect(() => (grants as Map<string, unknown>).delete('ssn')).toThrow();
    expect(() => (purposes as Set<string>).add('all')).toThrow();
    expect(Object.isFrozen(roleRules.get('a'))).toBe(true);
  });

  test('keeps what it was given, whatever becomes of that', () => {
    const roles = { a: { read: { ssn: 'mask' }, write: ['email'] } };
    const rules = define(users, roles, { classify });
    Object.assign(roles.a.read, { ssn: 'reveal', email: 'reveal' });
    roles.a.write.push('ssn');
    const { read: grants, write } = rules.roleRules.get('a') ?? {};
    expect([...(grants ?? [])]).toEqual([['ssn', { as: 'mask', when: undefined }]]);
    expect([...(write ?? [])]).toEqual(['email']);
  });

  test('has the role names that it is given, and inherits none', () => {
    const { roleRules } = define(users, JSON.parse('{"__proto__":{"read":{}},"constructor":{"read":{}}}'), { classify });
    expect([...roleRules.keys()]).toEqual(['__proto__', 'constructor']);
    expect(roleRules.has('toString')).toBe(false);
  });
});

describe('roles that do not fit the table are SCHEMA_INVALID:', () => {
  test.each<[string, unknown, RegExp]>([
    ['an attribute that is not declared', read({ emial: 'reveal' }), /role "a" reads "emial", which is not declared/],
    ['one that objects inherit', read(JSON.parse('{"__proto__":"reveal"}')), /"__proto__", which is not declared/],
    ['a signed attribute', read({ displayName: 'reveal' }), /"displayName", which is stored in clear/],
    ['an unsigned attribute', read({ seenAt: 'mask' }), /"seenAt", which is stored in clear/],
    ['a key', read({ id: 'mask' }), /"id", which is stored in clear/],
    ['a mask where there is none', read({ age: 'mask' }), /"age" masked, but it has no mask; declare it with \.mask\(\)/],
    ['a treatment with a slip', read({ ssn: 'revael' }), /reads "ssn" as none of "reveal", "mask", "pseudonym"/],
    ['no treatment', read({ ssn: undefined }), /"ssn" as none of/],
    ['a condition without a function', read({ ssn: { as: 'reveal' } }), /"ssn" as a name, or as \{ as, when \}/],
    ['a condition with more', read({ ssn: { as: 'reveal', when: () => true, unless: () => true } }), /\{ as, when \}/],
    ['a condition without a treatment', read({ ssn: { as: 'show', when: () => true } }), /"ssn" as none of/],
    ['no read', { a: {} }, /read of role "a" must be a plain object/],
    ['inherited grants', read(Object.create({ ssn: 'reveal' })), /plain object/],
    ['a part with a slip', read({}, { writes: ['ssn'] }), /role "a" has "writes"; a role has read and write/],
    ['no roles', undefined, /the roles must be a plain object/],
    ['a list of roles', [{ read: {} }], /the roles must be a plain object/],
    ['inherited roles', Object.create({ a: { read: {} } }), /the roles must be a plain object/],
    ['a role that is no object', { a: 'reveal' }, /role "a" must be a plain object/],
    ['an unknown name to write', read({}, { write: ['nmae', 7] }), /role "a" writes "nmae", "7", not declared/],
    ['a key to write', read({}, { write: ['kind'] }), /writes the key "kind"/],
    ['a name instead of names to write', read({}, { write: 'email' }), /write of role "a" must be a list/],
  ])('%s', (_, roles, message) => {
    expect(() => define(users, roles, { classify })).toThrow(
      expect.objectContaining({ code: 'SCHEMA_INVALID', message: expect.stringMatching(message) }),
    );
  });

  test('an attribute that JSON would take for a method', () => {
    const odd = table('odd', { id: key.partition(), toJSON: signed<string>().optional() });
    expect(() => define(odd, read({}), { classify })).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
  });
});

test('rules are those of a policy', () => {
  for (const other of [undefined, {}, { ...policy }])
    expect(() => rulesOf(other)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

describe('options that cannot be are CONFIG_INVALID:', () => {
  const optional = pseudonymizer({ key: KEY, keyVersion: 'k1', tenant: 'manager' });
  test.each<[string, unknown, unknown, RegExp]>([
    ['no options', {}, undefined, /takes \{ classify \}/],
    ['no classify', {}, {}, /needs classify/],
    ['an option with a slip', {}, { classify, precheck: () => true }, /no option "precheck"/],
    ['a preCheck that is no function', {}, { classify, preCheck: true }, /function for preCheck/],
    ['pseudonyms without a key', { ssn: 'pseudonym' }, { classify }, /needs pseudonyms: pseudonymizer/],
    ['the same under a condition', { ssn: { as: 'pseudonym', when: () => true } }, { classify }, /needs pseudonyms/],
    ['pseudonyms of something else', {}, { classify, pseudonyms: { pseudonymOf: () => 'x' } }, /takes pseudonymizer/],
    ['a tenant that may be absent', {}, { classify, pseudonyms: optional }, /tell tenants by "manager"/],
    ['no purposes', {}, { classify, purposes: [] }, /list of names for purposes/],
    ['purposes that are no names', {}, { classify, purposes: ['care', 7] }, /list of names for purposes/],
  ])('%s', (_, grants, options, message) => {
    expect(() => define(users, read(grants), options)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
  });

  test.each(['ssn', 'seenAt', 'nothing', '__proto__'])('tenants told by %s', tenant => {
    expect(() => define(users, read({}), { classify, pseudonyms: pseudonymizer({ key: KEY, keyVersion: 'k1', tenant }) })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  test.each([[undefined], [{}], [{ fields: {} }], [users.at('users-prod')]])('%o for a table', given => {
    expect(() => define(given, read({}), { classify })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

describe('for a single table', () => {
  const people = table('app', {
    pk: key.partition(),
    type: signed(z.literal('user')),
    note: encrypted<string>().mask(mask.full()),
    seen: unsigned<number>(),
  });
  const orders = table('app', {
    pk: key.partition(),
    type: signed(z.literal('order')),
    note: encrypted<string>(),
    total: encrypted<number>(),
  });
  const app = singleTable({ discriminator: 'type', entities: { user: people, order: orders } });

  test('an attribute is of some entity', () => {
    expect([
      ...(define(app, read({ total: 'reveal', note: 'reveal' }), { classify })
        .roleRules.get('a')
        ?.read.keys() ?? []),
    ]).toEqual(['total', 'note']);
    expect(() => define(app, read({ amount: 'reveal' }), { classify })).toThrow(/"amount", which is not declared/);
  });

  test('a masked attribute has a mask in every entity that has it', () => {
    expect(() => define(app, read({ note: 'mask' }), { classify })).toThrow(/"note" masked, but it has no mask/);
  });

  test('tenants are told in every entity', () => {
    expect(() => define(app, read({}), { classify, pseudonyms })).toThrow(/tell tenants by "tenantId"/);
    expect(() =>
      define(app, read({}), { classify, pseudonyms: pseudonymizer({ key: KEY, keyVersion: 'k1', tenant: 'pk' }) }),
    ).not.toThrow();
  });
});
