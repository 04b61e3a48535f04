/** The figures of a run as a Markdown table, which also reads well on a terminal. */
import { median, timesAsFast } from '../measure.mjs';

/** @typedef {import('../measure.mjs').Rates} Rates */
/** @typedef {{ requests: string[], kmsCalls: Record<string, number> }} Counted */
/** @typedef {{ title: string, rates: Rates, counted: Counted }} Row */
/**
 * @typedef {object} Run
 * @property {import('../machine.mjs').Machine} machine
 * @property {number} loadAverageAfter
 * @property {{ seconds: number, rounds: number }} options
 * @property {Row[]} rows
 */

const LEGEND = `Milliseconds a command takes, one at a time, medians; in brackets how many times as long as without encryption, the median of the ratios within
each round. Requests and calls to KMS are those of one command with a KMS keyring.`;

/** @param {Run} run @returns {string} */
export function reportOf({ machine, loadAverageAfter, options, rows }) {
  const { node, openssl, processor, cores, loadAverage } = machine;
  const about = `Node ${node}, OpenSSL ${openssl}, ${processor}, ${cores} cores, load average ${loadAverage} before and ${loadAverageAfter} after; DynamoDB Local on the same machine; ${options.rounds} rounds, ${options.seconds} s for each client and command.`;
  const busy =
    Math.max(loadAverage, loadAverageAfter) > cores ? '\n\nThe machine was busy with other work: only the ratios mean anything.' : '';
  const head = ['command', 'plain', '0x6700', '0x6701', 'requests', 'calls to KMS'];
  return `${about}${busy}\n\n${LEGEND}\n\n${markdown([head, ...rows.map(lineOf)])}\n`;
}

/** @param {Row} row */
function lineOf({ title, rates, counted }) {
  const calls = Object.entries(counted.kmsCalls).map(([operation, count]) => `${count} ${operation}`);
  return [
    title,
    milliseconds(rates, 'plain'),
    compared(rates, '0x6700'),
    compared(rates, '0x6701'),
    counted.requests.join(', '),
    calls.join(', ') || 'none',
  ];
}

/** @param {Rates} rates @param {string} name */
function compared(rates, name) {
  const ratio = timesAsFast(rates, 'plain', name);
  return `${milliseconds(rates, name)}${ratio === undefined ? '' : ` (${ratio.toFixed(2)}×)`}`;
}

/** @param {Rates} rates @param {string} name */
function milliseconds(rates, name) {
  const rate = rates[name];
  return rate === undefined ? '' : (1000 / median(rate)).toFixed(2);
}

/** @param {string[][]} rows the first one is the head */
function markdown(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map(row => row[column]?.length ?? 0)));
  const line = row => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...body.map(line)].join('\n');
}
