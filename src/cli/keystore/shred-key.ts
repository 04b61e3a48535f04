import { FieldsealError } from '../../errors.ts';
import { hierarchical } from '../../keys/branch/hierarchical.ts';
import { type ShredOptions, type ShredReport, shred } from '../../keys/branch/shred.ts';
import type { Keyring } from '../../keys/leaf.ts';
import { readEncryptor } from '../config/read-encryptor.ts';
import type { ExitCode, Host } from '../host.ts';
import { write } from '../output.ts';
import { printable } from '../problem.ts';
import { requireBranchKeyId } from './branch-key-id.ts';
import { calling } from './calls.ts';
import type { KeyStoreAddress } from './connect.ts';
import { openKeyStore } from './open-key-store.ts';

/** What `fieldseal keystore shred` is asked to do. */
export interface ShredKeyOptions {
  readonly id: string;
  /** The same id again; undefined: only show what would be removed. */
  readonly confirm: string | undefined;
  /** Configuration file whose keyring is used, instead of an address. */
  readonly config: string | undefined;
  readonly json: boolean;
}

/** The keyring is used for nothing else, and not again. */
const TTL_SECONDS = 60;

/**
 * Removes a branch key, or shows what would be removed. Throws INPUT_INVALID, CONFIG_INVALID or KEYRING_REFUSED before any call.
 */
export async function shredKey(address: KeyStoreAddress, { id, confirm, config, json }: ShredKeyOptions, host: Host): Promise<ExitCode> {
  requireBranchKeyId(id);
  if (confirm !== undefined && confirm !== id) {
    throw new FieldsealError('INPUT_INVALID', '--confirm does not name the branch key that is to be removed; nothing was removed');
  }
  const keyring = config === undefined ? await keyringOver(address, id) : (await readEncryptor(config, host)).keyring;
  const options: ShredOptions = { keyring, ...(confirm === undefined ? { dryRun: true } : { confirm }) };
  return calling(host, async () => {
    const report = await shred(id, options);
    const lines = json ? [JSON.stringify(report)] : reportLines(report);
    await write(host.stdout, lines.map(line => `${printable(line)}\n`).join(''));
  });
}

async function keyringOver(address: KeyStoreAddress, branchKey: string): Promise<Keyring> {
  return hierarchical({ keyStore: await openKeyStore(address), branchKey, ttlSeconds: TTL_SECONDS });
}

function reportLines({ branchKeyId, dryRun, alreadyShredded, versions, beaconKey, notErased }: ShredReport): string[] {
  const removed = [...versions.map(version => `  version ${version}`), ...(beaconKey ? ['  beacon key'] : [])];
  const shredded = alreadyShredded ? ' It had been shredded before.' : '';
  return [
    `${dryRun ? 'Nothing was removed yet' : 'Shredded'}: branch key ${branchKeyId}.${shredded}`,
    ...(removed.length === 0 ? ['No record of it is left.'] : [dryRun ? 'Would be removed:' : 'Removed:', ...removed]),
    'Not erased by this:',
    ...notErased.map(what => `  ${what}`),
    'It is final only when no copy of the records remains, or when the KMS key is deleted.',
    ...(dryRun ? ['To remove it, add --confirm with the id of the branch key.'] : []),
  ];
}
