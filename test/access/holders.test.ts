import { inspect } from 'node:util';
import { isMasked, isPseudonym, masked, pseudonymous, sensitive } from 'fieldseal';
import { describe, expect, test } from 'vitest';
import { hold } from '../../src/access/holders/masked.ts';
import { holdPseudonym } from '../../src/access/holders/pseudonym.ts';
import { isUnwritable } from '../../src/bytes/unwritable.ts';
import { printedByConsole } from './printed.ts';

/** However a value is printed. */
function printed(value: unknown): string {
  const bare = inspect(value, { customInspect: false, showHidden: true });
  return [printedByConsole(value), bare, JSON.stringify({ value }), String(value)].join('\n');
}

describe.each([
  ['a masked value', hold('****1120')],
  ['a pseudonym', holdPseudonym('****1120')],
])('%s', (_, holder) => {
  test('is its text wherever it is printed', () => {
    expect(String(holder)).toBe('****1120');
    expect(`${holder}`).toBe('****1120');
    expect(JSON.stringify({ holder })).toBe('{"holder":"****1120"}');
    expect(inspect(holder)).toBe('****1120');
    expect(printed(holder)).toContain('****1120');
  });

  test('is frozen, and cannot be written', () => {
    expect(Object.isFrozen(holder)).toBe(true);
    expect(isUnwritable(holder)).toBe(true);
    expect(Object.keys(holder)).toEqual([]);
  });
});

test('brands tell the holders apart', () => {
  expect([hold('x'), holdPseudonym('x'), sensitive('x'), 'x', null, undefined, {}].map(isMasked)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(hold('x')[masked]).toBe(true);
  expect(holdPseudonym('x')[pseudonymous]).toBe(true);
  expect([isPseudonym(holdPseudonym('x')), isPseudonym(hold('x'))]).toEqual([true, false]);
});

describe('a sensitive value', () => {
  const secret = { token: 'a secret' };
  const holder = sensitive(secret);

  test('is printed nowhere', () => {
    expect(printed(holder)).not.toContain('secret');
    expect(String(holder)).toBe('[redacted]');
    expect(inspect(holder)).toBe('[redacted]');
    expect(JSON.stringify({ holder })).toBe('{"holder":"[redacted]"}');
  });

  test('is there for who asks', () => {
    expect(holder.unwrap()).toBe(secret);
    expect([Object.isFrozen(holder), isUnwritable(holder)]).toEqual([true, true]);
  });
});
