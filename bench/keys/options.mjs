/** The command line of the benchmark of keyrings. */
import { parseArgs } from 'node:util';

/** @typedef {{ operations: number, tenants: number, inFlight: number, latencyMs: number, rounds: number, json: boolean }} Options */

export const USAGE = `usage: npm run bench:keys -- [options]

  --operations N   reads and writes, half of each (default 10000)
  --tenants N      each with a branch key of its own (default 100)
  --in-flight N    operations at a time (default 200)
  --latency MS     of each call to the test KMS (default 20)
  --rounds N       how often the keyrings take turns, each time cold (default 3)
  --json           every figure as JSON on standard output
`;

/** @param {readonly string[]} args @returns {Options | undefined} undefined when help is asked for */
export function readOptions(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      operations: { type: 'string' },
      tenants: { type: 'string' },
      'in-flight': { type: 'string' },
      latency: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  return {
    operations: count(values.operations ?? '10000', '--operations'),
    tenants: count(values.tenants ?? '100', '--tenants'),
    inFlight: count(values['in-flight'] ?? '200', '--in-flight'),
    latencyMs: count(values.latency ?? '20', '--latency'),
    rounds: count(values.rounds ?? '3', '--rounds'),
    json: values.json ?? false,
  };
}

/** @param {string} text @param {string} option */
function count(text, option) {
  const number = Number(text);
  if (!(Number.isSafeInteger(number) && number > 0)) throw new TypeError(`${option} takes a whole number above 0`);
  return number;
}
