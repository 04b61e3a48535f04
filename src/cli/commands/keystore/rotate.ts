import type { Command } from '../command.ts';
import { addressOf, describeConnection } from './connection-options.ts';

const ROTATE_HELP = `
Each process writes under the new version as soon as it asks the key store again, at the latest when the time to live of its keyring ends.
Older versions stay, and what was written under them can be read as before.`;

/** `fieldseal keystore rotate`. */
export const rotate: Command = {
  name: 'rotate',
  summary: 'make a new version of a branch key the active one',
  describe: definition =>
    describeConnection(definition, { table: true, kmsKeyArn: true })
      .description('Makes a new version of a branch key and lets new items be written under it.')
      .argument('<ID>', 'the branch key')
      .addHelpText('after', ROTATE_HELP),
  run: async ([id = ''], options, host) => {
    const { rotate: run } = await import('../../keystore/make-keys.ts');
    return run(addressOf(options), { id, json: options.json === true }, host);
  },
};
