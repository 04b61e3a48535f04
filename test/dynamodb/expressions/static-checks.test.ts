import { describe, expect, test } from 'vitest';
import { checkUpdate } from '../../../src/dynamodb/expressions/static-checks.ts';
import { BS, condition, L, M, N, NS, NULL, refusal, S, SS, TRUE, update, type Values } from './ours.ts';

const wrongType = (operator: string, type: string): string =>
  `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`;
const distinct = (operator: string, path: string): string =>
  `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${path}`;
const misused = (name: string): string => `The function is not allowed to be used this way in an expression; function: ${name}`;
const count = (name: string, operands: number): string =>
  `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands}`;
const noPath = (name: string): string => `Operator or function requires a document path; operator or function: ${name}`;
const types = '{N,BS,L,B,NULL,M,S,SS,NS,BOOL}';

/** Measured on DynamoDB Local 3.1.0; where its messages quote values, ours name the placeholder. */
describe('conditions that are refused before an item is looked at', () => {
  test.each<[string, Values | undefined, string]>([
    ['a = a', undefined, distinct('=', '[a]')],
    ['a.b[0] <> a.b[0]', undefined, distinct('<>', '[a, b, [0]]')],
    ['a BETWEEN b AND a', undefined, distinct('BETWEEN', '[a]')],
    ['a IN (b, a)', undefined, distinct('IN', '[a]')],
    ['contains(a, a)', undefined, distinct('contains', '[a]')],
    ['begins_with(a, a)', undefined, distinct('begins_with', '[a]')],
    ['a < :v', { ':v': TRUE }, wrongType('<', 'BOOL')],
    [':v >= a', { ':v': NULL }, wrongType('>=', 'NULL')],
    ['a BETWEEN b AND :v', { ':v': SS('x') }, wrongType('BETWEEN', 'SS')],
    ['begins_with(a, :v)', { ':v': N(1) }, wrongType('begins_with', 'N')],
    ['begins_with(:v, a)', { ':v': L() }, wrongType('begins_with', 'L')],
    ['begins_with(a, size(b))', undefined, wrongType('begins_with', 'N')],
    ['size(:v) = a', { ':v': N(1) }, wrongType('size', 'N')],
    ['size(size(a)) = b', undefined, wrongType('size', 'N')],
    ['attribute_type(a, :v)', { ':v': N(1) }, wrongType('attribute_type', 'N')],
    ['attribute_type(a, b)', undefined, wrongType('attribute_type', types)],
    ['attribute_type(a, :v)', { ':v': S('secret') }, `Invalid attribute type name found; type: :v, valid types: ${types}`],
    [
      'a BETWEEN :v AND :w',
      { ':v': N(10), ':w': N('9.0') },
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: :v, upper bound operand: :w',
    ],
    [
      'a BETWEEN :v AND :w',
      { ':v': S('\u{10000}'), ':w': S('\uffff') },
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: :v, upper bound operand: :w',
    ],
    [
      'a BETWEEN :v AND :w',
      { ':v': N(1), ':w': S('secret') },
      'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: :v, upper bound operand: :w',
    ],
    [`a IN (${Array(101).fill(':v')})`, { ':v': N(1) }, 'The IN operator is provided with too many operands; number of operands: 101'],
    ['attribute_exists(:v)', { ':v': N(1) }, noPath('attribute_exists')],
    ['attribute_exists(a, b)', undefined, count('attribute_exists', 2)],
    ['contains(a)', undefined, count('contains', 1)],
    ['size(a)', undefined, misused('size')],
    ['attribute_exists(a) = b', undefined, misused('attribute_exists')],
    ['contains(attribute_exists(a), a)', undefined, misused('attribute_exists')],
    ['if_not_exists(a, b) = c', undefined, 'The function is not allowed in a condition expression; function: if_not_exists'],
    ['size(a) AND name = b', undefined, misused('size')],
    ['name = foo(a)', undefined, 'Attribute name is a reserved keyword; reserved keyword: name'],
  ])('%s', (text, values, message) => {
    expect(refusal(() => condition(text, values))).toBe(`Invalid ConditionExpression: ${message}`);
  });

  test.each<[string, Values | undefined]>([
    ['size(a) = size(a)', undefined],
    [':v = :v', { ':v': TRUE }],
    ['a = :v', { ':v': M({}) }],
    ['contains(:v, :v)', { ':v': NS(1) }],
    ['a BETWEEN :v AND :w', { ':v': N(5), ':w': N('5.0') }],
  ])('%s is not', (text, values) => {
    expect(refusal(() => condition(text, values))).toBe('not refused');
  });
});

describe('updates that are refused before an item is looked at', () => {
  const addType = (operator: string, type: string): string =>
    `Incorrect operand type for operator or function; operator: ${operator}, operand type: ${type}, typeSet: ALLOWED_FOR_${operator}_OPERAND`;
  const clash = (how: string, one: string, two: string): string =>
    `Two document paths ${how} with each other; must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`;

  test.each<[string, Values | undefined, string]>([
    ['SET a = :v + b', { ':v': S('secret') }, wrongType('+', 'S')],
    ['SET a = b - :v', { ':v': L() }, wrongType('-', 'L')],
    ['SET a = list_append(b, :v)', { ':v': SS('x') }, wrongType('list_append', 'SS')],
    ['SET a = if_not_exists(b, b)', undefined, distinct('if_not_exists', '[b]')],
    ['SET a = if_not_exists(:v, b)', { ':v': N(1) }, noPath('if_not_exists')],
    ['SET a = if_not_exists(b)', undefined, count('if_not_exists', 1)],
    ['SET a = list_append(list_append(b, b), b)', undefined, misused('list_append')],
    ['SET a = list_append(b, b) + b', undefined, misused('list_append')],
    ['SET a = size(b)', undefined, 'The function is not allowed in an update expression; function: size'],
    ['ADD a :v', { ':v': S('secret') }, addType('ADD', 'STRING')],
    ['ADD a :v', { ':v': M({}) }, addType('ADD', 'MAP')],
    ['DELETE a :v', { ':v': N(1) }, addType('DELETE', 'NUMBER')],
    ['SET a = b REMOVE a', undefined, clash('overlap', '[a]', '[a]')],
    ['SET a.b = b REMOVE a.b.c', undefined, clash('overlap', '[a, b]', '[a, b, c]')],
    ['REMOVE a.b[1].c, a.b', undefined, clash('overlap', '[a, b, [1], c]', '[a, b]')],
    ['REMOVE a[1], a.b', undefined, clash('conflict', '[a, [1]]', '[a, b]')],
    ['REMOVE a[1], a.b, c, c', undefined, clash('overlap', '[c]', '[c]')],
    ['SET a = :q, a = b', undefined, clash('overlap', '[a]', '[a]')],
  ])('%s', (text, values, message) => {
    expect(refusal(() => update(text, values))).toBe(`Invalid UpdateExpression: ${message}`);
  });

  test.each(['SET id = :v', 'SET id.a = :v', 'SET a = :v REMOVE sk', 'ADD sk :v'])('%s changes a key', text => {
    const checked = (): void => checkUpdate(update(text, { ':v': N(1) }), { partitionKeyName: 'id', sortKeyName: 'sk' });
    const key = text.includes('sk') ? 'sk' : 'id';
    expect(refusal(checked)).toBe(
      `One or more parameter values were invalid: Cannot update attribute ${key}. This attribute is part of the key`,
    );
  });

  test('other attributes may change, also one that is named as the sort key of other tables', () => {
    expect(refusal(() => checkUpdate(update('REMOVE sk, a.id'), { partitionKeyName: 'id' }))).toBe('not refused');
    expect(refusal(() => update('ADD a :a, b :b', { ':a': BS(1), ':b': N(1) }))).toBe('not refused');
  });
});
