import type { BranchKeySummary } from '../../keys/branch/store.ts';
import { columnsOfMany, type Row } from '../columns.ts';
import type { ExitCode, Host } from '../host.ts';
import { write } from '../output.ts';
import { printable } from '../problem.ts';
import { calling } from './calls.ts';
import type { KeyStoreAddress } from './connect.ts';
import { openKeyStore } from './open-key-store.ts';

const HEADER: Row = ['BRANCH KEY ID', 'STATE', 'VERSIONS', 'ACTIVE VERSION', 'SINCE', 'CONTEXT', 'KMS KEY'];
const NOTHING = '-';
/** What needs no quotes to be seen as one word. */
const WORD = /^[^\s",\p{C}]+$/u;
const FRACTION_OF_A_SECOND = /\.\d+(?=Z$)/;

/** Shows every branch key, while the table is being read. */
export async function list(address: KeyStoreAddress, { json }: { readonly json: boolean }, host: Host): Promise<ExitCode> {
  const store = await openKeyStore(address);
  return calling(host, async () => {
    const keys = store.list();
    for await (const line of json ? jsonLines(keys) : columnsOfMany(rowsOf(keys))) {
      await write(host.stdout, `${printable(line)}\n`);
    }
  });
}

async function* jsonLines(keys: AsyncIterable<BranchKeySummary>): AsyncGenerator<string> {
  for await (const { encryptionContext, ...key } of keys) yield JSON.stringify({ ...key, contextNames: namesOf(encryptionContext) });
}

async function* rowsOf(keys: AsyncIterable<BranchKeySummary>): AsyncGenerator<Row> {
  yield HEADER;
  for await (const { branchKeyId, state, versions, activeVersion, time, encryptionContext, kmsKeyArn } of keys) {
    const names = namesOf(encryptionContext).map(word).join(',');
    const since = time?.replace(FRACTION_OF_A_SECOND, '');
    yield [word(branchKeyId), state, String(versions), word(activeVersion), word(since), names || NOTHING, word(kmsKeyArn)];
  }
}

function namesOf(context: Readonly<Record<string, string>>): string[] {
  return Object.keys(context).sort();
}

/** One cell. Others may write to the table: no text of it may look like the next column, or like a command to the terminal. */
function word(text: string | undefined): string {
  if (text === undefined) return NOTHING;
  return WORD.test(text) ? text : printable(JSON.stringify(text));
}
