import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../src/dynamodb/expressions/ast.ts';
import { evaluate } from '../../../src/dynamodb/expressions/evaluate-condition.ts';
import { fold } from '../../../src/dynamodb/expressions/fold.ts';
import { pathsOfCondition } from '../../../src/dynamodb/expressions/references.ts';
import { runs, SLOW } from '../../property/runs.ts';
import { conditionOn, item, withItem } from './arbitraries.ts';
import { condition, N } from './ours.ts';

describe('folding', () => {
  test('keeps the outcome, whichever parts are known', SLOW, () => {
    fc.assert(
      fc.property(withItem(conditionOn), fc.func(fc.boolean()), item, ([given, ast], isKnown, other) => {
        const folded = fold(ast, leaf => (isKnown(leaf) ? evaluate(leaf, given) : undefined));
        expect(evaluate(folded, given)).toBe(evaluate(ast, given));
        expect(
          evaluate(
            fold(ast, () => undefined),
            other,
          ),
        ).toBe(evaluate(ast, other));
        if (folded.kind !== 'constant') expect(hasConstant(folded)).toBe(false);
      }),
      runs(1000),
    );
  });

  test('of all parts leaves a constant', SLOW, () => {
    fc.assert(
      fc.property(withItem(conditionOn), ([given, ast]) => {
        expect(fold(ast, leaf => evaluate(leaf, given))).toEqual({ kind: 'constant', value: evaluate(ast, given) });
      }),
      runs(300),
    );
  });

  test.each([
    ['a = :v AND b = :v', { a: false }, 'false'],
    ['a = :v AND b = :v', { a: true }, 'b'],
    ['a = :v OR b = :v', { b: true }, 'true'],
    ['a = :v OR b = :v', { b: false }, 'a'],
    ['NOT a = :v OR b = :v', { a: true }, 'b'],
    ['NOT (a = :v AND b = :v) OR c = :v', { a: true, c: false }, 'NOT b'],
  ])('%s, where it is known that %j', (text, known: Record<string, boolean>, rest) => {
    const folded = fold(condition(text, { ':v': N(1) }), leaf => known[nameOf(leaf)]);
    expect(summary(folded)).toBe(rest);
  });
});

const nameOf = (leaf: Condition): string => pathsOfCondition(leaf)[0]?.path.name ?? '';

function summary(ast: Condition): string {
  if (ast.kind === 'constant') return String(ast.value);
  return ast.kind === 'not' ? `NOT ${summary(ast.condition)}` : nameOf(ast);
}

function hasConstant(ast: Condition): boolean {
  if (ast.kind === 'and' || ast.kind === 'or') return hasConstant(ast.left) || hasConstant(ast.right);
  return ast.kind === 'not' ? hasConstant(ast.condition) : ast.kind === 'constant';
}
