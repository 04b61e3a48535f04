import { kmsDiscovery } from '../../../keys/factories.ts';
import { readDiscoveryFilter } from './discovery-filter.ts';
import type { KeyringReader } from './keyring-reader.ts';

export const readAwsKmsDiscovery: KeyringReader = members =>
  kmsDiscovery({
    discoveryFilter: readDiscoveryFilter(members),
    ...members.optionalTexts('mrkRegion', 'region', 'endpoint'),
    ...members.optionalFlags('useFipsEndpoint'),
    ...members.optionalLists('grantTokens'),
  });
