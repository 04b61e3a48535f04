import { hierarchical } from '../../../keys/branch/hierarchical.ts';
import { Members } from '../members.ts';
import { readKeyStore } from './key-stores/index.ts';
import type { KeyringReader } from './keyring-reader.ts';

const DEFAULT_TTL_SECONDS = 300;

/** All items of the table are under one branch key. */
export const readHierarchical: KeyringReader = async (members, sources) => {
  const branchKeyId = members.text('branchKeyId');
  const store = new Members(members.value('keyStore'), members.pathOf('keyStore'));
  const keyStore = await readKeyStore(store, sources, branchKeyId);
  store.end();
  const { ttlSeconds = DEFAULT_TTL_SECONDS } = members.optionalNumbers('ttlSeconds');
  return hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds });
};
