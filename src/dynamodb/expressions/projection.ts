import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { setOwn } from '../../bytes/own-property.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Path } from './ast.ts';
import { type Branch, pathTree } from './path-tree.ts';
import { childOf } from './paths.ts';

/** The parts of an item that paths name. What is not there is left out, and elements of lists move together in the order of the list. */
export function project(item: AttributeMap, paths: readonly Path[]): AttributeMap {
  const tree = pathTree(
    'ProjectionExpression',
    paths.map(path => [path, true] as const),
  );
  return projectMap(item, tree);
}

function projectValue(value: AttributeValue, branch: Branch<true>): AttributeValue | undefined {
  if (branch.leaf) return value;
  if (branch.keys.size > 0 && value.M !== undefined) {
    const M = projectMap(value.M, branch.keys);
    return Object.keys(M).length > 0 ? { M } : undefined;
  }
  const indexes = [...branch.indexes].sort(([a], [b]) => a - b);
  const L = indexes.flatMap(([index, inner]) => projectChild(value, index, inner) ?? []);
  return L.length > 0 ? { L } : undefined;
}

function projectChild(value: AttributeValue, step: string | number, branch: Branch<true>): AttributeValue | undefined {
  const child = childOf(value, step);
  return child && projectValue(child, branch);
}

function projectMap(map: AttributeMap, branches: ReadonlyMap<string, Branch<true>>): AttributeMap {
  const result: AttributeMap = {};
  for (const [name, branch] of branches) {
    const value = projectChild({ M: map }, name, branch);
    if (value !== undefined) setOwn(result, name, value);
  }
  return result;
}
