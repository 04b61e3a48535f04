/** The figures of a run as Markdown tables, which also read well on a terminal. */
import { IN_FLIGHT, nameOf } from './competitors/fieldseal.mjs';
import { median, timesAsFast } from './measure.mjs';

/** @typedef {import('./measure.mjs').Rates} Rates */
/** @typedef {import('./run.mjs').Result} Result */
/**
 * @typedef {object} Run
 * @property {import('./machine.mjs').Machine} machine
 * @property {number} loadAverageAfter
 * @property {import('./options.mjs').Options} options
 * @property {Result[]} results
 * @property {import('./expectations.mjs').Verdict[]} expectations
 */
/** @typedef {{ title: string, cell: (rates: Rates) => string }} Column */

const pooled = name => nameOf(name, IN_FLIGHT);

/** Columns of each suite. The number in brackets is always a ratio to the library. @type {Record<string, Column[]>} */
const COLUMNS = {
  '0x6700': [
    rateOf('fieldseal'),
    rateOf(pooled('fieldseal')),
    floorOf('floor', 'fieldseal'),
    peerOf('Java, warm', 'java'),
    peerOf('Java, just started', 'young java'),
    peerOf('ESDK 0x478', 'esdk 0x478'),
    peerOf('ESDK 0x578', 'esdk 0x578'),
  ],
  '0x6701': [
    rateOf('fieldseal'),
    floorOf('ecdsa floor', 'fieldseal'),
    rateOf(pooled('fieldseal')),
    floorOf(pooled('ecdsa floor'), pooled('fieldseal')),
    floorOf(pooled('bare verify'), pooled('fieldseal')),
    floorOf(pooled('floor'), pooled('fieldseal')),
    peerOf('Java, warm', 'java'),
    peerOf('Java, just started', 'young java'),
    peerOf('ESDK 0x578', 'esdk 0x578'),
  ],
};

const LEGEND = `Items a second, medians. "time ÷ floor" is how much longer the library takes than the floor beside it (1.00 is as fast); "× as fast" is how
many times as fast the library is, one item at a time, as that competitor. Ratios are medians of the ratios within each round.`;

/** @param {Run} run @returns {string} */
export function reportOf({ machine, loadAverageAfter, options, results, expectations }) {
  const { node, openssl, processor, cores, loadAverage } = machine;
  const about = `Node ${node}, OpenSSL ${openssl}, ${processor}, ${cores} cores, load average ${loadAverage} before and ${loadAverageAfter} after; ${options.rounds} rounds, ${options.seconds} s for each competitor (Java ${options.javaSeconds} s).`;
  const tables = options.suites.map(suite => tableOf(suite, results)).filter(table => table !== '');
  return `${[about, LEGEND, ...tables, verdictsOf(expectations)].filter(part => part !== '').join('\n\n')}\n`;
}

/** @param {string} suite @param {Result[]} results */
function tableOf(suite, results) {
  const rows = results.filter(({ cell }) => cell.suite === suite);
  if (rows.length === 0) return '';
  const columns = (COLUMNS[suite] ?? []).filter(column => rows.some(({ rates }) => column.cell(rates) !== ''));
  const lines = rows.map(({ cell, rates }) => [
    `${cell.scenario.name} ${cell.direction}, ${cell.keyring}`,
    ...columns.map(column => column.cell(rates)),
  ]);
  return `### ${suite}\n\n${markdown([['', ...columns.map(({ title }) => title)], ...lines])}`;
}

/** @param {import('./expectations.mjs').Verdict[]} verdicts */
function verdictsOf(verdicts) {
  if (verdicts.length === 0) return '';
  const lines = verdicts.map(({ text, direction, figure, holds }) => [text, direction, figure.toFixed(2), holds ? 'holds' : 'MISSED']);
  return `### Expectations (S, raw AES)\n\n${markdown([['', 'direction', 'measured', ''], ...lines])}`;
}

/** @param {string} name @returns {Column} */
function rateOf(name) {
  return { title: name, cell: rates => rounded(rates, name) };
}

/** @param {string} floor @param {string} ours @returns {Column} */
function floorOf(floor, ours) {
  return { title: `${floor} (time ÷ floor)`, cell: rates => withRatio(rounded(rates, floor), timesAsFast(rates, floor, ours), '') };
}

/** @param {string} title @param {string} name @returns {Column} */
function peerOf(title, name) {
  return { title: `${title} (× as fast)`, cell: rates => withRatio(rounded(rates, name), timesAsFast(rates, 'fieldseal', name), '×') };
}

/** @param {Rates} rates @param {string} name */
function rounded(rates, name) {
  const values = rates[name];
  if (values === undefined) return '';
  const rate = median(values);
  return rate < 100 ? rate.toFixed(1) : rate.toFixed(0);
}

/** @param {string} rate @param {number | undefined} ratio @param {string} unit */
function withRatio(rate, ratio, unit) {
  return ratio === undefined ? rate : `${rate} (${ratio.toFixed(ratio < 10 ? 2 : 1)}${unit})`;
}

/** @param {string[][]} rows the first one is the head */
function markdown(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map(row => row[column]?.length ?? 0)));
  const line = row => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...body.map(line)].join('\n');
}
