import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_MOST_LINE_BYTES, MOST_LINE_BYTES } from '../lines/limits.ts';
import type { Command } from './command.ts';
import { CONFIG_HELP } from './config-help.ts';

export const encrypt: Command = convertCommand('encrypt', 'encrypt items, one a line');
export const decrypt: Command = convertCommand('decrypt', 'verify and decrypt items, one a line');

const LINES_HELP = `
Each line of an input is one item in DynamoDB JSON, {"id":{"S":"a"}}, or a line of an export to S3, {"Item":{…}}, and so is each line of the
output. Blank lines are ignored. Inputs whose name ends in .gz are decompressed. A line that fails prints nothing on standard output, and
INPUT:LINE: CODE: message on standard error. The output is in the order of the input.`;

function convertCommand(name: 'encrypt' | 'decrypt', summary: string): Command {
  return {
    name,
    summary,
    describe: definition =>
      definition
        .description(`${name === 'encrypt' ? 'Encrypts' : 'Verifies and decrypts'} DynamoDB items, one a line.`)
        .argument('[INPUT...]', 'files of lines; - or none for standard input')
        .requiredOption('-c, --config <file>', 'table and keyring, see below')
        .addOption(new Option('--on-error <what>', 'end at the first line that fails, or go on').choices(['stop', 'skip']).default('stop'))
        .option('--max-line-bytes <number>', 'refuse longer lines', lineBytes, DEFAULT_MOST_LINE_BYTES)
        .option('-q, --quiet', 'no progress bar and no summary')
        .addHelpText('after', `${LINES_HELP}\n${CONFIG_HELP}`),
    run: async (inputs, { config, onError, maxLineBytes, quiet }, host) => {
      const { convert } = await import('../convert.ts');
      return convert(
        {
          direction: name,
          inputs,
          config: String(config),
          goOn: onError === 'skip',
          mostLineBytes: Number(maxLineBytes),
          quiet: quiet === true,
        },
        host,
      );
    },
  };
}

function lineBytes(text: string): number {
  const bytes = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (bytes < 1 || bytes > MOST_LINE_BYTES) throw new InvalidArgumentError(`Give a number from 1 to ${MOST_LINE_BYTES}.`);
  return bytes;
}
