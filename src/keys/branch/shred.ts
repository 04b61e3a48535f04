import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { type KeyringInput, keyringOf } from '../esdk/adapt.ts';
import { kindOf, type OptionNames, refusal, requireOptions, requireText } from '../options.ts';
import { HierarchicalLeaf } from './hierarchical-leaf.ts';
import { isManaged, type ManagedBranchKeyStore, type RemovedRecords } from './store.ts';

/** What shredding a branch key cannot reach. It is final only when no copy of the records remains, or the KMS key is deleted. */
export const NOT_ERASED: readonly string[] = Object.freeze([
  'point-in-time recovery of the key store table',
  'backups and exports of the key store table',
  'streams of the key store table and what was fed by them',
  'replicas of the key store table in other regions, until they have caught up',
  'caches of other processes, until their time to live and their staleOnOutage have passed',
  'what other recipients can open: keyrings that items were written under before with a second key',
  'plaintext that was read before: logs, indexes, exports and caches of yours',
]);

/** Options of {@link shred}: the id once more, or a dry run, which only tells what would be removed. */
export type ShredOptions = {
  /** The keyring of the tables whose data is to become unreadable. */
  readonly keyring: KeyringInput;
} & (
  | { /** The branch key id once more. */ readonly confirm: string; readonly dryRun?: false }
  | { readonly dryRun: true; readonly confirm?: string }
);

/** What was removed, or would be. */
export interface ShredReport extends RemovedRecords {
  readonly dryRun: boolean;
  /** What remains to be done by others: {@link NOT_ERASED}. */
  readonly notErased: readonly string[];
}

const OPTIONS: OptionNames<ShredOptions> = { keyring: true, confirm: true, dryRun: true };

/**
 * Makes everything unreadable that was written under a branch key: removes its records from the key store under a guard, leaves a tombstone, and
 * empties the caches of this keyring. Later reads fail with KEY_SHREDDED. May be repeated. Throws OPERATION_REFUSED without `confirm` or for a keyring
 * with a second recipient, CONFIG_INVALID for a keyring without a key store that can remove, KEY_NOT_FOUND, and errors of the key store.
 */
export async function shred(branchKeyId: string, options: ShredOptions): Promise<ShredReport> {
  requireText('shred: branchKeyId', branchKeyId);
  requireOptions('shred', options, OPTIONS);
  const { keyring: input, confirm, dryRun = false } = options;
  if (typeof dryRun !== 'boolean') throw refusal(`shred: dryRun must be true or false; got ${kindOf(dryRun)}`);
  const keyring = keyringOf(input);
  const store = storeOf(keyring.leaves);
  if (!dryRun && confirm !== branchKeyId) {
    throw new FieldsealError(
      'OPERATION_REFUSED',
      `shredding ${quoted(branchKeyId)} makes its data unreadable for good: give the id again as confirm, or dryRun: true`,
    );
  }
  try {
    const removed = await store.remove(branchKeyId, { dryRun });
    return { ...removed, dryRun, notErased: NOT_ERASED };
  } finally {
    if (!dryRun) keyring.purge(branchKeyId);
  }
}

function storeOf(leaves: ReturnType<typeof keyringOf>['leaves']): ManagedBranchKeyStore {
  const [leaf, ...others] = leaves;
  if (others.length > 0) {
    const names = leaves.map(({ name }) => name).join(', ');
    throw new FieldsealError(
      'OPERATION_REFUSED',
      `the keyring has several recipients (${names}): shredding one leaves the data to the others`,
    );
  }
  if (!(leaf instanceof HierarchicalLeaf) || !isManaged(leaf.store)) {
    throw new FieldsealError('CONFIG_INVALID', 'shred: the keyring must be a hierarchical one over a key store that can remove keys');
  }
  return leaf.store;
}
