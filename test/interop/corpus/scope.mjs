/** What is signed and what is not: unsigned lists and prefixes, DO_NOTHING, reserved names, default settings. */
import { B, BOOL, CONTEXT, config, ENCRYPT, L, M, N, NOTHING, NS, NULL, S, SIGN, SS, WITH_ECDSA, WITHOUT_ECDSA } from './parts.mjs';

/** @typedef {import('./parts.mjs').Config} Config */
/** @typedef {import('./parts.mjs').Item} Item */

const id = S('scope');

/** @type {[string, Config, Item][]} */
const scopes = [
  ['one unsigned attribute', config({ a: ENCRYPT, u: NOTHING }, { allowedUnsignedAttributes: ['u'] }), { id, a: S('x'), u: S('y') }],
  ['unsigned attribute without an action', config({ a: ENCRYPT }, { allowedUnsignedAttributes: ['u'] }), { id, a: S('x'), u: S('y') }],
  ['unsigned attribute absent in the item', config({ a: ENCRYPT, u: NOTHING }, { allowedUnsignedAttributes: ['u'] }), { id, a: S('x') }],
  ['prefix with actions', config({ a: ENCRYPT, ':u': NOTHING }, { allowedUnsignedAttributePrefix: ':' }), { id, a: S('x'), ':u': N('1') }],
  [
    'prefix without actions',
    config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: ':' }),
    { id, a: S('x'), ':u': N('1'), ':': BOOL(true) },
  ],
  [
    'prefix of many letters',
    config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: 'open_' }),
    { id, a: S('x'), open_1: S('1'), open_: S('2') },
  ],
  ['non-ASCII prefix', config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: 'é' }), { id, a: S('x'), éa: S('1'), é: S('2') }],
  ['non-BMP prefix', config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: '\u{10001}' }), { id, a: S('x'), '\u{10001}b': S('1') }],
  [
    'list and prefix',
    config({ a: ENCRYPT, s: SIGN, u: NOTHING }, { allowedUnsignedAttributes: ['u', 'w'], allowedUnsignedAttributePrefix: ':' }),
    { id, a: S('x'), s: S('s'), u: S('1'), w: S('2'), ':z': S('3') },
  ],
  [
    'names like the unsigned ones stay signed',
    config({ a: ENCRYPT, 'u ': SIGN, U: SIGN, uu: ENCRYPT }, { allowedUnsignedAttributes: ['u'] }),
    { id, a: S('x'), 'u ': S('1'), U: S('2'), uu: S('3'), u: S('4') },
  ],
  [
    'unsigned __proto__ and constructor',
    config({ a: ENCRYPT, ['__proto__']: NOTHING, constructor: NOTHING }, { allowedUnsignedAttributes: ['__proto__', 'constructor'] }),
    { id, a: S('x'), ['__proto__']: S('own'), constructor: M(['__proto__', N('1')]) },
  ],
  [
    'values with the action DO_NOTHING are not validated',
    config(
      { a: ENCRYPT, ':ss': NOTHING, ':ns': NOTHING, ':n': NOTHING, ':big': NOTHING, ':l': NOTHING },
      { allowedUnsignedAttributePrefix: ':' },
    ),
    { id, a: S('x'), ':ss': SS('a', 'a'), ':ns': NS('1', '1.0'), ':n': N('not a number'), ':big': N('1e400'), ':l': L() },
  ],
  ['nothing encrypted', config({ a: SIGN, b: SIGN }), { id, a: S('x'), b: N('1') }],
  ['nothing but the key', config({}), { id }],
  ['nothing signed but the key', config({ a: NOTHING }, { allowedUnsignedAttributes: ['a'] }), { id, a: S('x') }],
  ['all encrypted', config({ a: ENCRYPT, b: ENCRYPT, c: ENCRYPT, d: ENCRYPT }), { id, a: S('x'), b: N('1'), c: B(1), d: NULL() }],
  ['all in the context', config({ a: CONTEXT, b: CONTEXT, c: CONTEXT }), { id, a: S('x'), b: N('01'), c: B(1) }],
  ['configured attributes that are absent', config({ a: ENCRYPT, b: ENCRYPT, s: SIGN }), { id, a: S('x') }],
  [
    'context of every type',
    config({
      s: CONTEXT,
      n: CONTEXT,
      z: CONTEXT,
      t: CONTEXT,
      f: CONTEXT,
      b: CONTEXT,
      l: CONTEXT,
      m: CONTEXT,
      ss: CONTEXT,
      secret: ENCRYPT,
    }),
    {
      id,
      s: S('text é'),
      n: N('1.50'),
      z: NULL(),
      t: BOOL(true),
      f: BOOL(false),
      b: B(0, 1),
      l: L(S('a')),
      m: M(['k', S('v')]),
      ss: SS('b', 'a'),
      secret: S('x'),
    },
  ],
  [
    'context with odd names',
    config({
      é: CONTEXT,
      '\uFF5E': CONTEXT,
      '\u{10001}': CONTEXT,
      ['__proto__']: CONTEXT,
      Z: CONTEXT,
      a: CONTEXT,
      zz: CONTEXT,
      secret: ENCRYPT,
    }),
    {
      id,
      é: N('1'),
      '\uFF5E': S('fullwidth'),
      '\u{10001}': S('astral'),
      ['__proto__']: NULL(),
      Z: BOOL(true),
      a: B(1),
      zz: S('\u{10001}'),
      secret: S('x'),
    },
  ],
  ['context of empty values', config({ s: CONTEXT, b: CONTEXT, l: CONTEXT, m: CONTEXT }), { id, s: S(''), b: B(), l: L(), m: M() }],
  ['context value that looks like another', config({ a: CONTEXT, b: CONTEXT }), { id, a: S('null'), b: S('1') }],
  ['context of a 3000-letter value', config({ a: CONTEXT }), { id, a: S('é'.repeat(3000)) }],
  [
    'reserved name in the unsigned list',
    config({ a: ENCRYPT }, { allowedUnsignedAttributes: ['aws_dbe_own'] }),
    { id, a: S('x'), aws_dbe_own: S('gone') },
  ],
  ['reserved prefix as the unsigned prefix', config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: 'aws_dbe_' }), { id, a: S('x') }],
  ['empty attribute name', config({ '': ENCRYPT, a: SIGN }), { id, '': S('x'), a: S('y') }],
  [
    'own reserved attributes are dropped',
    config({ a: ENCRYPT }),
    { id, a: S('x'), aws_dbe_own: S('gone after decryption'), aws_dbe_: N('1') },
  ],
  [
    'plaintext reads allowed',
    config({ a: ENCRYPT }, { plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' }),
    { id, a: S('x') },
  ],
  [
    'plaintext forbidden by name',
    config({ a: ENCRYPT }, { plaintextOverride: 'FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ' }),
    { id, a: S('x') },
  ],
];

/** @returns {import('./parts.mjs').Case[]} */
export function scopeCases() {
  const { algorithmSuiteId: _, ...unset } = config({ a: ENCRYPT });
  return [
    ...scopes.flatMap(([name, scope, item]) =>
      [WITHOUT_ECDSA, WITH_ECDSA].map((algorithmSuiteId, suite) => ({
        name: `scope suite ${suite}: ${name}`,
        config: { ...scope, algorithmSuiteId },
        item,
      })),
    ),
    { name: 'scope: no suite configured', config: unset, item: { id, a: S('x') }, note: 'the default suite is 0x6701' },
    {
      name: 'scope: plaintext is written as it is',
      config: config({ a: ENCRYPT }, { plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' }),
      item: { id, a: S('x'), unknown: S('y') },
      note: 'no header: the stored item is the plaintext',
    },
  ];
}
