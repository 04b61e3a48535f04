/**
 * Attribute names. Attributes are ordered by canonical path, whose length field counts UTF-16 code
 * units, the encryption context by UTF-8 bytes: every set of names here mixes lengths, planes and actions.
 */
import { CONTEXT, config, ENCRYPT, N, NOTHING, S, SIGN, WITH_ECDSA, WITHOUT_ECDSA } from './parts.mjs';

const single = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'prototype',
  '__defineGetter__',
  'length',
  'null',
  'undefined',
  '0',
  '10',
  ' ',
  'a b',
  'a.b',
  'a[0]',
  '#name',
  '$',
  '/',
  'UPPER',
  'é',
  'e\u0301',
  'ÿ',
  '日本',
  '\uFF5E',
  '\uFFFF',
  '\uE000',
  '\u{10001}',
  '🙂🙂',
  '\uFEFFbom',
  '\u0000',
  '\u200B',
  'aws-crypto',
  'aws_db',
  'AWS_DBE_x',
  'x'.repeat(255),
  'é'.repeat(200),
  '\u{10001}'.repeat(120),
  'n'.repeat(3000),
];

const sets = {
  'lengths one to four': ['a', 'bb', 'ccc', 'dddd'],
  'longer names first in the alphabet': ['aaaa', 'bbb', 'cc', 'd'],
  'specification example': ['Junk', 'Stuff', 'RecNum', 'Bytes'],
  'the vectors of AWS': ['A', '\uD000', '\uFE4C', '\u{10001}', '\u{10002}', '\u{20002}'],
  'length in code units decides': ['\u{10001}', 'é', 'zz', 'aaa', '\uFF5E'],
  'four bytes, one, two and four units': ['\u{10001}', 'éé', 'abcd', '\uFF5Ea'],
  'two units, four to six bytes': ['\u{10001}', '\uFF5E\uFF5E', 'éé', 'zz', '\uE000\uE001'],
  'surrogates before private use in UTF-16': ['\uE000x', '\u{10000}', '\uFFFDx', '\u{10FFFF}', '\uD7FFx'],
  'common prefixes': ['name', 'name1', 'name10', 'name2', 'nam', 'namé'],
  'letter case': ['Name', 'name', 'NAME', 'nAme'],
  'composed and decomposed': ['é', 'e\u0301', 'e', 'É'],
  'prototype names': ['__proto__', 'constructor', 'toString', 'valueOf', 'isPrototypeOf'],
  'number-like': ['1', '2', '10', '01', '-1', '1.0'],
  'dots and dollars': ['$', '$a', 'a$', 'a.b', 'a.c'],
  'the context prefix inside': ['aws-crypt', 'attr', 'aws_dbe', 'aws-cryptoX'],
};

const rotations = [
  [ENCRYPT, SIGN, NOTHING],
  [SIGN, ENCRYPT, ENCRYPT],
  [ENCRYPT, CONTEXT, SIGN],
  [CONTEXT, ENCRYPT, NOTHING, CONTEXT],
];

/** @param {string[]} names @param {string[]} actions @param {string} algorithmSuiteId */
function configured(names, actions, algorithmSuiteId) {
  const chosen = names.map((name, index) => ({ name, action: actions[index % actions.length] ?? ENCRYPT }));
  const unsigned = chosen.filter(({ action }) => action === NOTHING).map(({ name }) => name);
  return config(Object.fromEntries(chosen.map(({ name, action }) => [name, action])), {
    algorithmSuiteId,
    ...(unsigned.length === 0 ? {} : { allowedUnsignedAttributes: unsigned }),
  });
}

/** @param {string[]} names */
function itemOf(names) {
  const entries = names.map((name, index) => [name, index % 2 === 0 ? S(`value of ${index}`) : N(`${index}.50`)]);
  return Object.fromEntries([['id', S('names')], ...entries]);
}

/** @returns {import('./parts.mjs').Case[]} */
export function nameCases() {
  const one = single.flatMap((name, index) => {
    const label = name.length > 20 ? `${name.slice(0, 2)} repeated, ${name.length} units` : JSON.stringify(name);
    const actions = [[ENCRYPT], [CONTEXT]];
    return actions.map(([action], position) => ({
      name: `attribute name: ${label} ${action}`,
      config: configured([name, 'other'], [action ?? ENCRYPT, ENCRYPT], (index + position) % 3 === 0 ? WITH_ECDSA : WITHOUT_ECDSA),
      item: itemOf([name, 'other']),
    }));
  });
  const many = Object.entries(sets).flatMap(([label, names], index) =>
    rotations.map((actions, turn) => ({
      name: `attribute names: ${label}, actions ${turn}`,
      config: configured(names, actions, (index + turn) % 2 === 0 ? WITHOUT_ECDSA : WITH_ECDSA),
      item: itemOf(names),
    })),
  );
  return [...one, ...many];
}
