import type { CommandGroup } from '../command.ts';
import { createKey } from './create-key.ts';
import { createTable } from './create-table.ts';
import { list } from './list.ts';
import { rotate } from './rotate.ts';
import { shred } from './shred.ts';

const KEYSTORE_HELP = `
A key store is a DynamoDB table with the branch keys of hierarchical keyrings, each encrypted under a KMS key. It is the one of AWS's
libraries: what they made works here, and what is made here works there. Credentials are those that AWS SDKs find by themselves; they are
never given as arguments.`;

/** `fieldseal keystore`: branch keys, made and taken away. */
export const keystore: CommandGroup = {
  name: 'keystore',
  summary: 'make, rotate, list and shred branch keys',
  describe: definition => definition.description('Administers the key store of hierarchical keyrings.').addHelpText('after', KEYSTORE_HELP),
  commands: [createTable, createKey, rotate, list, shred],
};
