/** AWS's Database Encryption SDK for Java, in a process of its own: the peer of `test/interop`. */
import { spawnSync } from 'node:child_process';
import { Peer } from '../../test/interop/peer.mjs';
import { configOf } from '../scenarios.mjs';

/**
 * What its compilers need before figures are steady: a JVM that is younger than a dozen seconds runs at a quarter of its speed. A bench request
 * takes half as long again, for a warm-up of its own.
 */
const WARM_UP_SECONDS = 10;

/**
 * Starts the peer, which builds it the first time.
 *
 * @returns {Promise<{ peer: Peer } | { missing: string }>}
 */
export async function startJava() {
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0) return { missing: 'there is no java (17 or newer) on the path' };
  try {
    return { peer: await Peer.start('java') };
  } catch (error) {
    return { missing: `its peer could not be built: ${error instanceof Error ? error.message : error}` };
  }
}

/**
 * One thread, one item at a time. The peer has raw keyrings only.
 *
 * @param {import('../scenarios.mjs').Cell} cell
 * @param {Peer} peer
 * @param {number} seconds measured over all rounds
 * @returns {import('../measure.mjs').Competitor[]}
 */
export function java(cell, peer, seconds) {
  if (cell.keyring !== 'raw-aes') return [];
  const { scenario, direction } = cell;
  const measure = wanted => peer.bench(direction, configOf(cell), scenario.item, wanted);
  return [
    { name: 'java', measure, warmUpSeconds: Math.min(WARM_UP_SECONDS, seconds), seconds },
    { name: 'young java', measure: wanted => measureYoung(cell, wanted), warmUpSeconds: 0.01, seconds },
  ];
}

/** A JVM of its own for each round: what a process that was just started reaches after a warm-up of half the time measured. */
async function measureYoung({ scenario, direction, ...cell }, seconds) {
  const young = await Peer.start('java');
  try {
    return await young.bench(direction, configOf({ scenario, direction, ...cell }), scenario.item, seconds);
  } finally {
    young.close();
  }
}
