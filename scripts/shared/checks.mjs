/** A list of named checks that are run one after the other and counted; the last line is the one that `scripts/tiers.mjs` reads. */
import { stdout } from 'node:process';

/** Thrown by a check that cannot be made here; the message says why. */
export class Skip extends Error {}

/** @typedef {{ name: string, check: () => unknown }} Check passes unless it throws */

/**
 * @param {Iterable<Check> | AsyncIterable<Check>} checks
 * @returns {Promise<number>} the exit code
 */
export async function runChecks(checks) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { name, check } of checks) {
    try {
      await check();
      counts.passed += 1;
      stdout.write(`ok       ${name}\n`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const isSkip = error instanceof Skip;
      counts[isSkip ? 'skipped' : 'failed'] += 1;
      stdout.write(`${isSkip ? 'skipped ' : 'FAILED  '} ${name}\n${message.replace(/^/gm, '         ')}\n`);
    }
  }
  stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return counts.failed === 0 ? 0 : 1;
}
