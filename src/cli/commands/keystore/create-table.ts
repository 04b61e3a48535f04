import type { Command } from '../command.ts';
import { addressOf, describeConnection } from './connection-options.ts';

const CREATE_TABLE_HELP = `
It is the table that AWS's libraries make, billed on demand. One that is there already is left as it is. The command ends when the table is
usable. Point-in-time recovery stays off, since it could bring back shredded branch keys, and so could backups. But whoever loses the table
loses every key in it: decide which copies you keep.`;

/** `fieldseal keystore create-table`. */
export const createTable: Command = {
  name: 'create-table',
  summary: 'make the table',
  describe: definition =>
    describeConnection(definition, { table: true, kmsKeyArn: false })
      .description("Makes the key store's DynamoDB table.")
      .addHelpText('after', CREATE_TABLE_HELP),
  run: async (_, options, host) => {
    const { createTable: run } = await import('../../keystore/create-table.ts');
    return run(addressOf(options), { json: options.json === true }, host);
  },
};
