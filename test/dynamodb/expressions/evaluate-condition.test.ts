import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/dynamodb/expressions/evaluate-condition.ts';
import { B, BS, condition, holds, L, M, N, NS, NULL, S, SS, TRUE, type Values } from './ours.ts';

const item = {
  n: N('5.0'),
  big: N('9'.repeat(38)),
  s: S('abc'),
  b: B(1, 2, 3),
  t: TRUE,
  nul: NULL,
  ss: SS('a', 'b'),
  ns: NS(1, 2),
  bs: BS(7),
  l: L(N(1), S('x'), M({ k: N('1.0') }), SS('p', 'q')),
  m: M({ k: N(1), '': S('') }),
};

/** Measured on DynamoDB Local 3.1.0. */
describe('conditions that hold', () => {
  test.each<[string, Values?]>([
    ['n = :v', { ':v': N('50e-1') }],
    ['big > :v', { ':v': N('99999999999999999999999999999999999998') }],
    ['s < :v', { ':v': S('abd') }],
    [':v > :w', { ':v': S('\u{10000}'), ':w': S('\uffff') }],
    ['b >= :v', { ':v': B(1, 2) }],
    ['ss = :v', { ':v': SS('b', 'a') }],
    ['ns = :v', { ':v': NS('2.0', 1) }],
    ['l = :v', { ':v': L(N('1.00'), S('x'), M({ k: N(1) }), SS('q', 'p')) }],
    ['m <> :v', { ':v': M({ k: N(1) }) }],
    ['n <> :v', { ':v': S('5') }],
    ['absent <> nothing'],
    ['NOT absent = n'],
    ['NOT n < s'],
    ['NOT n BETWEEN s AND m'],
    ['NOT absent IN (nothing)'],
    ['ns IN (n, :v)', { ':v': NS(2, '1.0') }],
    ['s BETWEEN :v AND :w', { ':v': S('abc'), ':w': S('b') }],
    ['attribute_exists(l[2].k)'],
    ['attribute_not_exists(l[4])'],
    ['attribute_not_exists(s.a[1].b)'],
    ['attribute_not_exists(m[0])'],
    ['attribute_not_exists(l.k)'],
    ['attribute_type(nul, :v)', { ':v': S('NULL') }],
    ['attribute_type(l[3], :v)', { ':v': S('SS') }],
    ['begins_with(s, :v)', { ':v': S('') }],
    ['begins_with(b, :v)', { ':v': B(1, 2) }],
    ['contains(s, :v)', { ':v': S('bc') }],
    ['contains(b, :v)', { ':v': B(2, 3) }],
    ['contains(b, :v)', { ':v': B() }],
    ['contains(ss, :v)', { ':v': S('b') }],
    ['contains(ns, :v)', { ':v': N('2.0') }],
    ['contains(bs, :v)', { ':v': B(7) }],
    ['contains(l, :v)', { ':v': M({ k: N(1) }) }],
    ['contains(l, :v)', { ':v': SS('q', 'p') }],
    ['contains(ns, size(bs))'],
    ['size(s) = size(b)'],
    ['size(m) = size(ss)'],
    ['size(l) = :v', { ':v': N(4) }],
    ['size(:v) = :w', { ':v': S('é😀'), ':w': N(3) }],
    ['size(n) <> n'],
  ])('%s', (text, values) => {
    expect(holds(text, item, values)).toBe(true);
  });
});

describe('conditions that do not hold', () => {
  test.each<[string, Values?]>([
    ['absent = nothing'],
    ['n = :v', { ':v': S('5.0') }],
    ['absent < n'],
    ['t < nul'],
    ['ss < bs'],
    ['n BETWEEN s AND m'],
    ['n BETWEEN absent AND n2'],
    ['absent IN (nothing)'],
    ['size(n) = n'],
    ['size(t) < n'],
    ['size(absent) = size(n)'],
    ['size(s) = :v', { ':v': S('3') }],
    ['begins_with(n, s)'],
    ['begins_with(s, :v)', { ':v': B(97) }],
    ['begins_with(b, :v)', { ':v': B(1, 2, 3, 4) }],
    ['contains(ss, :v)', { ':v': SS('a') }],
    ['contains(s, :v)', { ':v': N(1) }],
    ['contains(m, :v)', { ':v': S('k') }],
    ['attribute_type(absent, :v)', { ':v': S('NULL') }],
    ['attribute_exists(hasOwnProperty)'],
    ['attribute_exists(m.toString)'],
  ])('%s', (text, values) => {
    expect(holds(text, item, values)).toBe(false);
  });
});

test('attributes and keys named __proto__ are like others', () => {
  const odd = Object.fromEntries([['__proto__', M(Object.fromEntries([['__proto__', N(1)]]))]]);
  const names = { '#p': '__proto__' };
  expect(evaluate(condition('#p.#p = :v', { ':v': N(1) }, names), odd)).toBe(true);
  expect(evaluate(condition('attribute_exists(#p)', undefined, names), {})).toBe(false);
});
