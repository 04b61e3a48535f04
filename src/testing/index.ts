export type { BranchKeyVersion } from './branch/key-version.ts';
export {
  type KeyStoreFault,
  type KeyStoreFaultKind,
  type KeyStoreReads,
  type MemoryKeyStore,
  type MemoryKeyStoreOptions,
  memoryKeyStore,
} from './branch/memory-key-store.ts';
export { type StaticKeyStoreOptions, staticKeyStore } from './branch/static-key-store.ts';
export type { FaultHandle } from './faults.ts';
export type { KmsCall, KmsOutcome } from './kms/call-log.ts';
export { FakeKms, type FakeKmsKey, type FakeKmsOptions, type NewKmsKey } from './kms/fake-kms.ts';
export type { KmsFault, KmsFaultKind } from './kms/kms-fault.ts';
export type { KmsOperationName } from './kms/operations/index.ts';
export type { KmsClientOptions } from './kms/sdk-client.ts';
export type { KmsErrorName } from './kms/service-error.ts';
export type { TestOnly } from './refuse-production.ts';
