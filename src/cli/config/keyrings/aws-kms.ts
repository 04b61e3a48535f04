import { type KmsOptions, kms, mrk } from '../../../keys/factories.ts';
import type { Members } from '../members.ts';
import type { KeyringReader } from './keyring-reader.ts';

export const readAwsKms: KeyringReader = members => kms(kmsOptions(members));

/** The same members; `kmsKeyId` may be any replica of a multi-region key. */
export const readAwsKmsMrk: KeyringReader = members => mrk(kmsOptions(members));

function kmsOptions(members: Members): KmsOptions {
  return {
    ...members.texts('kmsKeyId'),
    ...members.optionalTexts('region', 'endpoint'),
    ...members.optionalFlags('useFipsEndpoint'),
    ...members.optionalLists('grantTokens'),
  };
}
