import type { Command } from '../command.ts';
import { addressOf, describeConnection } from './connection-options.ts';

const CREATE_KEY_HELP = `
Without --id the branch key gets a random id. Ids are readable in the table, in every item and in CloudTrail: do not use names of people or
customers. The context is bound to the key for ever and is stored in clear.`;

/** `fieldseal keystore create-key`. */
export const createKey: Command = {
  name: 'create-key',
  summary: 'make a branch key',
  describe: definition =>
    describeConnection(definition, { table: true, kmsKeyArn: true })
      .description('Makes a branch key, and the beacon key that belongs to it.')
      .option('--id <id>', 'of the branch key; needs at least one --context (default: a random UUID)')
      .option('--context <name=value>', 'encryption context of the branch key; may be given several times', collect)
      .addHelpText('after', CREATE_KEY_HELP),
  run: async (_, options, host) => {
    const { createKey: run } = await import('../../keystore/make-keys.ts');
    const id = options.id === undefined ? undefined : String(options.id);
    return run(addressOf(options), { id, context: options.context as string[] | undefined, json: options.json === true }, host); // collect()
  },
};

/** Checked when the command runs: commander would quote what it refuses, and this is a value. */
function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
