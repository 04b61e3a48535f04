import { dynamoDbKeyStore } from '../../keys/branch/dynamodb/key-store.ts';
import type { ManagedBranchKeyStore } from '../../keys/branch/store.ts';
import { connect, type KeyStoreAddress } from './connect.ts';

/** Without a KMS key nothing can be opened or made: listing and removing call none. */
const NO_KEY = { partition: 'none', accountIDs: ['000000000000'] };

/** The key store of this address. Throws INPUT_INVALID or CONFIG_INVALID, before any call. */
export async function openKeyStore(address: KeyStoreAddress): Promise<ManagedBranchKeyStore> {
  const { logicalName, kmsKeyArn, endpoint, kmsEndpoint = endpoint } = address;
  return dynamoDbKeyStore({
    ...(await connect(address)),
    ...(kmsKeyArn === undefined ? { discoveryFilter: NO_KEY } : { kmsKeyArn }),
    ...(logicalName !== undefined && { logicalName }),
    ...(kmsEndpoint !== undefined && { endpoint: kmsEndpoint }),
  });
}
