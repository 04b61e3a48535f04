import { hierarchical } from '../../../keys/branch/hierarchical.ts';
import { type BranchKeyPer, branchKeyPer } from '../../../keys/branch/supplier.ts';
import { Members } from '../members.ts';
import { readKeyStore } from './key-stores/index.ts';
import type { KeyringReader } from './keyring-reader.ts';

const DEFAULT_TTL_SECONDS = 300;

/** All items of the table are under one branch key, or each is under that of the value of an attribute. */
export const readHierarchical: KeyringReader = async (members, sources) => {
  const branchKey = readBranchKey(members);
  const store = new Members(members.value('keyStore'), members.pathOf('keyStore'));
  const keyStore = await readKeyStore(store, sources, typeof branchKey === 'string' ? branchKey : undefined);
  store.end();
  const { ttlSeconds = DEFAULT_TTL_SECONDS } = members.optionalNumbers('ttlSeconds');
  return hierarchical({ keyStore, branchKey, ttlSeconds });
};

function readBranchKey(members: Members): string | BranchKeyPer {
  if (!members.has('branchKeyPer')) return members.text('branchKeyId');
  if (members.has('branchKeyId')) throw members.refusal('branchKeyId', 'and branchKeyPer are both given; give one');
  const per = new Members(members.value('branchKeyPer'), members.pathOf('branchKeyPer'));
  const { attribute, namespace } = per.texts('attribute', 'namespace');
  per.end();
  return branchKeyPer(attribute, { namespace });
}
