import { describe, expect, test } from 'vitest';
import { parseCondition, parseKeyCondition } from '../../../src/dynamodb/expressions/parser.ts';
import { Scope } from '../../../src/dynamodb/expressions/scope.ts';
import { condition, N, projection, refusal, S, update, type Values } from './ours.ts';

const path = (name: string, ...steps: (string | number)[]): object => ({ kind: 'path', name, steps });
const five = { ':v': N(5) };
const literal = { kind: 'literal', placeholder: ':v', value: N(5) };
const exists = (name: string): object => ({ kind: 'attribute_exists', path: path(name) });

describe('conditions', () => {
  test('NOT binds closer than AND, AND closer than OR, and both begin on the left', () => {
    expect(condition('NOT attribute_exists(a) AND attribute_exists(b) OR attribute_exists(c) OR attribute_exists(d)')).toEqual({
      kind: 'or',
      left: {
        kind: 'or',
        left: { kind: 'and', left: { kind: 'not', condition: exists('a') }, right: exists('b') },
        right: exists('c'),
      },
      right: exists('d'),
    });
  });

  test('parentheses group conditions and operands', () => {
    const grouped = { kind: 'and', left: exists('a'), right: { kind: 'or', left: exists('b'), right: exists('c') } };
    expect(condition('attribute_exists(a) AND (attribute_exists(b) OR attribute_exists((c)))')).toEqual(grouped);
    const compared = { kind: 'compare', comparator: '=', left: path('a'), right: literal };
    for (const text of ['(a) = (:v)', '((a) = :v)', '(a = :v)', 'a=:v']) expect(condition(text, five), text).toEqual(compared);
  });

  test('BETWEEN takes the next AND, keywords have any case, functions one', () => {
    const between = { kind: 'between', operand: path('a'), low: literal, high: literal };
    expect(condition('a between :v and :v And attribute_exists(b)', five)).toEqual({ kind: 'and', left: between, right: exists('b') });
    expect(condition('size (a) iN (:v, b)', five)).toEqual({
      kind: 'in',
      operand: { kind: 'size', path: path('a') },
      candidates: [literal, path('b')],
    });
    expect(refusal(() => condition('Size(a) = :v', five))).toBe('Invalid ConditionExpression: Invalid function name; function: Size');
  });

  test('the size of a value is a number', () => {
    expect(condition('size(:v) < a', { ':v': S('abc') })).toEqual({
      kind: 'compare',
      comparator: '<',
      left: { ...literal, value: N(3) },
      right: path('a'),
    });
  });

  test('key conditions and filters say what they are', () => {
    expect(parseKeyCondition('a = :v', new Scope(undefined, five)).kind).toBe('compare');
    expect(refusal(() => parseKeyCondition('a = ', new Scope(undefined, undefined)))).toMatch(/^Invalid KeyConditionExpression: /);
    expect(refusal(() => parseCondition('a = ', new Scope(undefined, undefined), 'FilterExpression'))).toMatch(
      /^Invalid FilterExpression: /,
    );
  });
});

describe('paths', () => {
  test('have placeholders anywhere, and blanks between their parts', () => {
    const names = { '#a': 'x.y', '#p': '__proto__', '#c': 'constructor' };
    expect(projection('#a.b[2].#p [ 0 ]\n.\t#c, z', names)).toEqual([path('x.y', 'b', 2, '__proto__', 0, 'constructor'), path('z')]);
  });

  test.each([
    ['name', 'Attribute name is a reserved keyword; reserved keyword: name'],
    ['a.Zone', 'Attribute name is a reserved keyword; reserved keyword: Zone'],
    ['a[2147483648]', 'List index is not within the allowable range; index: [2147483648]'],
    ['#a', 'An expression attribute name used in the document path is not defined; attribute name: #a'],
    ['a.b, a', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]'],
    [
      'a[1], a.b',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]',
    ],
  ])('%s is refused', (text, message) => {
    expect(refusal(() => projection(text))).toBe(`Invalid ProjectionExpression: ${message}`);
  });

  test('size and convert, though on AWS’s list, are taken, as by DynamoDB', () => {
    expect(projection('size, a.convert')).toEqual([path('size'), path('a', 'convert')]);
  });
});

describe('updates', () => {
  test('have clauses in any order', () => {
    const actions = update(
      'add n :v Remove a[0], #r SET b = b - :v, c.d = if_not_exists(c.d, (:v)) DELETE s :s',
      { ...five, ':s': { SS: ['x'] } },
      { '#r': 'r' },
    );
    expect(actions).toEqual({
      set: [
        { target: path('b'), source: { kind: 'minus', left: path('b'), right: literal } },
        { target: path('c', 'd'), source: { kind: 'if_not_exists', path: path('c', 'd'), fallback: literal } },
      ],
      remove: [path('a', 0), path('r')],
      add: [{ target: path('n'), value: literal }],
      delete: [{ target: path('s'), value: { kind: 'literal', placeholder: ':s', value: { SS: ['x'] } } }],
    });
  });

  test('have parentheses around operands and sums', () => {
    const sum = { kind: 'plus', left: path('a'), right: literal };
    for (const text of ['a + :v', 'a+:v', '(a + :v)', '((a) + (:v))', '(a) + :v'])
      expect(update(`SET q = ${text}`, five).set[0]?.source, text).toEqual(sum);
  });
});

/** Measured on DynamoDB Local 3.1.0. */
describe('syntax errors, by token and what is near it', () => {
  test.each([
    ['', 'The expression can not be empty;'],
    ['   ', 'Syntax error; token: "<EOF>", near: "   "'],
    ['a', 'Syntax error; token: "<EOF>", near: "a"'],
    ['   = :v', 'Syntax error; token: "=", near: "   = :v"'],
    ['a = :v)   ', 'Syntax error; token: ")", near: ":v)   "'],
    ['(a = :v', 'Syntax error; token: "<EOF>", near: ":v"'],
    ['a == :v', 'Syntax error; token: "=", near: "== :v"'],
    ['a != :v', 'Syntax error; token: "!", near: "a !="'],
    ['a AND b', 'Syntax error; token: "AND", near: "a AND b"'],
    ['a = :v = :v', 'Syntax error; token: "=", near: ":v = :v"'],
    ['a IN ()', 'Syntax error; token: ")", near: "()"'],
    ['a IN (:v,)', 'Syntax error; token: ")", near: ",)"'],
    ['a[01] = :v', 'Syntax error; token: "1", near: "01]"'],
    ['a[-1] = :v', 'Syntax error; token: "-", near: "[-1"'],
    ['a..b = :v', 'Syntax error; token: ".", near: "..b"'],
    ['_a = :v', 'Syntax error; token: "_", near: "_a"'],
    ['é = :v', 'Syntax error; token: "é", near: "é ="'],
    ['a = 5', 'Syntax error; token: "5", near: "= 5"'],
    ['remove = :v', 'Syntax error; token: "remove", near: "remove ="'],
    ['a.in = :v', 'Syntax error; token: "in", near: ".in ="'],
    ['a + b = :v', 'Syntax error; token: "+", near: "a + b"'],
    ['attribute_exists()', 'Syntax error; token: ")", near: "()"'],
    ['((a = :v))', 'The expression has redundant parentheses;'],
    ['((a)) = :v', 'The expression has redundant parentheses;'],
    ['a IN (((:v)))', 'The expression has redundant parentheses;'],
    ['a = :q', 'An expression attribute value used in expression is not defined; attribute value: :q'],
  ])('%j', (text, message) => {
    expect(refusal(() => condition(text, five))).toBe(`Invalid ConditionExpression: ${message}`);
  });

  test.each([
    ['SET', 'Syntax error; token: "<EOF>", near: "SET"'],
    ['SET a = :v,', 'Syntax error; token: "<EOF>", near: ","'],
    ['SET a = :v REMOVE b, ADD c :v', 'Syntax error; token: "ADD", near: ", ADD c"'],
    ['SET a = :v + :v + :v', 'Syntax error; token: "+", near: ":v + :v"'],
    ['SET a = (:v + :v) + :v', 'Syntax error; token: "+", near: ") + :v"'],
    ['SET a = if_not_exists(b, :v + :v)', 'Syntax error; token: "+", near: ":v + :v"'],
    ['SET :v = a', 'Syntax error; token: ":v", near: "SET :v ="'],
    ['ADD a b', 'Syntax error; token: "b", near: "a b"'],
    ['ADD a (:v)', 'Syntax error; token: "(", near: "a (:v"'],
    ['REMOVE (a)', 'Syntax error; token: "(", near: "REMOVE (a"'],
    ['SET a = ((:v + :v))', 'The expression has redundant parentheses;'],
    ['SET a = :v SET b = :v', 'The "SET" section can only be used once in an update expression;'],
  ])('%j', (text, message) => {
    expect(refusal(() => update(text, five))).toBe(`Invalid UpdateExpression: ${message}`);
  });
});

describe('bounds', () => {
  const many = (text: string, count: number, between: string): string => Array(count).fill(text).join(between);
  const tooMany = 'Invalid ConditionExpression: The expression contains too many operators; operator count: 301';

  test('300 operators', () => {
    expect(condition(many('a=:v', 150, ' AND '), five).kind).toBe('and');
    expect(refusal(() => condition(`NOT ${many('a=:v', 150, ' AND ')} OR a=:v`, five))).toBe(tooMany);
    expect(condition(`${'NOT ('.repeat(299)}a=:v${')'.repeat(299)}`, five).kind).toBe('not');
    expect(refusal(() => condition(`${'NOT '.repeat(300)}a=:v`, five))).toBe(tooMany);
    expect(refusal(() => update(`SET ${Array.from({ length: 301 }, (_, i) => `a${i}=b+:v`)}`, five))).toContain('operator count: 301');
  });

  test('4096 bytes', () => {
    expect(condition(`a=:v${' '.repeat(4092)}`, five).kind).toBe('compare');
    expect(refusal(() => condition(`a=:v${' '.repeat(4093)}`, five))).toContain('expression size: 4097');
    expect(update(`SET ${Array.from({ length: 525 }, (_, i) => `x${i}=:v`)}`, five).set).toHaveLength(525);
  });

  test.each<[string, Values | undefined]>([
    [`${'('.repeat(2045)}a=:v${')'.repeat(2045)}`, five],
    ['('.repeat(4096), undefined],
    ['NOT '.repeat(1023), undefined],
    ['NOT('.repeat(1024), undefined],
    [`${'size('.repeat(800)}a`, undefined],
    [`a${'[0]'.repeat(1300)}=`, undefined],
  ])('deep nesting does no harm: %#', (text, values) => {
    expect(refusal(() => condition(text, values))).toMatch(/^Invalid ConditionExpression: /);
  });

  test('functions nest as deep as the size allows', () => {
    const text = `SET q=${'if_not_exists(a,'.repeat(240)}:v${')'.repeat(240)}`;
    expect(update(text, five).set).toHaveLength(1);
  });
});
