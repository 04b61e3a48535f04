import { type DynamoDbType, typeOf } from '../attribute-value.ts';
import type { Operand, Source, Update, ValueAction } from './ast.ts';
import { type ExpressionKind, invalid, validationException } from './errors.ts';
import { isSamePath, pathText } from './paths.ts';
import { type Leaf, operandsOf, targetsOf } from './references.ts';
import { compareValues } from './values.ts';

const MOST_CANDIDATES = 100;
const SETS: readonly DynamoDbType[] = ['SS', 'NS', 'BS'];
const ORDERED: readonly DynamoDbType[] = ['S', 'N', 'B'];
const SOURCE_OPERATORS = { plus: '+', minus: '-', list_append: 'list_append' } as const;
/** What the operands of an operator may be, where it does not take everything. */
const OPERAND_TYPES: ReadonlyMap<string, readonly DynamoDbType[]> = new Map<string, readonly DynamoDbType[]>([
  ['<', ORDERED],
  ['<=', ORDERED],
  ['>', ORDERED],
  ['>=', ORDERED],
  ['BETWEEN', ORDERED],
  ['begins_with', ['S', 'B']],
  ['+', ['N']],
  ['-', ['N']],
  ['list_append', ['L']],
]);
const TYPE_NAMES: Readonly<Record<DynamoDbType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  L: 'LIST',
  M: 'MAP',
};
const ATTRIBUTE_TYPES: readonly string[] = ['N', 'BS', 'L', 'B', 'NULL', 'M', 'S', 'SS', 'NS', 'BOOL'];

/** Refuses, as DynamoDB does, an update of key attributes. All else that is static, the parser has refused. */
export function checkUpdate(update: Update, keys: { readonly partitionKeyName: string; readonly sortKeyName?: string | undefined }): void {
  const names = new Set(targetsOf(update).map(({ name }) => name));
  const key = [keys.partitionKeyName, keys.sortKeyName].find(name => name !== undefined && names.has(name));
  if (key !== undefined)
    throw validationException(
      `One or more parameter values were invalid: Cannot update attribute ${key}. This attribute is part of the key`,
    );
}

/** Refuses what DynamoDB can tell of the operands of one comparison or function, before it looks at an item. */
export function checkLeaf(expression: ExpressionKind, leaf: Leaf): void {
  const operator = operatorOf(leaf);
  const [first, ...others] = operandsOf(leaf);
  if (leaf.kind === 'in' && others.length > MOST_CANDIDATES)
    throw invalid(expression, `The IN operator is provided with too many operands; number of operands: ${others.length}`);
  if (leaf.kind === 'attribute_type') checkAttributeType(expression, leaf.type);
  const types = OPERAND_TYPES.get(operator);
  if (types !== undefined) for (const operand of [first, ...others]) checkOperandType(expression, operator, operand, types);
  checkDistinct(expression, operator, first, others);
  if (leaf.kind === 'between') checkBounds(expression, leaf.low, leaf.high);
}

/** Refuses what DynamoDB can tell of the right side of a SET action. */
export function checkSource(source: Source): void {
  if (source.kind === 'literal' || source.kind === 'path') return;
  if (source.kind === 'if_not_exists') {
    checkDistinct('UpdateExpression', 'if_not_exists', source.path, [source.fallback]);
    return;
  }
  const operator = SOURCE_OPERATORS[source.kind];
  for (const operand of [source.left, source.right])
    checkOperandType('UpdateExpression', operator, operand, OPERAND_TYPES.get(operator) ?? []);
}

/** Refuses a value of another type than these; what an attribute holds shows later. */
export function checkOperandType(
  expression: ExpressionKind,
  operator: string,
  operand: Operand | Source,
  types: readonly DynamoDbType[],
): void {
  const type = staticType(operand);
  if (type !== undefined && !types.includes(type)) throw wrongType(expression, operator, type);
}

/** ADD takes a number or a set, DELETE a set. */
export function checkValueAction(operator: 'ADD' | 'DELETE', { value: { value } }: ValueAction): void {
  const type = typeOf(value);
  if (SETS.includes(type) || (operator === 'ADD' && type === 'N')) return;
  const operand = `operator: ${operator}, operand type: ${TYPE_NAMES[type]}, typeSet: ALLOWED_FOR_${operator}_OPERAND`;
  throw invalid('UpdateExpression', `Incorrect operand type for operator or function; ${operand}`);
}

function operatorOf(leaf: Leaf): string {
  if (leaf.kind === 'compare') return leaf.comparator;
  return leaf.kind === 'between' || leaf.kind === 'in' ? leaf.kind.toUpperCase() : leaf.kind;
}

function checkDistinct(expression: ExpressionKind, operator: string, first: Operand, others: readonly (Operand | Source)[]): void {
  if (first.kind !== 'path' || !others.some(other => other.kind === 'path' && isSamePath(first, other))) return;
  const which = `operator: ${operator}, first operand: ${pathText(first)}`;
  throw invalid(expression, `The first operand must be distinct from the remaining operands for this operator or function; ${which}`);
}

function checkBounds(expression: ExpressionKind, low: Operand, high: Operand): void {
  if (low.kind !== 'literal' || high.kind !== 'literal') return;
  const order = compareValues(low.value, high.value);
  if (order !== undefined && order <= 0) return;
  const rule = order === undefined ? 'same data type for lower and upper bounds' : 'upper bound to be greater than or equal to lower bound';
  const bounds = `lower bound operand: ${low.placeholder}, upper bound operand: ${high.placeholder}`;
  throw invalid(expression, `The BETWEEN operator requires ${rule}; ${bounds}`);
}

function checkAttributeType(expression: ExpressionKind, type: Operand): void {
  if (type.kind !== 'literal' || type.value.S === undefined)
    throw wrongType(expression, 'attribute_type', staticType(type) ?? `{${ATTRIBUTE_TYPES}}`);
  if (!ATTRIBUTE_TYPES.includes(type.value.S))
    throw invalid(expression, `Invalid attribute type name found; type: ${type.placeholder}, valid types: {${ATTRIBUTE_TYPES}}`);
}

function wrongType(expression: ExpressionKind, operator: string, type: string): Error {
  return invalid(expression, `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`);
}

function staticType(operand: Operand | Source): DynamoDbType | undefined {
  if (operand.kind === 'literal') return typeOf(operand.value);
  return operand.kind === 'size' ? 'N' : undefined;
}
