import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../src/dynamodb/expressions/ast.ts';
import { evaluate } from '../../../src/dynamodb/expressions/evaluate-condition.ts';
import { parseCondition, parseProjection, parseUpdate } from '../../../src/dynamodb/expressions/parser.ts';
import { Printer } from '../../../src/dynamodb/expressions/print.ts';
import { Scope } from '../../../src/dynamodb/expressions/scope.ts';
import { runs, SLOW } from '../../property/runs.ts';
import { conditionOn, item, updateOf, withItem } from './arbitraries.ts';
import { condition, N, S } from './ours.ts';

/** The printer chooses placeholders of its own. */
function withoutPlaceholders(ast: unknown): unknown {
  return JSON.parse(JSON.stringify(ast, (key, value: unknown) => (key === 'placeholder' ? undefined : value)));
}

/** What DynamoDB would refuse has no text that can be read again. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException' && !error.message.includes('Syntax')) fc.pre(false);
    throw error;
  }
}

describe('what is printed', () => {
  test('reads as the same condition', SLOW, () => {
    fc.assert(
      fc.property(withItem(conditionOn), ([, ast]) => {
        const printer = new Printer();
        const text = printer.condition(ast);
        const scope = new Scope(printer.names, printer.values);
        const again = parsed(() => parseCondition(text, scope));
        expect(withoutPlaceholders(again)).toEqual(withoutPlaceholders(ast));
        scope.refuseUnused();
      }),
      runs(1000),
    );
  });

  test('reads as the same update', SLOW, () => {
    fc.assert(
      fc.property(withItem(updateOf), ([, ast]) => {
        const printer = new Printer();
        const text = printer.update(ast);
        const scope = new Scope(printer.names, printer.values);
        const again = parsed(() => parseUpdate(text, scope));
        expect(withoutPlaceholders(again)).toEqual(withoutPlaceholders(ast));
        scope.refuseUnused();
      }),
      runs(1000),
    );
  });

  test('has the same outcome', SLOW, () => {
    fc.assert(
      fc.property(withItem(conditionOn), item, ([, ast], given) => {
        const printer = new Printer();
        const text = printer.condition(ast);
        const again = parsed(() => parseCondition(text, new Scope(printer.names, printer.values)));
        expect(evaluate(again, given)).toBe(evaluate(ast, given));
      }),
      runs(500),
    );
  });
});

describe('placeholders', () => {
  test('are short, and shared by all expressions of a request', () => {
    const printer = new Printer();
    const scope = new Scope({ '#n': 'name' }, { ':v': N(1), ':w': N(1) });
    const changes = parseUpdate('SET a.#n = :v, c[3] = if_not_exists(a, :v) + :w REMOVE #n', scope);
    expect(printer.update(changes)).toBe('SET #a.#b=:a,#c[3]=if_not_exists(#a,:a)+:b REMOVE #b');
    const only = parseCondition('a = :v OR NOT (b < :v AND size(c) IN (:v, d))', scope);
    expect(printer.condition(only)).toBe('#a=:a OR NOT (#d<:a AND size(#c) IN (:a,#e))');
    expect(printer.names).toEqual({ '#a': 'a', '#b': 'name', '#c': 'c', '#d': 'b', '#e': 'd' });
    expect(printer.values).toEqual({ ':a': N(1), ':b': N(1) });
  });

  test('are unique, of at most two characters for four thousand names', () => {
    const printer = new Printer();
    const placeholders = Array.from({ length: 4000 }, (_, i) => printer.name(`name ${i}`));
    expect(new Set(placeholders).size).toBe(4000);
    expect(placeholders.filter(placeholder => !/^#\w{1,2}$/.test(placeholder))).toEqual([]);
    expect(placeholders.filter(placeholder => placeholder.length === 2)).toHaveLength(63);
    expect(Object.keys(printer.names ?? {})).toHaveLength(4000);
  });

  test('are left out when nothing needs them', () => {
    const printer = new Printer();
    expect([printer.names, printer.values]).toEqual([undefined, undefined]);
    expect(
      parseProjection(printer.path({ kind: 'path', name: '__proto__', steps: [1, 'x.y'] }), new Scope(printer.names, undefined)),
    ).toEqual([{ kind: 'path', name: '__proto__', steps: [1, 'x.y'] }]);
  });
});

test('parentheses stand where they are needed, and only there', () => {
  const print = (text: string): string => new Printer().condition(condition(text, { ':v': S('') }));
  expect(print('(NOT (a = :v)) AND (b = :v)')).toBe('NOT #a=:a AND #b=:a');
  expect(print('NOT (NOT (a = :v OR b = :v))')).toBe('NOT NOT (#a=:a OR #b=:a)');
  expect(print('a = :v OR (b = :v OR c = :v)')).toBe('#a=:a OR (#b=:a OR #c=:a)');
  expect(print('(a = :v OR b = :v) AND c = :v')).toBe('(#a=:a OR #b=:a) AND #c=:a');
});

test('constants cannot be printed', () => {
  const constant: Condition = { kind: 'constant', value: true };
  expect(() => new Printer().condition({ kind: 'not', condition: constant })).toThrow(TypeError);
});
