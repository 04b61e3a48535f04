import type { Cursor } from './cursor.ts';
import { noteUse, readGroupedOperand, readOperand, readPath, readValue } from './operand-syntax.ts';
import type { OperandSyntax, SumSyntax, UpdateSyntax } from './syntax.ts';

const SIGNS = [
  ['+', 'plus'],
  ['-', 'minus'],
] as const;

/** The clauses of an update expression, in any order, each at most once. */
export function readUpdate(cursor: Cursor): UpdateSyntax {
  const update: UpdateSyntax = { set: [], remove: [], add: [], delete: [] };
  const seen = new Set<string>();
  do {
    const clause = readClause(cursor, update);
    if (seen.has(clause)) cursor.note(`The "${clause}" section can only be used once in an update expression;`);
    seen.add(clause);
  } while (!cursor.isKind('end'));
  return update;
}

function readClause(cursor: Cursor, update: UpdateSyntax): string {
  if (cursor.take('SET')) {
    readList(cursor, () => {
      const target = readPath(cursor);
      cursor.expect('=');
      update.set.push({ target, source: readSource(cursor) });
    });
    return 'SET';
  }
  if (cursor.take('REMOVE')) {
    readList(cursor, () => update.remove.push(readPath(cursor)));
    return 'REMOVE';
  }
  if (cursor.take('ADD')) {
    readList(cursor, () => update.add.push({ target: readPath(cursor), value: readValue(cursor) }));
    return 'ADD';
  }
  cursor.expect('DELETE');
  readList(cursor, () => update.delete.push({ target: readPath(cursor), value: readValue(cursor) }));
  return 'DELETE';
}

function readList(cursor: Cursor, readAction: () => void): void {
  do readAction();
  while (cursor.take(','));
}

/** One operand or two with `+` or `-` between them; a sum is never an operand itself. */
function readSource(cursor: Cursor): OperandSyntax | SumSyntax {
  const source = readSum(cursor);
  if (source.kind === 'call') noteUse(cursor, source, 'source');
  return source;
}

function readSum(cursor: Cursor): OperandSyntax | SumSyntax {
  const left = cursor.is('(') ? cursor.grouped(() => readSum(cursor)) : readOperand(cursor);
  if (isSum(left)) return left;
  const sign = SIGNS.find(([symbol]) => cursor.take(symbol));
  if (sign === undefined) return left;
  cursor.countOperator();
  noteUse(cursor, left, 'operand');
  return { kind: sign[1], left, right: readGroupedOperand(cursor) };
}

function isSum(source: OperandSyntax | SumSyntax): source is SumSyntax {
  return source.kind === 'plus' || source.kind === 'minus';
}
