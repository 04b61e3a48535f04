/** Items of pseudo-random shape: names, nesting, actions, keyring and suite are drawn from a fixed seed. */
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
  randomFrom,
  rsa2048,
  S,
  SIGN,
  SS,
  WITH_ECDSA,
  WITHOUT_ECDSA,
} from './parts.mjs';

/** @typedef {() => number} Random */

const letters = [
  'a',
  'b',
  'Z',
  '0',
  '_',
  '.',
  ' ',
  'é',
  'ß',
  'ё',
  '日',
  '\uE000',
  '\uFF5E',
  '\uFFFD',
  '\u{10000}',
  '\u{10001}',
  '🙂',
  '\u0301',
];
const keyrings = [aes256, aes192, aes128, otherAes256, multi(aes256, otherAes256), multi(otherAes256, aes128, rsa2048)];

/** @template T @param {Random} random @param {T[]} choices @returns {T} */
function pick(random, choices) {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError('nothing to pick from');
  return choice;
}

/** @template T @param {Random} random @param {number} most @param {(index: number) => T} make @returns {T[]} */
function several(random, most, make) {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, (_, index) => make(index));
}

/** @param {Random} random @param {number} most */
const text = (random, most) => several(random, most, () => pick(random, letters)).join('');
/** @param {Random} random */
const bytes = random => several(random, 12, () => Math.floor(random() * 256));

/** @param {Random} random */
function number(random) {
  const digits = String(Math.floor(random() * 1e6));
  return pick(random, ['', '-', '+']) + pick(random, [digits, `${digits}.${digits}`, `0.00${digits}`, `${digits}e3`, `00${digits}.0`]);
}

/** Distinct numbers whatever their rendering. @param {Random} random @param {number} index */
const distinct = (random, index) => pick(random, [`${index + 1}`, `${index + 1}.0`, `0${index + 1}`, `${index + 1}0e-1`]);

/** @param {Random} random @param {number} depth @returns {import('./parts.mjs').Value} */
function value(random, depth) {
  const scalars = [
    () => S(text(random, 20)),
    () => N(number(random)),
    () => B(...bytes(random)),
    () => BOOL(random() < 0.5),
    () => NULL(),
    () => SS(...new Set([pick(random, letters), ...several(random, 6, () => text(random, 3))])),
    () => NS(...several(random, 6, index => distinct(random, index))),
    () => BS(...several(random, 5, index => [...bytes(random), index])),
  ];
  const nested = [
    () => L(...several(random, 4, () => value(random, depth - 1))),
    () => M(...several(random, 4, () => entry(random, depth - 1))),
  ];
  return pick(random, depth > 0 ? [...scalars, ...nested, ...nested] : scalars)();
}

/** @param {Random} random @param {number} depth @returns {[string, import('./parts.mjs').Value]} */
const entry = (random, depth) => [pick(random, letters) + text(random, 4), value(random, depth)];

/** @param {number} seed @returns {import('./parts.mjs').Case} */
function randomCase(seed) {
  const random = randomFrom(seed);
  const version2 = random() < 0.5;
  const actions = version2 ? [ENCRYPT, SIGN, CONTEXT, NOTHING] : [ENCRYPT, ENCRYPT, SIGN, NOTHING];
  const attributes = Object.entries(Object.fromEntries([entry(random, 2), ...several(random, 9, () => entry(random, 4))]));
  const chosen = Object.fromEntries(attributes.map(([name]) => [name, pick(random, actions)]));
  const unsigned = Object.keys(chosen).filter(name => chosen[name] === NOTHING);
  const sortKeyName = random() < 0.5 ? 'range' : undefined;
  const settings = {
    logicalTableName: `table-${text(random, 4)}`,
    algorithmSuiteId: pick(random, [WITHOUT_ECDSA, WITH_ECDSA]),
    keyring: pick(random, keyrings),
    ...(sortKeyName === undefined ? {} : { sortKeyName }),
    ...(unsigned.length === 0 ? {} : { allowedUnsignedAttributes: unsigned }),
  };
  const keys = { id: pick(random, [S(`key ${seed}`), N(number(random)), B(...bytes(random))]) };
  const range = { range: pick(random, [S(text(random, 5)), N(number(random))]) };
  return {
    name: `random ${seed}`,
    config: config(chosen, settings),
    item: { ...keys, ...(sortKeyName === undefined ? {} : range), ...Object.fromEntries(attributes) },
  };
}

/** @param {number} count @returns {import('./parts.mjs').Case[]} */
export function randomCases(count) {
  return Array.from({ length: count }, (_, index) => randomCase(index + 1));
}
