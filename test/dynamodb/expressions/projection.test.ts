import { describe, expect, test } from 'vitest';
import { project } from '../../../src/dynamodb/expressions/projection.ts';
import { L, M, N, projected, projection, refusal, S } from './ours.ts';

const item = {
  n: N(5),
  l: L(N(1), S('x'), M({ k: N(1), z: N(9) }), N(3)),
  m: M({ k: N(1), a: L(N(0), N(1), M({ z: N(1), y: N(2) })) }),
};

/** Measured on DynamoDB Local 3.1.0. */
describe('projections', () => {
  test.each<[string, object]>([
    ['n, m.k', { n: N(5), m: M({ k: N(1) }) }],
    ['m.a[2].z, m.a[0]', { m: M({ a: L(N(0), M({ z: N(1) })) }) }],
    ['l[3], l[0]', { l: L(N(1), N(3)) }],
    ['l[1], l[2].z, l[2].k', { l: L(S('x'), M({ z: N(9), k: N(1) })) }],
    ['l[2].q, l[0]', { l: L(N(1)) }],
    ['l[2].q', {}],
    ['l[9], m.q, q, n.a, m.a.z', {}],
    ['n[0], m[0]', {}],
    ['m', { m: item.m }],
  ])('%s', (text, expected) => {
    expect(projected(item, text)).toEqual(expected);
  });

  test('take attributes and keys named __proto__ as others', () => {
    const odd = Object.fromEntries([['__proto__', M(Object.fromEntries([['__proto__', N(1)]]))]]);
    const paths = projection('#p.#p', { '#p': '__proto__' });
    expect(Object.keys(project(odd, paths))).toEqual(['__proto__']);
    expect(Object.keys(project({}, paths))).toEqual([]);
  });

  test('of paths that overlap are refused, also when nothing was parsed', () => {
    const path = { kind: 'path', name: 'a', steps: [] } as const;
    expect(refusal(() => project({}, [path, path]))).toContain('Two document paths overlap');
    expect(refusal(() => project({}, [path, { ...path, steps: ['b'] }]))).toContain('path one: [a], path two: [a, b]');
  });
});
