/** Every attribute type, encrypted, signed, unsigned and (version 2) in the encryption context. */
import {
  aes128,
  aes192,
  aes256,
  B,
  BOOL,
  BS,
  CONTEXT,
  config,
  ENCRYPT,
  L,
  M,
  multi,
  N,
  NOTHING,
  NS,
  NULL,
  otherAes256,
  rsa2048,
  S,
  SIGN,
  SS,
  WITH_ECDSA,
  WITHOUT_ECDSA,
} from './parts.mjs';

/** @typedef {import('./parts.mjs').Value} Value */

const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
const inner = M(['name', S('inner')], ['count', N('7')], ['tags', SS('b', 'a')]);

/** @type {Record<string, Value>} */
const values = {
  'S empty': S(''),
  'S one letter': S('a'),
  'S sentence': S('The quick brown fox jumps over the lazy dog.'),
  'S accents': S('naïve façade, ÅÄÖ'),
  'S emoji with joiner': S('👩‍💻🙂'),
  'S U+10001': S('\u{10001}'),
  'S U+10FFFF': S('\u{10FFFF}'),
  'S U+FF5E': S('\uFF5E'),
  'S U+FFFF': S('\uFFFF'),
  'S leading byte order mark': S('\uFEFFtext'),
  'S only byte order mark': S('\uFEFF'),
  'S NUL characters': S('a\u0000b\u0000'),
  'S decomposed': S('e\u0301'),
  'S quotes and escapes': S('"\\/\b\f\n\r\t'),
  'S line separators': S('\u2028\u2029'),
  'S right to left': S('\u202Eשלום'),
  'S null as text': S('null'),
  'S 1000 letters': S('abcdefghij'.repeat(100)),
  'S 900 bytes in 300 letters': S('日'.repeat(300)),
  'N zero': N('0'),
  'N small': N('42'),
  'N negative fraction': N('-12.5'),
  'B empty': B(),
  'B one zero byte': B(0),
  'B one ff byte': B(255),
  'B every byte': B(...everyByte),
  'B not UTF-8': B(0xc3, 0x28, 0xff, 0xfe),
  'B 600 bytes': B(...Array.from({ length: 600 }, (_, index) => (index * 7) % 256)),
  'BOOL true': BOOL(true),
  'BOOL false': BOOL(false),
  'NULL true': NULL(),
  'NULL false': { NULL: false },
  'SS empty': SS(),
  'SS one': SS('only'),
  'SS empty string': SS(''),
  'SS empty string and more': SS('b', '', 'a'),
  'SS unsorted': SS('pear', 'apple', 'fig'),
  'SS letter case': SS('b', 'B', 'a', 'A', '_', '1'),
  'SS prefixes': SS('aab', 'a', 'aa', 'ab'),
  'SS UTF-16 and UTF-8 order differ': SS('\uFF5E', '\u{10001}'),
  'SS the same, other way round': SS('\u{10001}', '\uFF5E'),
  'SS private use and astral': SS('\u{10FFFF}', '\uE000', '\u{10000}', '\uD7FF', '\uFFFD'),
  'SS astral after a common prefix': SS('x\uFF5E', 'x\u{10001}', 'x', 'xz'),
  'SS composed and decomposed': SS('é', 'e\u0301', 'e'),
  'SS 40 members': SS(...Array.from({ length: 40 }, (_, index) => `member-${(index * 17) % 40}`)),
  'NS empty': NS(),
  'NS one': NS('1'),
  'NS sorted as text': NS('10', '2', '1.5', '-1', '100', '9'),
  'NS sorted after normalising': NS('1e2', '50', '-0', '0.001', '.5'),
  'NS order changes by normalising': NS('+5', '4', '0.3e1', '-2', '-1e1'),
  'NS leading zeros': NS('007', '06', '5'),
  'BS empty': BS(),
  'BS one empty member': BS([]),
  'BS empty member and more': BS([1], [], [0]),
  'BS unsigned order': BS([255], [0], [128], [127], [1]),
  'BS prefixes': BS([1, 2], [1], [1, 2, 3], [1, 0, 9]),
  'BS long members': BS(everyByte, everyByte.slice().reverse()),
  'L empty': L(),
  'L one': L(S('one')),
  'L every scalar': L(S(''), N('1.0'), B(1, 2), BOOL(true), BOOL(false), NULL()),
  'L every set': L(SS('b', 'a'), NS('2', '10'), BS([2], [1])),
  'L of empty values': L(S(''), B(), L(), M(), SS(), NS(), BS()),
  'L keeps order and repeats': L(N('2'), N('1'), N('2'), S('b'), S('a'), S('b')),
  'L of maps': L(inner, inner, M()),
  'L in L': L(L(), L(L()), L(L(L(S('deep'))))),
  'L of 100': L(...Array.from({ length: 100 }, (_, index) => N(String(index)))),
  'M empty': M(),
  'M one': M(['key', S('value')]),
  'M every type': M(
    ['s', S('x')],
    ['n', N('1')],
    ['b', B(1)],
    ['t', BOOL(true)],
    ['z', NULL()],
    ['ss', SS('b', 'a')],
    ['ns', NS('2', '10')],
    ['bs', BS([2], [1])],
    ['l', L(S('x'))],
    ['m', inner],
  ),
  'M unsorted keys': M(['pear', N('1')], ['apple', N('2')], ['fig', N('3')]),
  'M letter case': M(['b', N('1')], ['B', N('2')], ['a', N('3')], ['A', N('4')]),
  'M number-like keys': M(['10', S('ten')], ['2', S('two')], ['1', S('one')], ['01', S('zero one')], ['-1', S('minus one')]),
  'M UTF-16 and UTF-8 order differ': M(['\uFF5E', N('1')], ['\u{10001}', N('2')]),
  'M private use and astral': M(['\u{10FFFF}', N('1')], ['\uE000', N('2')], ['\u{10000}', N('3')], ['\uD7FF', N('4')]),
  'M composed and decomposed': M(['é', N('1')], ['e\u0301', N('2')], ['e', N('3')]),
  'M key __proto__': M(['__proto__', S('own')], ['a', S('b')]),
  'M key __proto__ with a map': M(['__proto__', M(['polluted', BOOL(true)])]),
  'M keys of Object.prototype': M(['constructor', S('c')], ['toString', S('t')], ['hasOwnProperty', S('h')], ['valueOf', N('1')]),
  'M keys like type names': M(['S', S('s')], ['N', N('1')], ['NULL', NULL()], ['M', M(['M', M()])]),
  'M keys like reserved attributes': M(['aws_dbe_head', S('not the head')], ['aws_dbe_foot', B(1)]),
  'M long key': M(['k'.repeat(2000), S('v')]),
  'M spaces and dots in keys': M(['a.b', N('1')], ['a b', N('2')], ['a[0]', N('3')], ['#a', N('4')], [':a', N('5')]),
  'M sets and maps in lists': M(['rows', L(M(['tags', SS('z', '\u{10001}', '\uFF5E')]), M(['tags', SS('y')]))]),
  'M six deep': M(['1', M(['2', L(M(['3', L(M(['4', NS('3', '20')]))]))])]),
};

const keyrings = [aes256, aes192, aes128, multi(aes256, otherAes256), rsa2048];

/**
 * Sixteen configurations with the same roles: both versions, both suites, with and without sort
 * key, unsigned attributes by list and by prefix, and five keyrings in turn.
 */
const pool = Array.from({ length: 16 }, (_, index) => {
  const version2 = (index & 1) !== 0;
  const sorted = (index & 4) !== 0;
  const byPrefix = (index & 8) !== 0;
  const unsigned = byPrefix ? ':unsigned' : 'unsigned';
  const actions = { encrypted: ENCRYPT, signed: SIGN, [unsigned]: NOTHING, ...(version2 ? { included: CONTEXT } : {}) };
  const settings = {
    algorithmSuiteId: (index & 2) !== 0 ? WITH_ECDSA : WITHOUT_ECDSA,
    keyring: keyrings[index % keyrings.length] ?? aes256,
    ...(sorted ? { sortKeyName: 'range' } : {}),
    ...(byPrefix ? { allowedUnsignedAttributePrefix: ':' } : { allowedUnsignedAttributes: [unsigned] }),
  };
  return { config: config(actions, settings), names: Object.keys(actions), sorted };
});

/** Each value twice, once in each version. @returns {import('./parts.mjs').Case[]} */
export function valueCases() {
  return Object.entries(values).flatMap(([name, value], index) =>
    [1, 2].map(version => {
      const { config, names, sorted } = pool[(2 * (version === 1 ? index : index + 3) + version - 1) % pool.length] ?? raise();
      const item = {
        id: S(name),
        ...(sorted ? { range: N(String(index)) } : {}),
        ...Object.fromEntries(names.map(attribute => [attribute, value])),
      };
      return { name: `value v${version}: ${name}`, config, item };
    }),
  );
}

/** @returns {never} */
function raise() {
  throw new RangeError('an index outside the pool');
}
