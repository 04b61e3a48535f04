/** Random items, conditions and updates over few names and values, so that paths meet something and comparisons are close. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { AttributeMap } from '../../../src/dynamodb/attribute-value.ts';
import type { Condition, Literal, Operand, Path, Source, Update, ValueAction } from '../../../src/dynamodb/expressions/ast.ts';
import { stepsOf } from '../../../src/dynamodb/expressions/paths.ts';
import { normalizeNumber } from '../../reference/numbers.ts';

const NUMBERS = [
  '0',
  '-0.0',
  '1',
  '1.0',
  '2',
  '3',
  '-1',
  '10',
  '1e1',
  '0.1',
  '.5',
  '1e-130',
  '9.9e125',
  '9'.repeat(38),
  '-1e37',
  '1.5e-130',
];
const STRINGS = ['', 'a', 'ab', 'b', 'é', '\u{10000}', '\uffff', 'N'];
const NAMES = ['a', 'b', 'c', 'name', 'constructor', 'x.y', '😀'];

const number = fc.constantFrom(...NUMBERS);
const text = fc.constantFrom(...STRINGS);
const bytes = fc.constantFrom(Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(1, 2), Uint8Array.of(255));
const name = fc.constantFrom(...NAMES);

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 4, arbitrary: number.map(N => ({ N })) },
  { weight: 3, arbitrary: text.map(S => ({ S })) },
  bytes.map(B => ({ B })),
  fc.boolean().map(BOOL => ({ BOOL })),
  fc.constant({ NULL: true as const }),
);

const set: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map(SS => ({ SS })),
  fc.uniqueArray(number, { minLength: 1, maxLength: 3, selector: normalizeNumber }).map(NS => ({ NS })),
  fc.uniqueArray(bytes, { minLength: 1, maxLength: 2, selector: String }).map(BS => ({ BS })),
);

function mapOf(element: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeMap> {
  return fc.uniqueArray(fc.tuple(name, element), { maxLength: 4, selector: ([key]) => key }).map(entries => Object.fromEntries(entries));
}

const { value: anyValue } = fc.letrec<{ value: AttributeValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: set },
    { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map(L => ({ L })) },
    { weight: 3, arbitrary: mapOf(tie('value')).map(M => ({ M })) },
  ),
}));

export const item: fc.Arbitrary<AttributeMap> = mapOf(anyValue);

const attributePath: fc.Arbitrary<Path> = name.map(attribute => ({ kind: 'path', name: attribute, steps: [] }));

/** Any path, most often to nothing. */
const anyPath: fc.Arbitrary<Path> = fc
  .tuple(name, fc.array(fc.oneof(name, fc.nat(4)), { maxLength: 2, size: 'small' }))
  .map(([first, steps]) => ({ kind: 'path', name: first, steps }));

/** Paths of one item, by what an expression would use them for. */
interface Places {
  readonly any: fc.Arbitrary<Path>;
  readonly numbers: fc.Arbitrary<Path>;
  readonly lists: fc.Arbitrary<Path>;
  readonly sets: fc.Arbitrary<Path>;
  /** What exists, and what may be added to maps and lists. */
  readonly targets: fc.Arbitrary<Path>;
}

function placesIn(given: AttributeMap): Places {
  const found: { path: Path; value: AttributeValue }[] = [];
  const visit = (at: Path, inner: AttributeValue): void => {
    found.push({ path: at, value: inner });
    for (const [key, child] of Object.entries(inner.M ?? {})) visit(below(at, key), child);
    for (const [index, child] of (inner.L ?? []).entries()) visit(below(at, index), child);
  };
  for (const [attribute, inner] of Object.entries(given)) visit({ kind: 'path', name: attribute, steps: [] }, inner);
  const where = (is: (inner: AttributeValue) => unknown): fc.Arbitrary<Path> =>
    mostly(found.filter(({ value: inner }) => is(inner)).map(place => place.path));
  const [existing, maps, lists] = [where(() => true), where(({ M }) => M), where(({ L }) => L)];
  return {
    any: existing,
    numbers: where(({ N }) => N),
    lists,
    sets: where(({ SS, NS, BS }) => SS ?? NS ?? BS),
    targets: fc.oneof(
      existing,
      attributePath,
      ...(found.some(({ value: { M } }) => M) ? [fc.tuple(maps, name).map(([map, key]) => below(map, key))] : []),
      ...(found.some(({ value: { L } }) => L) ? [fc.tuple(lists, fc.nat(6)).map(([list, index]) => below(list, index))] : []),
    ),
  };
}

function mostly(paths: readonly Path[]): fc.Arbitrary<Path> {
  const usual = paths.length === 0 ? attributePath : fc.constantFrom(...paths);
  return fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: anyPath });
}

function below({ name: attribute, steps }: Path, step: string | number): Path {
  return { kind: 'path', name: attribute, steps: [...steps, step] };
}

function literal(of: fc.Arbitrary<AttributeValue>): fc.Arbitrary<Literal> {
  return of.map(given => ({ kind: 'literal', placeholder: ':given', value: given }));
}

const numberLiteral = literal(number.map(N => ({ N })));
const textLiteral = literal(text.map(S => ({ S })));
const typeName = literal(fc.constantFrom('S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M').map(S => ({ S })));

function leafOn({ any: path }: Places): fc.Arbitrary<Condition> {
  const operand: fc.Arbitrary<Operand> = fc.oneof(
    { weight: 4, arbitrary: path },
    { weight: 2, arbitrary: literal(anyValue) },
    { weight: 1, arbitrary: path.map(sized => ({ kind: 'size' as const, path: sized })) },
  );
  const ordered: fc.Arbitrary<Operand> = fc.oneof(path, numberLiteral, textLiteral);
  return fc.oneof(
    fc.record({ kind: fc.constant('compare' as const), comparator: fc.constantFrom('=', '<>'), left: operand, right: operand }),
    fc.record({
      kind: fc.constant('compare' as const),
      comparator: fc.constantFrom('<', '<=', '>', '>='),
      left: ordered,
      right: fc.oneof(ordered, operand),
    }),
    fc.record({ kind: fc.constant('between' as const), operand: ordered, low: ordered, high: ordered }),
    fc.record({ kind: fc.constant('in' as const), operand, candidates: fc.array(operand, { minLength: 1, maxLength: 4 }) }),
    fc.record({ kind: fc.constantFrom('attribute_exists', 'attribute_not_exists'), path }),
    fc.record({ kind: fc.constant('attribute_type' as const), path, type: typeName }),
    fc.record({ kind: fc.constant('begins_with' as const), operand: fc.oneof(path, textLiteral), other: fc.oneof(path, textLiteral) }),
    fc.record({ kind: fc.constant('contains' as const), operand, other: fc.oneof(operand, ordered) }),
  );
}

/** Conditions about an item. Some of them DynamoDB refuses. */
export function conditionOn(given: AttributeMap): fc.Arbitrary<Condition> {
  const leaf = leafOn(placesIn(given));
  return fc.letrec<{ condition: Condition }>(tie => ({
    condition: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      { weight: 4, arbitrary: leaf },
      { weight: 1, arbitrary: tie('condition').map(inner => ({ kind: 'not' as const, condition: inner })) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('and', 'or'), left: tie('condition'), right: tie('condition') }) },
    ),
  })).condition;
}

function sourceFrom({ any: path, numbers, lists }: Places): fc.Arbitrary<Source> {
  const orElse = (of: fc.Arbitrary<Path>, fallback: fc.Arbitrary<Source>): fc.Arbitrary<Source> =>
    fc.record({ kind: fc.constant('if_not_exists' as const), path: fc.oneof(of, anyPath), fallback });
  const addend: fc.Arbitrary<Source> = fc.oneof(numbers, numberLiteral, orElse(numbers, numberLiteral));
  const listLiteral = literal(fc.array(scalar, { maxLength: 2 }).map(L => ({ L })));
  const list: fc.Arbitrary<Source> = fc.oneof(lists, listLiteral, orElse(lists, listLiteral));
  return fc.oneof(
    path,
    literal(anyValue),
    fc.record({ kind: fc.constantFrom('plus', 'minus'), left: addend, right: addend }),
    fc.record({ kind: fc.constant('list_append' as const), left: list, right: list }),
    orElse(path, fc.oneof(path, literal(anyValue), orElse(path, literal(anyValue)))),
  );
}

/** Updates of an item. Some of them DynamoDB refuses: paths overlap, lead nowhere, or hold another type. */
export function updateOf(given: AttributeMap): fc.Arbitrary<Update> {
  const places = placesIn(given);
  const valueAction = (target: fc.Arbitrary<Path>, of: fc.Arbitrary<AttributeValue>): fc.Arbitrary<ValueAction> =>
    fc.record({ target: fc.oneof({ weight: 4, arbitrary: target }, { weight: 1, arbitrary: places.targets }), value: literal(of) });
  const actions = fc.record({
    set: fc.array(fc.record({ target: places.targets, source: sourceFrom(places) }), { maxLength: 3 }),
    remove: fc.array(places.targets, { maxLength: 3 }),
    add: fc.array(
      fc.oneof(
        valueAction(
          places.numbers,
          number.map(N => ({ N })),
        ),
        valueAction(places.sets, set),
      ),
      { maxLength: 2 },
    ),
    delete: fc.array(valueAction(places.sets, set), { maxLength: 2 }),
  });
  const separate = fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
  return fc
    .tuple(actions, separate)
    .map(([all, apart]) => (apart ? withoutClashes(all) : all))
    .filter(all => Object.values(all).some(clause => clause.length > 0));
}

/** Leaves out the actions whose targets overlap or conflict with one before. */
function withoutClashes(update: Update): Update {
  const seen: Path[] = [];
  const isFree = (target: Path): boolean => {
    if (seen.some(other => clash(stepsOf(target), stepsOf(other)))) return false;
    seen.push(target);
    return true;
  };
  return {
    set: update.set.filter(({ target }) => isFree(target)),
    remove: update.remove.filter(isFree),
    add: update.add.filter(({ target }) => isFree(target)),
    delete: update.delete.filter(({ target }) => isFree(target)),
  };
}

function clash([a, ...restOfA]: readonly (string | number)[], [b, ...restOfB]: readonly (string | number)[]): boolean {
  if (a === undefined || b === undefined) return true;
  return a === b ? clash(restOfA, restOfB) : typeof a !== typeof b;
}

/** Paths for a projection of an item. */
export function projectionOf(given: AttributeMap): fc.Arbitrary<Path[]> {
  return fc.array(placesIn(given).any, { minLength: 1, maxLength: 4 });
}

/** An item and something about it. */
export function withItem<T>(about: (given: AttributeMap) => fc.Arbitrary<T>): fc.Arbitrary<[AttributeMap, T]> {
  return item.chain(given => fc.tuple(fc.constant(given), about(given)));
}
