import { expect, test } from 'vitest';
import { hasPrefix, pathText } from '../../../src/dynamodb/expressions/paths.ts';
import { pathsOfCondition, sourcesOf, targetsOf } from '../../../src/dynamodb/expressions/references.ts';
import { condition, N, projection, S, SS, update } from './ours.ts';

test('the paths of a condition, and which of them are only asked to exist', () => {
  const text =
    'a = b.c OR NOT (size(d[0]) BETWEEN e AND :v) AND attribute_exists(f.g) AND f IN (:v, h) AND attribute_type(i, :t) AND contains(j, a) AND attribute_not_exists(k)';
  const references = pathsOfCondition(condition(text, { ':v': N(1), ':t': S('S') }));
  const read = (existing: boolean): string[] =>
    references.filter(({ existence }) => existence === existing).map(({ path }) => pathText(path));
  expect(read(true)).toEqual(['[f, g]', '[k]']);
  expect(read(false)).toEqual(['[a]', '[b, c]', '[d, [0]]', '[e]', '[f]', '[h]', '[i]', '[j]', '[a]']);
});

test('what an update reads and what it writes', () => {
  const actions = update(
    'SET a = if_not_exists(b.c, if_not_exists(d, :v)) + e, f[1] = list_append(g, h), i = :v REMOVE j ADD k :v DELETE l.m :s',
    { ':v': N(1), ':s': SS('x') },
  );
  expect(actions.set.map(({ source }) => sourcesOf(source).map(pathText))).toEqual([['[b, c]', '[d]', '[e]'], ['[g]', '[h]'], []]);
  expect(targetsOf(actions).map(pathText)).toEqual(['[a]', '[f, [1]]', '[i]', '[j]', '[k]', '[l, m]']);
});

test('a path has itself and what leads to it as prefixes', () => {
  const under = (path: string, prefix: string): boolean => {
    const [a, b] = [projection(path)[0], projection(prefix)[0]];
    return a !== undefined && b !== undefined && hasPrefix(a, b);
  };
  expect([under('a.b[0]', 'a'), under('a.b[0]', 'a.b'), under('a.b', 'a.b'), under('a', 'a.b'), under('a.c', 'a.b')]).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
