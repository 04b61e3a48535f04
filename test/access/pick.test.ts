import { encrypted, key, pick, signed, singleTable, table } from 'fieldseal';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { users } from './fixtures.ts';

const INPUT_INVALID = expect.objectContaining({ code: 'INPUT_INVALID' });

describe('pick gives', () => {
  test('the named attributes, and nothing else', () => {
    const input = JSON.parse('{"displayName":"Ann","email":"a@b.ch","tenantId":"t-2","isAdmin":true,"__proto__":{"isAdmin":true}}');
    const picked = pick(users, input, ['displayName', 'ssn']);
    expect(picked).toEqual({ displayName: 'Ann' });
    expect(Reflect.ownKeys(picked)).toEqual(['displayName']);
    expect(Object.getPrototypeOf(picked)).toBe(Object.prototype);
  });

  test('own enumerable data alone', () => {
    const input = Object.create({ email: 'inherited' }, { ssn: { value: 'hidden' }, displayName: { get: () => 'got', enumerable: true } });
    expect(pick(users, input, ['email', 'ssn', 'displayName'])).toEqual({});
    expect(Reflect.ownKeys(pick(users, { displayName: undefined }, ['displayName']))).toEqual(['displayName']);
  });

  test('names that objects inherit as attributes like others', () => {
    const strange = table('t', { id: key.partition(), ['__proto__']: signed<string>(), constructor: encrypted<string>() });
    const names = ['__proto__', 'constructor'] as never; // the compiler takes the first for something else
    expect(Object.entries(pick(strange, JSON.parse('{"__proto__":"a","constructor":"b"}'), names))).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(pick(strange, {}, names)).toEqual({});
  });

  test('names of every entity of a single table', () => {
    const people = table('app', { pk: key.partition(), type: signed(z.literal('user')), email: encrypted<string>() });
    const orders = table('app', { pk: key.partition(), type: signed(z.literal('order')), total: encrypted<number>() });
    const app = singleTable({ discriminator: 'type', entities: { user: people, order: orders } });
    expect(pick(app, { email: 'x', total: 1, more: 2 }, ['email', 'total'])).toEqual({ email: 'x', total: 1 });
  });
});

describe('pick refuses', () => {
  test.each([[null], [undefined], ['text'], [7], [[]], [() => 1]])('%o for an input', input => {
    expect(() => pick(users, input, ['email'])).toThrow(INPUT_INVALID);
  });

  test.each(['isAdmin', '__proto__', 'constructor', 'aws_dbe_head', 'toString'])('the name %s', name => {
    expect(() => pick(users, {}, [name as never])).toThrow(INPUT_INVALID);
    expect(() => pick(users, {}, [name as never])).toThrow(new RegExp(`"${name}"`));
  });
});
