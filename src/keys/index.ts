export { type CreateKeyStoreTableOptions, createKeyStoreTable, type KeyStoreTable } from './branch/dynamodb/create-table.ts';
export { dynamoDbKeyStore } from './branch/dynamodb/key-store.ts';
export type { DynamoDbKeyStoreOfOneKey, DynamoDbKeyStoreOptions, DynamoDbKeyStoreWithDiscovery } from './branch/dynamodb/options.ts';
export { type HierarchicalOptions, hierarchical, type ProvisionedContext } from './branch/hierarchical.ts';
export { NOT_ERASED, type ShredOptions, type ShredReport, shred } from './branch/shred.ts';
export type {
  BeaconKeyMaterial,
  BranchKeyChange,
  BranchKeyMaterial,
  BranchKeyStore,
  BranchKeySummary,
  BranchKeyVersionId,
  KeyStoreReadOptions,
  ManagedBranchKeyStore,
  NewBranchKey,
  RemovedRecords,
} from './branch/store.ts';
export {
  type BranchKeyPer,
  type BranchKeySupplier,
  type BranchKeySupplierInput,
  branchKeyPer,
  type ContextAttributes,
} from './branch/supplier.ts';
export type { Clocks } from './cache/clocks.ts';
export type { BranchKeyStats, KeyringStats, RereadStats } from './cache/stats.ts';
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
export type { RereadCacheOptions } from './reread-cache.ts';
