/** What the library is expected to reach, and whether a run shows it. */
import { IN_FLIGHT, nameOf } from './competitors/fieldseal.mjs';
import { timesAsFast } from './measure.mjs';

/** @typedef {import('./run.mjs').Result} Result */
/**
 * @typedef {object} Expectation
 * @property {string} text
 * @property {string} suite
 * @property {(rates: import('./measure.mjs').Rates) => number | undefined} figure of one cell; undefined when somebody did not run
 * @property {(figure: number) => boolean} holds
 */
/** @typedef {{ text: string, direction: string, figure: number, holds: boolean }} Verdict */

const inFlight = name => nameOf(name, IN_FLIGHT);

/** All of scenario S with the raw AES keyring, each in both directions. @type {readonly Expectation[]} */
const EXPECTATIONS = [
  {
    text: '0x6700: at most 3 times the time of the floor',
    suite: '0x6700',
    figure: rates => timesAsFast(rates, 'floor', 'fieldseal'),
    holds: figure => figure <= 3,
  },
  {
    text: '0x6700: at least 3 times as fast as Java, warm',
    suite: '0x6700',
    figure: rates => timesAsFast(rates, 'fieldseal', 'java'),
    holds: figure => figure >= 3,
  },
  {
    text: '0x6700: at least 3 times as fast as Java, just started',
    suite: '0x6700',
    figure: rates => timesAsFast(rates, 'fieldseal', 'young java'),
    holds: figure => figure >= 3,
  },
  {
    text: `0x6701: at most 1.3 times the time of the ECDSA floor, ${IN_FLIGHT} in flight`,
    suite: '0x6701',
    figure: rates => timesAsFast(rates, inFlight('ecdsa floor'), inFlight('fieldseal')),
    holds: figure => figure <= 1.3,
  },
  {
    text: `0x6701: at most 1.3 times the time of the floor of all its primitives, ${IN_FLIGHT} in flight`,
    suite: '0x6701',
    figure: rates => timesAsFast(rates, inFlight('floor'), inFlight('fieldseal')),
    holds: figure => figure <= 1.3,
  },
  {
    text: `0x6701: at most 1.3 times the time of a bare verification with a loaded key, ${IN_FLIGHT} in flight`,
    suite: '0x6701',
    figure: rates => timesAsFast(rates, inFlight('bare verify'), inFlight('fieldseal')),
    holds: figure => figure <= 1.3,
  },
  {
    text: '0x6701: at most 1.3 times the time of the ECDSA floor, one at a time',
    suite: '0x6701',
    figure: rates => timesAsFast(rates, 'ecdsa floor', 'fieldseal'),
    holds: figure => figure <= 1.3,
  },
  {
    text: '0x6700: at least 20 times as fast as five messages of the AWS Encryption SDK for JavaScript in its default suite 0x578',
    suite: '0x6700',
    figure: rates => timesAsFast(rates, 'fieldseal', 'esdk 0x578'),
    holds: figure => figure >= 20,
  },
];

/** Those that the run can tell. @param {readonly Result[]} results @returns {Verdict[]} */
export function expectationsOf(results) {
  return EXPECTATIONS.flatMap(({ text, suite, figure, holds }) =>
    results.flatMap(({ cell, rates }) => {
      if (cell.scenario.name !== 'S' || cell.keyring !== 'raw-aes' || cell.suite !== suite) return [];
      const measured = figure(rates);
      return measured === undefined ? [] : [{ text, direction: cell.direction, figure: measured, holds: holds(measured) }];
    }),
  );
}
