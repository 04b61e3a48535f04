/** How much to try: `FIELDSEAL_RUNS=100` multiplies all numbers of runs, for nightly use. */
const multiplier = Number(process.env.FIELDSEAL_RUNS ?? '1');
if (!(multiplier > 0)) throw new RangeError('FIELDSEAL_RUNS must be a positive number');

/** Parameters of `fc.assert`. */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: Math.max(1, Math.round(count * multiplier)) };
}

/** Options of a test that asserts properties. */
export const SLOW: { readonly timeout: number } = { timeout: 30_000 * Math.max(1, multiplier) };
