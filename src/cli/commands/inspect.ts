import { InvalidArgumentError } from 'commander';
import type { Command } from './command.ts';
import { CONFIG_HELP } from './config-help.ts';

const INSPECT_HELP = `
The input is one item in DynamoDB JSON, on any number of lines, as it is or as {"Item":{…}}. Without --config nothing is opened and
nothing that is shown is verified. With --config the item is opened too, and what is said is whether it opens or why it does not: do not
show that to people outside. No value of an attribute is ever shown.`;

/** `fieldseal inspect`: what an encrypted item says about itself. */
export const inspect: Command = {
  name: 'inspect',
  summary: 'show what an encrypted item holds, without opening it',
  describe: definition =>
    definition
      .description('Shows what an encrypted item holds, without opening it.')
      .argument('[INPUT]', 'a file; - or none for standard input', '-')
      .option('-c, --config <file>', 'also try to open the item, and say why if it does not open')
      .option('-l, --line <number>', 'the input has one item a line (.gz too): show the item of this line', lineNumber)
      .option('--json', 'JSON instead of text')
      .addHelpText('after', `${INSPECT_HELP}\n${CONFIG_HELP}`),
  run: async ([input = '-'], { config, line, json }, host) => {
    const { inspectInput } = await import('../inspect.ts');
    return inspectInput(
      {
        input,
        config: config === undefined ? undefined : String(config),
        line: line === undefined ? undefined : Number(line),
        json: json === true,
      },
      host,
    );
  },
};

function lineNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Lines are counted from 1.');
  return Number(text);
}
