/** The command line of the benchmark of commands. */
import { parseArgs } from 'node:util';

/** @typedef {{ seconds: number, rounds: number, only: string[] | undefined, json: boolean }} Options */

export const USAGE = `usage: npm run bench:dynamodb -- [options]

  --only put,get,query,batch,direct,rewritten   commands
  --seconds N                                   measured for each client and command, over all rounds (default 4)
  --rounds N                                    how often the clients take turns (default 5)
  --json                                        every figure as JSON on standard output

DynamoDB Local is started for it, or used where FIELDSEAL_DYNAMODB_LOCAL_URL says that it runs.
`;

/** @param {readonly string[]} args @returns {Options | undefined} undefined when help is asked for */
export function readOptions(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  return {
    only: values.only?.split(','),
    seconds: positive(values.seconds ?? '4', '--seconds'),
    rounds: Math.ceil(positive(values.rounds ?? '5', '--rounds')),
    json: values.json ?? false,
  };
}

/** @param {string} text @param {string} option */
function positive(text, option) {
  const number = Number(text);
  if (!(number > 0)) throw new TypeError(`${option} takes a number above 0`);
  return number;
}
