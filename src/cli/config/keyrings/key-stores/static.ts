import { isUuid } from '../../../../bytes/uuid.ts';
import { FieldsealError } from '../../../../errors.ts';
import type { BranchKeyMaterial } from '../../../../keys/branch/store.ts';
import type { KeyStoreReader } from './index.ts';

const KEY_LENGTH = 32;

/** One version of one branch key that its owner holds, for work without DynamoDB and KMS. Other versions are KEY_NOT_FOUND. */
export const readStaticKeyStore: KeyStoreReader = (members, sources, wantedId) => {
  const { branchKeyId, version } = members.texts('branchKeyId', 'version');
  if (branchKeyId !== wantedId) throw members.refusal('branchKeyId', "differs from the keyring's branchKeyId");
  if (!isUuid(version)) throw members.refusal('version', 'must be a UUID in lower case');
  const key = sources.key(members, 'branchKey');
  if (key.length !== KEY_LENGTH) throw members.refusal('branchKey', `must have ${KEY_LENGTH} bytes`);
  const material: BranchKeyMaterial = { branchKeyId, version, key };
  return {
    logicalName: 'static',
    getActiveBranchKey: async () => material,
    getBranchKeyVersion: async (_, wanted) => {
      if (wanted === version) return material;
      throw new FieldsealError(
        'KEY_NOT_FOUND',
        `the item is under version ${wanted} of branch key "${branchKeyId}"; the configuration holds ${version}`,
      );
    },
  };
};
