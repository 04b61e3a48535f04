import type { Condition } from './ast.ts';

/**
 * A condition with known parts replaced: `decide` says the outcome of a comparison or function, or that it is not known. The result is a
 * constant or contains none, and has the outcome of the condition wherever the decisions are right.
 */
export function fold(condition: Condition, decide: (leaf: Condition) => boolean | undefined): Condition {
  switch (condition.kind) {
    case 'constant':
      return condition;
    case 'and':
    case 'or':
      return foldPair(condition.kind, fold(condition.left, decide), fold(condition.right, decide));
    case 'not': {
      const inner = fold(condition.condition, decide);
      return inner.kind === 'constant' ? { kind: 'constant', value: !inner.value } : { kind: 'not', condition: inner };
    }
    default: {
      const value = decide(condition);
      return value === undefined ? condition : { kind: 'constant', value };
    }
  }
}

/** A constant either settles the pair (false for AND, true for OR) or does not matter to it. */
function foldPair(kind: 'and' | 'or', left: Condition, right: Condition): Condition {
  const settling = kind === 'or';
  if (left.kind === 'constant') return left.value === settling ? left : right;
  if (right.kind === 'constant') return right.value === settling ? right : left;
  return { kind, left, right };
}
