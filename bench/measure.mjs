/** Time: how fast one competitor is, and how competitors take turns. */
import { performance } from 'node:perf_hooks';

/**
 * Someone who does the work of a cell, over and over, or says why it cannot.
 *
 * @typedef {object} Competitor
 * @property {string} name unique within its cell
 * @property {(seconds: number) => Promise<number>} measure items a second over that time
 * @property {number} [warmUpSeconds] default: {@link WARM_UP_SECONDS}, or less when less is measured
 * @property {number} [seconds] measured over all rounds, when it is not what the others get
 */
/** @typedef {Record<string, number[]>} Rates items a second by competitor: one figure for each round */

const WARM_UP_SECONDS = 0.7;

/**
 * Repeats some work. Items are counted against the wall clock, which is right for any number in flight; the work may return a promise or not
 * (to wait for a plain value costs a tenth of a microsecond).
 *
 * @param {string} name
 * @param {() => unknown} once
 * @param {number} [inFlight] how many run at the same time
 * @returns {Competitor}
 */
export function repeated(name, once, inFlight = 1) {
  return { name, measure: seconds => rateOf(once, seconds, inFlight) };
}

/** @param {() => unknown} once @param {number} seconds @param {number} inFlight */
async function rateOf(once, seconds, inFlight) {
  const start = performance.now();
  const end = start + seconds * 1000;
  let items = 0;
  async function keepOneInFlight() {
    do {
      await once();
      items++;
    } while (performance.now() < end);
  }
  await Promise.all(Array.from({ length: inFlight }, keepOneInFlight));
  return (items * 1000) / (performance.now() - start);
}

/**
 * Warms everybody up, then lets them take turns (A B C, A B C, …), so that whatever else the machine does hits all of them alike.
 *
 * @param {readonly Competitor[]} competitors
 * @param {{ seconds: number, rounds: number, onTurn?: (round: number, name: string) => void }} options
 * @returns {Promise<Rates>}
 */
export async function takeTurns(competitors, { seconds, rounds, onTurn = () => undefined }) {
  for (const { name, measure, warmUpSeconds = Math.min(WARM_UP_SECONDS, seconds) } of competitors) {
    onTurn(0, name);
    await measure(warmUpSeconds);
  }
  /** @type {Rates} */
  const rates = Object.fromEntries(competitors.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, measure, seconds: own = seconds } of competitors) {
      onTurn(round, name);
      rates[name]?.push(await measure(own / rounds));
    }
  }
  return rates;
}

/** The median; the mean of the middle two of an even number. @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = sorted.length % 2 === 0 ? [sorted[middle - 1], sorted[middle]] : [sorted[middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/**
 * How many times as fast a competitor is as another: the median of the ratios within each round, in which both ran next to each other.
 *
 * @param {Rates} rates
 * @param {string} name
 * @param {string} other
 * @returns {number | undefined} undefined when one of them did not run
 */
export function timesAsFast(rates, name, other) {
  const [a, b] = [rates[name], rates[other]];
  if (a === undefined || b === undefined) return undefined;
  return median(a.map((rate, round) => rate / (b[round] ?? Number.NaN)));
}
