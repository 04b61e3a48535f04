/** The command line of the benchmark. */
import { parseArgs } from 'node:util';
import { DIRECTIONS, KEYRINGS, SCENARIOS, SUITES } from './scenarios.mjs';

/** Kinds of competitors, in the order in which they take turns. */
export const KINDS = /** @type {const} */ (['fieldseal', 'floor', 'java', 'esdk']);

/**
 * @typedef {object} Options
 * @property {string[]} only names of scenarios
 * @property {import('./scenarios.mjs').Suite[]} suites
 * @property {import('./scenarios.mjs').KeyringName[]} keyrings
 * @property {import('./scenarios.mjs').Direction[]} directions
 * @property {string[]} kinds which competitors run
 * @property {number} seconds measured for each competitor, over all rounds
 * @property {number} javaSeconds the same for the Java peer
 * @property {number} rounds
 * @property {boolean} json
 */

export const USAGE = `usage: npm run bench -- [options]

  --only S,M,L                     scenarios
  --suite 0x6700,0x6701            algorithm suites
  --keyring raw-aes,hierarchical   keyrings
  --direction encrypt,decrypt      directions
  --competitors ${KINDS.join(',')}   who runs; fieldseal always does
  --no-java                        the same without the Java peer
  --seconds N                      measured for each competitor, over all rounds (default 5)
  --java-seconds N                 the same for the Java peer (default 14; less than 10 measures a JVM that is not warm)
  --rounds N                       how often the competitors take turns (default 5)
  --json                           results as JSON on standard output
`;

/**
 * @param {readonly string[]} args
 * @returns {Options | undefined} undefined when help is asked for
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      suite: { type: 'string' },
      keyring: { type: 'string' },
      direction: { type: 'string' },
      competitors: { type: 'string' },
      'no-java': { type: 'boolean' },
      seconds: { type: 'string' },
      'java-seconds': { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const kinds = listOf(values.competitors, KINDS, '--competitors');
  return {
    only: listOf(
      values.only,
      SCENARIOS.map(({ name }) => name),
      '--only',
    ),
    suites: listOf(values.suite, SUITES, '--suite'),
    keyrings: listOf(values.keyring, KEYRINGS, '--keyring'),
    directions: listOf(values.direction, DIRECTIONS, '--direction'),
    kinds: values['no-java'] ? kinds.filter(kind => kind !== 'java') : kinds,
    seconds: positive(values.seconds ?? '5', '--seconds'),
    javaSeconds: positive(values['java-seconds'] ?? '14', '--java-seconds'),
    rounds: Math.ceil(positive(values.rounds ?? '5', '--rounds')),
    json: values.json ?? false,
  };
}

/**
 * @template {string} T
 * @param {string | undefined} text
 * @param {readonly T[]} known
 * @param {string} option
 * @returns {T[]}
 */
function listOf(text, known, option) {
  const wanted = text === undefined ? known : text.split(',');
  const strange = wanted.find(name => !known.some(other => other === name));
  if (strange !== undefined) throw new TypeError(`${option}: "${strange}" is none of ${known.join(', ')}`);
  return known.filter(name => wanted.includes(name));
}

/** @param {string} text @param {string} option */
function positive(text, option) {
  const number = Number(text);
  if (!(number > 0)) throw new TypeError(`${option} takes a number above 0`);
  return number;
}
