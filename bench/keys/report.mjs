/** The figures of a run as a Markdown table, which also reads well on a terminal. */
import { median } from '../measure.mjs';
import { CONTENDERS } from './keyrings.mjs';

/** @typedef {{ name: string, ms: number, kmsCalls: number, storeReads: number, failures: number, unreadable: number }} Turn */
/**
 * @typedef {object} Run
 * @property {import('../machine.mjs').Machine} machine
 * @property {number} loadAverageAfter
 * @property {import('./options.mjs').Options} options
 * @property {Turn[]} turns
 */

/** @param {Run} run @returns {string} */
export function reportOf({ machine, loadAverageAfter, options, turns }) {
  const { node, openssl, processor, cores, loadAverage } = machine;
  const { operations, tenants, inFlight, latencyMs, rounds } = options;
  const about = `Node ${node}, OpenSSL ${openssl}, ${processor}, ${cores} cores, load average ${loadAverage} before and ${loadAverageAfter} after. ${operations} reads and writes of ${tenants} tenants, ${inFlight} at a time, by a process that has fetched nothing; a call to KMS takes ${latencyMs} ms; medians of ${rounds} rounds.`;
  const first = CONTENDERS[0]?.name ?? '';
  const rows = CONTENDERS.map(({ name }) => {
    const own = turns.filter(turn => turn.name === name);
    const figure = key => Math.round(median(own.map(turn => turn[key])));
    const ratio = median(own.map((turn, round) => turn.ms / (turns.filter(one => one.name === first)[round]?.ms ?? Number.NaN)));
    return [name, figure('kmsCalls'), figure('storeReads'), `${ratio.toFixed(2)}×`, figure('failures'), figure('unreadable')];
  });
  const head = ['keyring', 'calls to KMS', 'reads of the key store', 'time', 'failed', 'unreadable elsewhere'];
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`);
  return `${about}\n\n${lines.join('\n')}\n`;
}
