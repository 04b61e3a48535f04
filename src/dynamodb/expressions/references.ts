import type { Condition, Operand, Path, Source, Update } from './ast.ts';

/** A path that a condition names. */
export interface PathReference {
  readonly path: Path;
  /** True when it is only asked whether there is anything at the path. */
  readonly existence: boolean;
}

/** The paths that a condition names, from left to right; a path that it names twice comes twice. */
export function pathsOfCondition(condition: Condition): PathReference[] {
  return leavesOf(condition).flatMap(leaf => {
    const existence = leaf.kind === 'attribute_exists' || leaf.kind === 'attribute_not_exists';
    return operandsOf(leaf).flatMap(operand => (operand.kind === 'literal' ? [] : { path: pathOf(operand), existence }));
  });
}

/** The paths that the right side of a SET action reads. */
export function sourcesOf(source: Source): Path[] {
  switch (source.kind) {
    case 'literal':
      return [];
    case 'path':
      return [source];
    case 'if_not_exists':
      return [source.path, ...sourcesOf(source.fallback)];
    default:
      return [...sourcesOf(source.left), ...sourcesOf(source.right)];
  }
}

/** The paths that an update writes or removes. */
export function targetsOf(update: Update): Path[] {
  return [...update.set, ...update.remove.map(target => ({ target })), ...update.add, ...update.delete].map(({ target }) => target);
}

/** A comparison or function: a condition that is not made of others. */
export type Leaf = Exclude<Condition, { kind: 'and' | 'or' | 'not' | 'constant' }>;

/** The comparisons and functions that a condition is made of, from left to right. */
export function leavesOf(condition: Condition): Leaf[] {
  switch (condition.kind) {
    case 'constant':
      return [];
    case 'and':
    case 'or':
      return [...leavesOf(condition.left), ...leavesOf(condition.right)];
    case 'not':
      return leavesOf(condition.condition);
    default:
      return [condition];
  }
}

/** The operands of a comparison or function, from left to right. */
export function operandsOf(leaf: Leaf): readonly [Operand, ...Operand[]] {
  switch (leaf.kind) {
    case 'compare':
      return [leaf.left, leaf.right];
    case 'between':
      return [leaf.operand, leaf.low, leaf.high];
    case 'in':
      return [leaf.operand, ...leaf.candidates];
    case 'attribute_exists':
    case 'attribute_not_exists':
      return [leaf.path];
    case 'attribute_type':
      return [leaf.path, leaf.type];
    default:
      return [leaf.operand, leaf.other];
  }
}

function pathOf(operand: Exclude<Operand, { kind: 'literal' }>): Path {
  return operand.kind === 'size' ? operand.path : operand;
}
