/** Sizes: many attributes, deep nesting, odd table names, large items. */
import { Buffer } from 'node:buffer';
import {
  aes192,
  aes256,
  B,
  BOOL,
  CONTEXT,
  config,
  ENCRYPT,
  L,
  M,
  multi,
  N,
  NS,
  otherAes256,
  randomFrom,
  S,
  SIGN,
  SS,
  WITH_ECDSA,
  WITHOUT_ECDSA,
} from './parts.mjs';

/** @typedef {import('./parts.mjs').Value} Value */

const tables = {
  empty: '',
  'one letter': 't',
  'non-ASCII': 'bücher-日本',
  'non-BMP': '\u{10001}\u{10002}',
  'three hundred letters': 't'.repeat(300),
  'with dollars and zeros': '$\u0000\u0000$',
  'like an attribute path': 'interop\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001$',
};

/** @param {number} levels @param {(inner: Value, level: number) => Value} wrap @param {Value} [core] */
export function nested(levels, wrap, core = S('core')) {
  let value = core;
  for (let level = 0; level < levels; level++) value = wrap(value, level);
  return value;
}

/** @param {Value} inner @param {number} level */
const alternate = (inner, level) => (level % 2 === 0 ? L(inner) : M([`level ${level}`, inner]));
const depths = {
  'lists 31 deep': nested(31, inner => L(inner)),
  'maps 31 deep': nested(31, inner => M(['k', inner])),
  'lists and maps 31 deep': nested(31, alternate),
  'a set under 31 wrappers': nested(31, alternate, NS('10', '9')),
  'an empty list under 31 wrappers': nested(31, alternate, L()),
  'wide and 20 deep': nested(20, (inner, level) => L(N(String(level)), inner, S(`after ${level}`))),
};

/** @param {number} count @param {boolean} version2 @param {string} algorithmSuiteId */
function manyAttributes(count, version2, algorithmSuiteId) {
  const random = randomFrom(count);
  const names = Array.from({ length: count }, (_, index) => `${'attr'.repeat(1 + Math.floor(random() * 3))}${index}`);
  const actions = [ENCRYPT, SIGN, ENCRYPT, version2 ? CONTEXT : ENCRYPT];
  const chosen = names.map((name, index) => [name, actions[index % actions.length]]);
  const items = names.map((name, index) => [
    name,
    index % 3 === 0 ? S(`v${index}`) : index % 3 === 1 ? N(`${index}`) : BOOL(index % 2 === 0),
  ]);
  return {
    name: `shape: ${count} attributes, ${version2 ? 'v2' : 'v1'}`,
    config: config(Object.fromEntries(chosen), { algorithmSuiteId }),
    item: { id: S('many'), ...Object.fromEntries(items) },
  };
}

/** @returns {import('./parts.mjs').Case[]} */
export function shapeCases() {
  const small = { a: ENCRYPT, s: SIGN };
  const included = { a: ENCRYPT, c: CONTEXT };
  return [
    ...Object.entries(tables).flatMap(([name, logicalTableName]) => [
      { name: `table name v1: ${name}`, config: config(small, { logicalTableName }), item: { id: S('t'), a: S('x'), s: S('y') } },
      {
        name: `table name v2: ${name}`,
        config: config(included, { logicalTableName, algorithmSuiteId: WITH_ECDSA }),
        item: { id: S('t'), a: S('x'), c: S('y') },
      },
    ]),
    ...Object.entries(depths).flatMap(([name, value]) => [
      { name: `depth v1: ${name}`, config: config(small), item: { id: S('deep'), a: value, s: value } },
      { name: `depth v2: ${name}`, config: config(included), item: { id: S('deep'), a: value, c: value } },
    ]),
    manyAttributes(25, false, WITH_ECDSA),
    manyAttributes(100, false, WITHOUT_ECDSA),
    manyAttributes(120, true, WITH_ECDSA),
    manyAttributes(320, false, WITHOUT_ECDSA),
    {
      name: 'shape: a set of 500 numbers',
      config: config(small),
      item: { id: S('set'), a: NS(...Array.from({ length: 500 }, (_, index) => String(index * 3))), s: SS('b', 'a') },
    },
    {
      name: 'shape: 20 kilobytes of nested data',
      config: config(small, { algorithmSuiteId: WITH_ECDSA, keyring: multi(aes256, aes192, otherAes256) }),
      item: { id: S('orders'), a: orders(60), s: S('orders') },
    },
    ...largeCases(),
  ];
}

/** Text and lists compress well, so that the recorded items stay small; one item is large when encrypted. */
function largeCases() {
  const settings = { algorithmSuiteId: WITH_ECDSA };
  const zeros = { B: Buffer.alloc(150_000).toString('base64') };
  return [
    {
      name: 'large: 300 KB of text, encrypted',
      config: config({ a: ENCRYPT }),
      item: { id: S('large'), a: S('0123456789abcdef'.repeat(18_750)) },
      large: true,
    },
    {
      name: 'large: 300 KB signed',
      config: config({ s: SIGN, b: SIGN, a: ENCRYPT }, settings),
      item: { id: S('large'), s: S('é'.repeat(75_000)), b: zeros, a: B(1) },
      large: true,
    },
    {
      name: 'large: 300 KB of nested data, signed',
      config: config({ s: SIGN, a: ENCRYPT, c: CONTEXT }, settings),
      item: { id: S('large'), s: orders(900), a: S('x'), c: S('y') },
      large: true,
    },
  ];
}

/** @param {number} count @returns {Value} */
function orders(count) {
  const order = (/** @type {number} */ index) =>
    M(
      ['sku', S(`SKU-${String(index).padStart(6, '0')}`)],
      ['quantity', N(String((index % 7) + 1))],
      ['price', N(`${index}.50`)],
      ['tags', SS('new', `series-${index % 5}`)],
      ['note', S('leave at the door '.repeat(12))],
      ['gift', BOOL(index % 2 === 0)],
    );
  return L(...Array.from({ length: count }, (_, index) => order(index)));
}
