import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { applyUpdate } from '../../../src/dynamodb/expressions/evaluate-update.ts';
import { deepFreeze } from '../../property/comparable.ts';
import { B, BS, L, M, N, NS, refusal, S, SS, update, updated, type Values } from './ours.ts';

const item = deepFreeze({
  n: N('5.0'),
  s: S('abc'),
  ss: SS('a', 'b'),
  ns: NS(1, 2),
  bs: BS(1, 2),
  l: L(N(1), N(2), N(3)),
  ofSets: L(SS('a'), SS('b'), N(1)),
  m: M({ k: N(1), s: SS('a'), l: L(M({ z: N(1) })) }),
});

/** Measured on DynamoDB Local 3.1.0. What the update does not name stays as it is. */
describe('updates', () => {
  test.each<[string, Values | undefined, object]>([
    ['SET q = :v', { ':v': N('007.50') }, { q: N('7.5') }],
    ['SET q = :v', { ':v': L(N('1e2'), NS('3.0', 1), M({ a: N('-0') })) }, { q: L(N(100), NS(3, 1), M({ a: N(0) })) }],
    ['SET n = s, s = n', undefined, { n: S('abc'), s: N(5) }],
    ['SET n = n + :v', { ':v': N('0.1') }, { n: N('5.1') }],
    ['SET q = n - m.k', undefined, { q: N(4) }],
    ['SET q = if_not_exists(q, :v) + n', { ':v': N(1) }, { q: N(6) }],
    ['SET q = if_not_exists(m.k.z[3], :v)', { ':v': S('x') }, { q: S('x') }],
    ['SET q = if_not_exists(m.k, :v)', { ':v': S('x') }, { q: N(1) }],
    ['SET q = list_append(l, if_not_exists(q, :v))', { ':v': L(S('x')) }, { q: L(N(1), N(2), N(3), S('x')) }],
    ['SET m.q = n', undefined, { m: M({ k: N(1), s: SS('a'), l: L(M({ z: N(1) })), q: N(5) }) }],
    ['SET m.l[0].y = s', undefined, { m: M({ k: N(1), s: SS('a'), l: L(M({ z: N(1), y: S('abc') })) }) }],
    ['SET l[9] = s, l[5] = n', undefined, { l: L(N(1), N(2), N(3), N(5), S('abc')) }],
    ['SET l[1] = l[0], l[0] = l[1]', undefined, { l: L(N(2), N(1), N(3)) }],
    ['SET l[1] = s REMOVE l[0], l[2]', undefined, { l: L(S('abc')) }],
    ['SET l[5] = s, l[3] = n REMOVE l[0]', undefined, { l: L(N(2), N(3), N(5), S('abc')) }],
    ['REMOVE l[0], l[1] ADD l[9] :v SET l[8] = s', { ':v': N(7) }, { l: L(N(3), S('abc'), N(7)) }],
    ['REMOVE l[0], l[1], l[2]', undefined, { l: L() }],
    ['REMOVE l[9], m.q, q', undefined, {}],
    ['REMOVE n, m.k', undefined, { n: undefined, m: M({ s: SS('a'), l: L(M({ z: N(1) })) }) }],
    [
      'ADD n :v, q :v, m.k :v, l[0] :v',
      { ':v': N('2.50') },
      { n: N('7.5'), q: N('2.5'), m: M({ k: N('3.5'), s: SS('a'), l: L(M({ z: N(1) })) }), l: L(N('3.5'), N(2), N(3)) },
    ],
    ['ADD ss :v', { ':v': SS('c', 'a') }, { ss: SS('a', 'b', 'c') }],
    ['ADD ns :v', { ':v': NS('2.0', 3) }, { ns: NS(1, 2, 3) }],
    ['ADD bs :v', { ':v': BS(2, 3) }, { bs: BS(1, 2, 3) }],
    ['ADD q :v', { ':v': SS('x') }, { q: SS('x') }],
    ['DELETE ss :v', { ':v': SS('b', 'x') }, { ss: SS('a') }],
    ['DELETE ns :v', { ':v': NS('1.0', 2) }, { ns: undefined }],
    ['DELETE bs :v', { ':v': BS(1) }, { bs: BS(2) }],
    ['DELETE q :v, m.q :v, l[9] :v', { ':v': SS('x') }, {}],
    ['DELETE ofSets[0] :v, ofSets[1] :v SET ofSets[2] = s', { ':v': SS('a') }, { ofSets: L(SS('b'), S('abc')) }],
    ['DELETE m.s :v', { ':v': SS('a') }, { m: M({ k: N(1), l: L(M({ z: N(1) })) }) }],
  ])('%s', (text, values, changes) => {
    const expected = Object.entries({ ...item, ...changes }).filter(([, value]) => value !== undefined);
    expect(updated(item, text, values)).toEqual(Object.fromEntries(expected));
  });

  test('leave the numbers that they do not write as they were written, and share them', () => {
    const result = updated(item, 'SET q = :v', { ':v': N(1) });
    expect(result.n).toBe(item.n);
    expect(result.m).toBe(item.m);
  });

  test('attributes and keys named __proto__ are like others', () => {
    const names = { '#p': '__proto__' };
    const made = applyUpdate(update('SET #p = :v', { ':v': M({}) }, names), {});
    const filled = applyUpdate(update('SET #p.#p = :v', { ':v': N(1) }, names), made);
    expect(Object.keys(filled)).toEqual(['__proto__']);
    expect(Object.values(filled).map(({ M: inner = {} }) => Object.entries(inner))).toEqual([[['__proto__', N(1)]]]);
    expect(Object.keys(applyUpdate(update('REMOVE #p', undefined, names), filled))).toEqual([]);
    expect(refusal(() => applyUpdate(update('SET #p.a = :v', { ':v': N(1) }, names), {}))).toContain('invalid for update');
  });
});

describe('updates that DynamoDB refuses when it sees the item', () => {
  const missing = 'The provided expression refers to an attribute that does not exist in the item';
  const nowhere = 'The document path provided in the update expression is invalid for update';
  const type = 'An operand in the update expression has an incorrect data type';
  const digits = 'DynamoDB only supports precision up to 38 digits';

  test.each<[string, Values | undefined, string]>([
    ['SET q = q2', undefined, missing],
    ['SET q = n.a', undefined, missing],
    ['SET q = l[3]', undefined, missing],
    ['SET q = if_not_exists(n, q2)', undefined, missing],
    ['SET q = q + q', undefined, missing],
    ['SET q.a = n', undefined, nowhere],
    ['SET n.a = n', undefined, nowhere],
    ['SET m[0] = n', undefined, nowhere],
    ['SET l.a = n', undefined, nowhere],
    ['SET l[9].a = n', undefined, nowhere],
    ['REMOVE q.a', undefined, nowhere],
    ['REMOVE l[9].a', undefined, nowhere],
    ['REMOVE m.q.a', undefined, nowhere],
    ['ADD m.q.a :v', { ':v': N(1) }, nowhere],
    ['DELETE q.a :v', { ':v': SS('a') }, nowhere],
    ['SET q = n + s', undefined, type],
    ['SET q = if_not_exists(s, :v) + n', { ':v': N(1) }, type],
    ['SET q = list_append(n, l)', undefined, type],
    ['ADD s :v', { ':v': N(1) }, type],
    ['ADD n :v', { ':v': SS('a') }, type],
    ['ADD ss :v', { ':v': NS(1) }, type],
    ['DELETE ss :v', { ':v': BS(1) }, type],
    ['DELETE n :v', { ':v': SS('a') }, type],
    ['SET q = :v + :w', { ':v': N('9'.repeat(38)), ':w': N(2) }, digits],
    ['SET q = :v + :w', { ':v': N('1e38'), ':w': N(1) }, digits],
    ['ADD n :v', { ':v': N('1e40') }, digits],
    ['SET q = :v + :v', { ':v': N('9e125') }, 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    [
      'SET q = :v - :w',
      { ':v': N('1.5e-130'), ':w': N('1e-130') },
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    ],
  ])('%s', (text, values, message) => {
    expect(refusal(() => updated(item, text, values))).toBe(message);
  });

  test('nesting deeper than 32 levels', () => {
    const nested = (levels: number): AttributeValue => (levels === 1 ? N(1) : M({ a: nested(levels - 1) }));
    const deep = { a: nested(3) };
    expect(updated(deep, 'SET a.a.a = :v', { ':v': nested(30) })).toEqual({ a: nested(32) });
    expect(refusal(() => updated(deep, 'SET a.a.a = :v', { ':v': nested(31) }))).toBe('Nesting Levels have exceeded supported limits');
  });

  test('as ValidationException of the SDK’s own class, without values', async () => {
    const { DynamoDBServiceException } = await import('@aws-sdk/client-dynamodb');
    const refused = (): unknown => updated(item, 'ADD s :v', { ':v': N(1) });
    expect(refused).toThrow(DynamoDBServiceException);
    expect(refused).toThrow(
      expect.objectContaining({
        name: 'ValidationException',
        $fault: 'client',
        $metadata: expect.objectContaining({ httpStatusCode: 400 }),
      }),
    );
  });
});

test('bytes of a binary value stay the same', () => {
  expect(updated({ b: B(1, 2) }, 'SET c = b')).toEqual({ b: B(1, 2), c: B(1, 2) });
});
