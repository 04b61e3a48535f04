import type { BranchKeyStore } from '../../keys/branch/store.ts';
import { refuseProduction, type TestOnly } from '../refuse-production.ts';
import { type BranchKeyVersion, checkedVersion, handOut } from './key-version.ts';

export interface StaticKeyStoreOptions extends BranchKeyVersion, TestOnly {
  readonly logicalName?: string;
}

/**
 * Answers every call with the same branch key version, whatever id and version are asked for: AWS's test vectors expect such a store.
 * Throws CONFIG_INVALID where `NODE_ENV` is `production`.
 */
export function staticKeyStore({ logicalName = 'static-key-store', ...options }: StaticKeyStoreOptions): BranchKeyStore {
  refuseProduction('staticKeyStore', options);
  const version = checkedVersion(options);
  return {
    logicalName,
    getActiveBranchKey: async () => handOut(version),
    getBranchKeyVersion: async () => handOut(version),
  };
}
