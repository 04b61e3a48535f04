import { FieldsealError } from '../../errors.ts';
import type { BranchKeyVersionId } from '../../keys/branch/store.ts';
import { columns } from '../columns.ts';
import type { ExitCode, Host } from '../host.ts';
import { write } from '../output.ts';
import { printable } from '../problem.ts';
import { requireBranchKeyId } from './branch-key-id.ts';
import { calling } from './calls.ts';
import type { KeyStoreAddress } from './connect.ts';
import { openKeyStore } from './open-key-store.ts';

/** What `fieldseal keystore create-key` is asked to do. */
export interface CreateKeyOptions {
  /** Undefined: a random one. */
  readonly id: string | undefined;
  /** Each NAME=VALUE. */
  readonly context: readonly string[] | undefined;
  readonly json: boolean;
}

/** Makes a branch key. Throws CONFIG_INVALID for an id without a context, and INPUT_INVALID, before any call. */
export async function createKey(address: KeyStoreAddress, { id, context, json }: CreateKeyOptions, host: Host): Promise<ExitCode> {
  if (id !== undefined) requireBranchKeyId(id);
  if (id !== undefined && context === undefined) {
    throw new FieldsealError('CONFIG_INVALID', 'an id of your own needs at least one --context; leave --id out for a random id');
  }
  const key = { ...(id !== undefined && { branchKeyId: id }), ...(context && { encryptionContext: readContext(context) }) };
  const store = await openKeyStore(address);
  return calling(host, async () => tell(await store.createKey(key), json, host));
}

/** Makes a new version of a branch key the active one. */
export async function rotate(
  address: KeyStoreAddress,
  { id, json }: { readonly id: string; readonly json: boolean },
  host: Host,
): Promise<ExitCode> {
  requireBranchKeyId(id);
  const store = await openKeyStore(address);
  return calling(host, async () => tell(await store.rotate(id), json, host));
}

function tell({ branchKeyId, version }: BranchKeyVersionId, json: boolean, host: Host): Promise<void> {
  const lines = json
    ? [JSON.stringify({ branchKeyId, version })]
    : columns([
        ['branch key', branchKeyId],
        ['version', version],
      ]);
  return write(host.stdout, lines.map(line => `${printable(line)}\n`).join(''));
}

/** Messages say which pair is meant by its number: what is wrong may be a value. */
function readContext(pairs: readonly string[]): Record<string, string> {
  const context = new Map<string, string>();
  for (const [index, pair] of pairs.entries()) {
    const [, name = '', value = ''] = /^([^=]+)=(.+)$/su.exec(pair) ?? [];
    const problem = name === '' ? 'must be NAME=VALUE' : context.has(name) ? 'gives a name for the second time' : undefined;
    if (problem !== undefined) throw new FieldsealError('INPUT_INVALID', `--context number ${index + 1} ${problem}`);
    context.set(name, value);
  }
  return Object.fromEntries(context);
}
