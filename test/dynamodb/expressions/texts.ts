/** Random text of expressions without values, some of it damaged: tokens are left out, doubled, swapped or put in. */
import fc from 'fast-check';

const PATHS = ['a', 'b', 'c', 'l [ 0 ]', 'l [ 1 ]', 'm . k', 'zz'];
const TARGETS = ['q', 'r', 'a', 'm . k', 'l [ 5 ]'];
const TOKENS =
  'a l [ 0 00 ] . ( ) = < <> , + - ! AND or NOT BETWEEN IN SET REMOVE ADD name foo size attribute_exists contains if_not_exists list_append'.split(
    ' ',
  );

const { operand } = fc.letrec<{ operand: string }>(tie => ({
  operand: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 6, arbitrary: fc.constantFrom(...PATHS) },
    { weight: 2, arbitrary: tie('operand').map(inner => `size ( ${inner} )`) },
    { weight: 1, arbitrary: tie('operand').map(inner => `( ${inner} )`) },
  ),
}));

const { condition } = fc.letrec<{ condition: string }>(tie => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    phrase(operand, fc.constantFrom('=', '<>', '<', '>='), operand),
    phrase(operand, 'BETWEEN', operand, 'AND', operand),
    phrase(operand, 'IN (', listOf(operand), ')'),
    phrase('attribute_exists (', operand, ')'),
    phrase(fc.constantFrom('contains', 'begins_with'), '(', operand, ',', operand, ')'),
    phrase('NOT', tie('condition')),
    phrase('(', tie('condition'), ')'),
    phrase(tie('condition'), fc.constantFrom('AND', 'OR', 'and'), tie('condition')),
  ),
}));

const { source } = fc.letrec<{ source: string }>(tie => ({
  source: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: fc.constantFrom(...PATHS, 'l') },
    { weight: 1, arbitrary: phrase('(', tie('source'), ')') },
    { weight: 1, arbitrary: phrase(tie('source'), fc.constantFrom('+', '-'), tie('source')) },
    { weight: 2, arbitrary: phrase(fc.constantFrom('if_not_exists', 'list_append'), '(', tie('source'), ',', tie('source'), ')') },
  ),
}));

const target = fc.constantFrom(...TARGETS);
const clause = fc.oneof(phrase('SET', listOf(phrase(target, '=', source))), phrase('REMOVE', listOf(target)));
const update = fc.array(clause, { minLength: 1, maxLength: 2 }).map(clauses => clauses.join(' '));

/** Text of conditions. */
export const conditionText: fc.Arbitrary<string> = damaged(condition);
/** Text of updates. */
export const updateText: fc.Arbitrary<string> = damaged(update);

function phrase(...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc.tuple(...parts.map(part => (typeof part === 'string' ? fc.constant(part) : part))).map(words => words.join(' '));
}

function listOf(element: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(element, { minLength: 1, maxLength: 2 }).map(elements => elements.join(' , '));
}

function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const damage = fc.record({ place: fc.nat(60), removed: fc.nat(1), inserted: fc.array(fc.constantFrom(...TOKENS), { maxLength: 2 }) });
  return fc.tuple(text, fc.array(damage, { maxLength: 2 })).map(([whole, damages]) => {
    const tokens = whole.split(' ');
    for (const { place, removed, inserted } of damages) tokens.splice(place % (tokens.length + 1), removed, ...inserted);
    return tokens.length === 0 ? 'a' : tokens.join(' ');
  });
}
