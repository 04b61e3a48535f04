import type { Cursor } from './cursor.ts';
import { FUNCTIONS, type FunctionUse } from './functions.ts';
import { isReservedWord } from './reserved-words.ts';
import type { CallSyntax, OperandSyntax, PathSyntax, ValueSyntax } from './syntax.ts';

const HIGHEST_INDEX = 2 ** 31 - 1;

/** A document path: `a.#b[0]`. */
export function readPath(cursor: Cursor): PathSyntax {
  const steps: (string | number)[] = [readName(cursor)];
  for (;;) {
    if (cursor.take('.')) steps.push(readName(cursor));
    else if (cursor.take('[')) steps.push(readIndex(cursor));
    else return { kind: 'path', steps };
  }
}

export function readValue(cursor: Cursor): ValueSyntax {
  return { kind: 'value', placeholder: cursor.takeKind('value') };
}

/** A path, a value or a function. Whether the function may stand there is for {@link noteUse}. */
export function readOperand(cursor: Cursor): OperandSyntax {
  if (cursor.isKind('value')) return readValue(cursor);
  return cursor.startsCall() ? readCall(cursor) : readPath(cursor);
}

/** Notes an error when a function is used in a way that it is not meant for. */
export function noteUse(cursor: Cursor, operand: OperandSyntax, use: FunctionUse): void {
  if (operand.kind !== 'call') return;
  const rules = FUNCTIONS.get(operand.name);
  if (rules?.uses.includes(use) === false)
    cursor.note(`The function is not allowed to be used this way in an expression; function: ${operand.name}`);
}

function readCall(cursor: Cursor): CallSyntax {
  const name = cursor.takeKind('word');
  noteFunction(cursor, name);
  cursor.countOperator();
  cursor.expect('(');
  const operands = cursor.nested(() => readOperands(cursor));
  cursor.expect(')');
  return { kind: 'call', name, operands };
}

/** The operands of a function or of IN: at least one. */
export function readOperands(cursor: Cursor): OperandSyntax[] {
  const operands: OperandSyntax[] = [];
  do operands.push(readGroupedOperand(cursor));
  while (cursor.take(','));
  return operands;
}

/** An operand that may stand in parentheses. */
export function readGroupedOperand(cursor: Cursor): OperandSyntax {
  if (cursor.is('(')) return cursor.grouped(() => readGroupedOperand(cursor));
  const operand = readOperand(cursor);
  noteUse(cursor, operand, 'operand');
  return operand;
}

function noteFunction(cursor: Cursor, name: string): void {
  const isUpdate = cursor.kind === 'UpdateExpression';
  const rules = FUNCTIONS.get(name);
  if (rules === undefined) cursor.note(`Invalid function name; function: ${name}`);
  else if (isUpdate !== (rules.where === 'update'))
    cursor.note(`The function is not allowed in ${isUpdate ? 'an update' : 'a condition'} expression; function: ${name}`);
}

function readName(cursor: Cursor): string {
  if (cursor.isKind('name')) return cursor.takeKind('name');
  const word = cursor.takeKind('word');
  if (isReservedWord(word)) cursor.note(`Attribute name is a reserved keyword; reserved keyword: ${word}`);
  return word;
}

function readIndex(cursor: Cursor): number {
  const digits = cursor.takeKind('index');
  cursor.expect(']');
  const index = Number(digits);
  if (index > HIGHEST_INDEX) cursor.note(`List index is not within the allowable range; index: [${digits}]`);
  return index;
}
