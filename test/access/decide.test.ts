import { definePolicy, encrypted, key, mask, signed, singleTable, table } from 'fieldseal';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { preCheck } from '../../src/access/policy/decide.ts';
import { rulesOf } from '../../src/access/policy/policy.ts';
import { type Actor, ann, decided, outcomeOf, policy, users } from './fixtures.ts';

describe('a decision', () => {
  test('tells the role, what it sees and how, what to decrypt, and what it may write', () => {
    const decision = decided(policy, { sub: 'ann' });
    expect(decision).toMatchObject({ role: 'owner', entity: users });
    expect(Object.fromEntries(decision.fields)).toEqual({ email: 'reveal', ssn: 'mask', age: 'reveal', born: 'mask' });
    expect([...decision.wanted]).toEqual(['email', 'ssn', 'age', 'born']);
    expect([...decision.writable]).toEqual(['email', 'displayName']);
  });

  test('is frozen', () => {
    const decision = decided(policy, { sub: 'ann' });
    expect(Object.isFrozen(decision)).toBe(true);
    expect(() => (decision.fields as Map<string, unknown>).set('address', 'reveal')).toThrow();
    expect(() => (decision.wanted as Set<string>).add('address')).toThrow();
    expect(() => (decision.writable as Set<string>).add('ssn')).toThrow();
  });

  test('wants nothing of what a condition does not hold for', () => {
    const support: Actor = { sub: 'bob', team: 'support' };
    expect([...decided(policy, support).wanted]).toEqual(['email']);
    expect([...decided(policy, support, { ...ann, manager: 'eve' }).wanted]).toEqual(['email']);
    expect([...decided(policy, support, { ...ann, manager: 'bob' }).wanted]).toEqual(['email', 'ssn']);
  });

  test('is made per item', () => {
    expect(outcomeOf(policy, { actor: { sub: 'ann' } })).toBe('role owner');
    expect(outcomeOf(policy, { actor: { sub: 'bob' } })).toBe('no-role');
    expect(outcomeOf(policy, { actor: { sub: 'bob' } }, { ...ann, id: 'bob' })).toBe('role owner');
  });
});

describe('purposes', () => {
  const bound = definePolicy(users, { a: { read: {} } }, { classify: (_: Actor) => 'a', purposes: ['care', 'billing'] });

  test('have to be named where there are some', () => {
    const actor = { sub: 'ann' };
    expect(outcomeOf(bound, { actor, purpose: 'care' })).toBe('role a');
    expect(outcomeOf(bound, { actor })).toBe('unknown-purpose');
    expect(outcomeOf(bound, { actor, purpose: 'marketing' })).toBe('unknown-purpose');
    expect(outcomeOf(policy, { actor, purpose: 'care' })).toBe('unknown-purpose');
    expect(preCheck(rulesOf(bound), { actor, purpose: 'marketing' }, ann)).toEqual({ denied: 'unknown-purpose' });
  });
});

describe('preCheck', () => {
  const checked = definePolicy(
    users,
    { a: { read: {} } },
    { preCheck: (actor: Actor, item) => actor.sub === item.id, classify: () => null },
  );
  const check = (actor: unknown, item: Record<string, unknown> = ann, given: object = checked) => preCheck(rulesOf(given), { actor }, item);

  test('goes on, or denies', () => {
    expect(check({ sub: 'ann' })).toBeUndefined();
    expect(check({ sub: 'bob' })).toEqual({ denied: 'pre-check' });
    expect(check({ sub: 'bob' }, ann, policy)).toBeUndefined();
  });

  test('grants nothing', () => {
    expect(check({ sub: 'ann' })).toBeUndefined();
    expect(outcomeOf(checked, { actor: { sub: 'ann' } })).toBe('no-role');
  });
});

describe('of a single table', () => {
  const people = table('app', { pk: key.partition(), type: signed(z.literal('user')), email: encrypted<string>().mask(mask.email()) });
  const orders = table('app', { pk: key.partition(), type: signed(z.literal('order')), total: encrypted<number>() });
  const app = singleTable({ discriminator: 'type', entities: { user: people, order: orders } });
  const seller = definePolicy(
    app,
    { seller: { read: { total: 'reveal', email: 'mask' }, write: ['total', 'email'] } },
    { classify: (_: Actor, item) => (item.type === 'order' || item.pk === 'USER#1' ? 'seller' : null) },
  );

  test('a decision is about the attributes of the entity', () => {
    const order = decided(seller, { sub: 'x' }, { pk: 'ORDER#1', type: 'order' });
    expect([order.entity, [...order.wanted], [...order.writable]]).toEqual([orders, ['total'], ['total']]);
    const user = decided(seller, { sub: 'x' }, { pk: 'USER#1', type: 'user' });
    expect([user.entity, [...user.wanted], [...user.writable]]).toEqual([people, ['email'], ['email']]);
  });

  test('an item of no entity is denied', () => {
    expect(outcomeOf(seller, { actor: {} }, { pk: 'X', type: 'invoice' })).toBe('unknown-entity');
    expect(outcomeOf(seller, { actor: {} }, { pk: 'X' })).toBe('unknown-entity');
  });
});
