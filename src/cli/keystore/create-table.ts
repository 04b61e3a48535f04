import { createKeyStoreTable } from '../../keys/branch/dynamodb/create-table.ts';
import type { ExitCode, Host } from '../host.ts';
import { write } from '../output.ts';
import { printable } from '../problem.ts';
import { calling } from './calls.ts';
import { connect, type KeyStoreAddress } from './connect.ts';

/** Makes the table, or says that it is there. */
export async function createTable(address: KeyStoreAddress, { json }: { readonly json: boolean }, host: Host): Promise<ExitCode> {
  const { table, dynamoDbClient } = await connect(address);
  return calling(host, async () => {
    if (host.stderr.isTTY) host.stderr.write(`${printable(`fieldseal: making table ${table}, which takes some seconds`)}\n`);
    const { tableArn, created } = await createKeyStoreTable({ table, dynamoDbClient });
    const said = created ? `key store table ${table} was made` : `key store table ${table} is there already`;
    await write(host.stdout, `${printable(json ? JSON.stringify({ table, tableArn, created }) : `${said}: ${tableArn}`)}\n`);
  });
}
