import { kmsDiscovery } from '../../../keys/factories.ts';
import { Members } from '../members.ts';
import type { KeyringReader } from './keyring-reader.ts';

export const readAwsKmsDiscovery: KeyringReader = members => {
  const filter = new Members(members.value('discoveryFilter'), members.pathOf('discoveryFilter'));
  const discoveryFilter = { ...filter.texts('partition'), accountIDs: filter.list('accountIDs') };
  filter.end();
  return kmsDiscovery({
    discoveryFilter,
    ...members.optionalTexts('mrkRegion', 'region', 'endpoint'),
    ...members.optionalFlags('useFipsEndpoint'),
    ...members.optionalLists('grantTokens'),
  });
};
