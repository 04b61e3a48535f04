import { describe, expect, test } from 'vitest';
import { parseCondition, parseUpdate } from '../../../src/dynamodb/expressions/parser.ts';
import { Scope } from '../../../src/dynamodb/expressions/scope.ts';
import { N, refusal, S } from './ours.ts';

describe('what the placeholders of one request must be', () => {
  test.each<[string, unknown, unknown, string]>([
    ['no names', {}, undefined, 'ExpressionAttributeNames must not be empty'],
    ['no values', undefined, {}, 'ExpressionAttributeValues must not be empty'],
    ['a name without #', { a: 'b' }, undefined, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'],
    ['a name with -', { '#a-b': 'b' }, undefined, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'],
    ['a bare colon', undefined, { ':': S('') }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: ":"'],
    ['an empty name', { '#a': '' }, undefined, 'ExpressionAttributeNames contains invalid value: Empty attribute name for key #a'],
    [
      'a name of 65536 bytes',
      { '#a': 'x'.repeat(65536) },
      undefined,
      'ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than 65536 bytes for key #a',
    ],
  ])('%s', (_, names, values, message) => {
    expect(refusal(() => new Scope(names, values))).toBe(message);
  });

  test.each([
    ['no type', {}],
    ['nothing', undefined],
    ['two types', { S: 'secret', N: '1' }],
    ['no number', { N: 'secret' }],
    ['a number of 39 digits', { N: '1'.repeat(39) }],
    ['a number out of range', { N: '1e126' }],
    ['an empty set', { L: [{ SS: [] }] }],
    ['a member twice', { SS: ['secret', 'secret'] }],
    ['a number twice', { M: { a: { NS: ['1', '1.0'] } } }],
    ['NULL that is false', { NULL: false }],
    ['an empty map key', { M: { '': { S: 'secret' } } }],
    ['a lone surrogate', { S: '\ud800' }],
  ])('%s is no value', (_, value) => {
    const given = (): unknown => new Scope(undefined, { ':v': value });
    expect(given).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }));
    expect(given).toThrow(/^:v: (?!.*secret)/);
  });
});

describe('what a request leaves unused', () => {
  const unused = (names: object | undefined, values: object | undefined, ...expressions: ((scope: Scope) => unknown)[]): string =>
    refusal(() => {
      const scope = new Scope(names, values);
      for (const parse of expressions) parse(scope);
      scope.refuseUnused();
    });

  test('is refused after all expressions', () => {
    const both = [(scope: Scope) => parseUpdate('SET #a = :a', scope), (scope: Scope) => parseCondition('#b = :b', scope)] as const;
    const names = { '#a': 'a', '#b': 'b' };
    const values = { ':a': N(1), ':b': N(2) };
    expect(unused(names, values, ...both)).toBe('not refused');
    expect(unused(names, { ...values, ':x': S('secret') }, ...both)).toBe(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}',
    );
    expect(unused({ ...names, '#y': 'y', '#z': 'z' }, values, ...both)).toBe(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#y, #z}',
    );
  });

  test('and so are placeholders without an expression', () => {
    expect(unused({ '#a': 'a' }, { ':a': N(1) })).toBe('ExpressionAttributeNames can only be specified when using expressions');
    expect(unused(undefined, { ':a': N(1) })).toBe('ExpressionAttributeValues can only be specified when using expressions');
    expect(unused(undefined, undefined)).toBe('not refused');
  });
});
