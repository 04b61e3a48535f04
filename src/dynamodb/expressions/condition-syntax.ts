import type { Comparator } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { noteUse, readGroupedOperand, readOperand, readOperands } from './operand-syntax.ts';
import type { ConditionSyntax, OperandSyntax } from './syntax.ts';

const COMPARATORS: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>='];

/** Behind an opening parenthesis it shows late whether it groups a condition or an operand: `(a = :b)`, `(a) = :b`. */
type Part = { readonly condition: ConditionSyntax } | { readonly operand: OperandSyntax };

/** A condition, from OR downwards. */
export function readCondition(cursor: Cursor): ConditionSyntax {
  return requireCondition(cursor, readOr(cursor, false));
}

function readOr(cursor: Cursor, inParentheses: boolean): Part {
  const first = readAnd(cursor, inParentheses);
  if (!cursor.is('OR')) return first;
  let left = requireCondition(cursor, first);
  while (cursor.take('OR')) {
    cursor.countOperator();
    left = { kind: 'or', left, right: requireCondition(cursor, readAnd(cursor, false)) };
  }
  return { condition: left };
}

function readAnd(cursor: Cursor, inParentheses: boolean): Part {
  const first = readNot(cursor, inParentheses);
  if (!cursor.is('AND')) return first;
  let left = requireCondition(cursor, first);
  while (cursor.take('AND')) {
    cursor.countOperator();
    left = { kind: 'and', left, right: requireCondition(cursor, readNot(cursor, false)) };
  }
  return { condition: left };
}

function readNot(cursor: Cursor, inParentheses: boolean): Part {
  if (!cursor.take('NOT')) return readComparison(cursor, inParentheses);
  cursor.countOperator();
  return {
    condition: {
      kind: 'not',
      condition: requireCondition(
        cursor,
        cursor.nested(() => readNot(cursor, false)),
      ),
    },
  };
}

function readComparison(cursor: Cursor, inParentheses: boolean): Part {
  const part = cursor.is('(') ? cursor.grouped(() => readOr(cursor, true)) : { operand: readOperand(cursor) };
  if ('condition' in part) return part;
  const { operand } = part;
  const condition = readBehind(cursor, operand);
  if (condition !== undefined) {
    noteUse(cursor, operand, 'operand');
    return { condition };
  }
  if (operand.kind === 'call' || (inParentheses && cursor.is(')'))) return part;
  throw cursor.syntaxError();
}

/** The comparison that the operand begins, if one does. */
function readBehind(cursor: Cursor, operand: OperandSyntax): ConditionSyntax | undefined {
  const comparator = COMPARATORS.find(symbol => cursor.take(symbol));
  if (comparator !== undefined) {
    cursor.countOperator();
    return { kind: 'compare', comparator, left: operand, right: readGroupedOperand(cursor) };
  }
  if (cursor.take('BETWEEN')) {
    cursor.countOperator();
    const low = readGroupedOperand(cursor);
    cursor.expect('AND');
    return { kind: 'between', operand, low, high: readGroupedOperand(cursor) };
  }
  if (!cursor.take('IN')) return undefined;
  cursor.countOperator();
  cursor.expect('(');
  const candidates = readOperands(cursor);
  cursor.expect(')');
  return { kind: 'in', operand, candidates };
}

function requireCondition(cursor: Cursor, part: Part): ConditionSyntax {
  if ('condition' in part) return part.condition;
  if (part.operand.kind !== 'call') throw cursor.syntaxError();
  noteUse(cursor, part.operand, 'condition');
  return part.operand;
}
