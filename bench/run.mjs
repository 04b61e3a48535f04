#!/usr/bin/env node
/**
 * Measures encryption and decryption of items side by side with what else there is: `npm run bench -- --help`. What is measured, how, and the
 * figures of one run are in bench/README.md.
 */
import { stderr, stdout } from 'node:process';
import { esdk } from './competitors/esdk.mjs';
import { fieldseal } from './competitors/fieldseal.mjs';
import { floor } from './competitors/floor.mjs';
import { java, startJava } from './competitors/java.mjs';
import { expectationsOf } from './expectations.mjs';
import { machine } from './machine.mjs';
import { takeTurns } from './measure.mjs';
import { readOptions, USAGE } from './options.mjs';
import { optionsOrExit } from './options-or-exit.mjs';
import { reportOf } from './report.mjs';
import { cellsOf } from './scenarios.mjs';

/** @typedef {import('./scenarios.mjs').Cell} Cell */
/** @typedef {{ cell: Cell, rates: import('./measure.mjs').Rates }} Result */

const options = optionsOrExit(readOptions, USAGE);
const cells = cellsOf(options);
const peer = options.kinds.includes('java') ? await peerOrNotice() : undefined;
const before = machine();
/** @type {Result[]} */
const results = [];
for (const [index, cell] of cells.entries()) {
  const title = `${index + 1}/${cells.length} ${cell.scenario.name} ${cell.suite} ${cell.keyring} ${cell.direction}`;
  const rates = await takeTurns(await competitorsOf(cell), { ...options, onTurn: (round, name) => progress(title, round, name) });
  results.push({ cell, rates });
}
progress('done', 0, '');
stderr.write('\n');
peer?.close();

const run = { machine: before, loadAverageAfter: machine().loadAverage, options, results, expectations: expectationsOf(results) };
stdout.write(options.json ? `${JSON.stringify(run, withoutItems, 2)}\n` : reportOf(run));

/** @param {Cell} cell */
async function competitorsOf(cell) {
  const { kinds, javaSeconds } = options;
  return [
    ...(await fieldseal(cell)),
    ...(kinds.includes('floor') ? await floor(cell) : []),
    ...(peer ? java(cell, peer, javaSeconds) : []),
    ...(kinds.includes('esdk') ? await esdk(cell) : []),
  ];
}

async function peerOrNotice() {
  const started = await startJava();
  if ('peer' in started) return started.peer;
  stderr.write(`Without the Java peer: ${started.missing}. --no-java leaves it out.\n`);
  return undefined;
}

/** One line that overwrites itself on a terminal, one line for each cell elsewhere. @param {string} title @param {number} round @param {string} name */
function progress(title, round, name) {
  if (stderr.isTTY) stderr.write(`\r\x1b[K${title}: ${round === 0 ? 'warm-up' : `round ${round}`} ${name}`);
  else if (round === 0 && name === 'fieldseal') stderr.write(`${title}\n`);
}

/** Results name their scenario; its item would drown the figures. @param {string} key @param {unknown} value */
function withoutItems(key, value) {
  return key === 'item' ? undefined : value;
}
