import { Option } from 'commander';
import type { Command } from '../command.ts';
import { addressOf, CONNECTION_OPTIONS, describeConnection } from './connection-options.ts';

const SHRED_HELP = `
Without --confirm nothing is removed: it shows what would be, and what cannot be erased. With --confirm every version of the branch key is
removed, and a mark is left so that the id cannot be made again. What was written under the branch key can then not be read any more.

Give the configuration file of encrypt and decrypt, if there is one: a keyring with a second recipient, who could still read, refuses the
shredding.`;

/** `fieldseal keystore shred`. */
export const shred: Command = {
  name: 'shred',
  summary: 'remove a branch key, and with it what is encrypted under it',
  describe: definition =>
    describeConnection(definition, { table: false, kmsKeyArn: false })
      .description('Removes a branch key for ever.')
      .argument('<ID>', 'the branch key')
      .option('--confirm <ID>', 'remove it; the same id again')
      .addOption(
        new Option('-c, --config <file>', 'take the key store of this configuration, and check its keyring').conflicts([
          ...CONNECTION_OPTIONS,
        ]),
      )
      .addHelpText('after', SHRED_HELP),
  run: async ([id = ''], options, host) => {
    const { shredKey } = await import('../../keystore/shred-key.ts');
    const [confirm, config] = [options.confirm, options.config].map(value => (value === undefined ? undefined : String(value)));
    return shredKey(addressOf(options), { id, confirm, config, json: options.json === true }, host);
  },
};
