/** Arbitrary DynamoDB values, with a taste for what implementations get wrong. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { normalizeNumber } from '../reference/numbers.ts';

/** U+FE4C sorts after U+10001 in UTF-16 and before it in UTF-8; `1` and `10` are index keys, which JavaScript moves to the front. */
const TRAPS = [
  '__proto__',
  'constructor',
  'toString',
  '\ufe4c',
  '\ud7ff',
  '\u{10001}',
  '\u{10ffff}',
  '\ufeffa',
  'é',
  'e\u0301',
  '\0',
  '1',
  '10',
];

const letter = fc.constantFrom('a', 'B', 'é', '\ud7ff', '\ue000', '\ufe4c', '\uffff', '\u{10000}', '\u{1f600}');

/** Well-formed text: any code point but lone surrogates. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: letter, maxLength: 3 }),
  fc.constantFrom(...TRAPS),
);

/** A name that a user may give an attribute. Short ones are likely, so that many have the same length. */
export const attributeName: fc.Arbitrary<string> = fc
  .oneof(text, fc.constantFrom('aws_dbe', 'aws-crypto', 'aws_db_head'))
  .filter(name => name !== '' && !name.startsWith('aws_dbe_') && !name.startsWith('aws-crypto-'));

export const bytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 24 });

const digits = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...'0012345678900'), maxLength });

/** What has the look of a number; some are out of range, too long, or no numbers. */
export const numberText: fc.Arbitrary<string> = fc
  .record({
    sign: fc.constantFrom('', '', '-', '+'),
    whole: digits(22),
    fraction: fc.oneof(
      fc.constant(''),
      fc.constant('.'),
      digits(22).map(fraction => `.${fraction}`),
    ),
    exponent: fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('e', 'E', 'e+'), fc.nat(140)),
      fc.tuple(fc.constantFrom('e-', 'E-'), fc.nat(140)),
    ),
  })
  .map(({ sign, whole, fraction, exponent }) => sign + whole + fraction + (typeof exponent === 'string' ? exponent : exponent.join('')));

function isStorable(number: string): boolean {
  try {
    return normalizeNumber(number) !== '';
  } catch {
    return false;
  }
}

/** A number that DynamoDB stores, in any way to write it. */
export const number: fc.Arbitrary<string> = fc.oneof(
  numberText.filter(isStorable),
  fc.constantFrom('0', '-0', '+0.00e7', '1', '1.0', '1e0', '00.0011', '2000.000', '.5', '1.', '123.456e5', '9.9e125', '1e-130', '-1E-130'),
  fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n).map(String),
);

const leaf: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map(S => ({ S })),
  number.map(N => ({ N })),
  bytes.map(B => ({ B })),
  fc.boolean().map(BOOL => ({ BOOL })),
  fc.constantFrom({ NULL: true }, { NULL: true }, { NULL: false as boolean }).map(value => value as AttributeValue), // the SDK's type knows true only
  fc.uniqueArray(text, { maxLength: 5 }).map(SS => ({ SS })),
  fc.uniqueArray(number, { maxLength: 5, selector: normalizeNumber }).map(NS => ({ NS })),
  fc.uniqueArray(bytes, { maxLength: 5, selector: String }).map(BS => ({ BS })),
);

const mapKey = text.filter(key => key !== ''); // the empty one is legal in Java's DB-ESDK alone

/** A map by entries: assignment would lose `__proto__`. */
function mapOf(element: fc.Arbitrary<AttributeValue>): fc.Arbitrary<Record<string, AttributeValue>> {
  return fc.uniqueArray(fc.tuple(mapKey, element), { maxLength: 4, selector: ([key]) => key }).map(entries => Object.fromEntries(entries));
}

const { value: branching } = fc.letrec<{ value: AttributeValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map(L => ({ L })) },
    { weight: 1, arbitrary: mapOf(tie('value')).map(M => ({ M })) },
  ),
}));

/** Wrapped in so many lists and maps. */
export function nest(value: AttributeValue, levels: number): AttributeValue {
  let nested = value;
  for (let level = 0; level < levels; level++) nested = level % 2 === 0 ? { L: [nested] } : { M: { k: nested } };
  return nested;
}

/** Any value that can be encrypted and signed; the deepest have the 32 levels that the format allows. */
export const attributeValue: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 9, arbitrary: branching },
  { weight: 1, arbitrary: fc.tuple(leaf, fc.nat(31)).map(([value, levels]) => nest(value, levels)) },
);
