export { type DynamoDbKeyStoreOptions, dynamoDbKeyStore } from './branch/dynamodb-key-store.ts';
export { type HierarchicalOptions, hierarchical } from './branch/hierarchical.ts';
export type { BranchKeyMaterial, BranchKeyStore } from './branch/store.ts';
export type { BranchKeySupplier, ContextAttributes } from './branch/supplier.ts';
export type { KeyringInput } from './esdk/adapt.ts';
export type { DiscoveryFilter } from './esdk/arn.ts';
export {
  type KmsDiscoveryOptions,
  type KmsOptions,
  kms,
  kmsDiscovery,
  type MultiOptions,
  mrk,
  multi,
  type RawAesOptions,
  type RawRsaOptions,
  type RsaPaddingScheme,
  rawAes,
  rawRsa,
} from './factories.ts';
export type { KmsConnection } from './kms-client.ts';
export type { Keyring } from './leaf.ts';
