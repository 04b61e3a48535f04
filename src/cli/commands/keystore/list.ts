import type { Command } from '../command.ts';
import { addressOf, describeConnection } from './connection-options.ts';

const LIST_HELP = `
The whole table is read; nothing is opened, and nothing that is shown is verified. With --json each branch key is one line. Of an encryption
context only the names are shown.`;

/** `fieldseal keystore list`. */
export const list: Command = {
  name: 'list',
  summary: 'show the branch keys',
  describe: definition =>
    describeConnection(definition, { table: true, kmsKeyArn: false })
      .description('Shows the branch keys of the key store, in no order.')
      .addHelpText('after', LIST_HELP),
  run: async (_, options, host) => {
    const { list: run } = await import('../../keystore/list.ts');
    return run(addressOf(options), { json: options.json === true }, host);
  },
};
