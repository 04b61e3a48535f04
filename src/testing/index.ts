export { type AssertEncryptedOptions, assertEncrypted, assertNoPlaintext } from './assertions/assert.ts';
export type { EncryptionExpectation } from './assertions/encryption.ts';
export { type FieldsealMatcherFunctions, type FieldsealMatchers, fieldsealMatchers, type MatcherResult } from './assertions/matchers.ts';
export type { PlaintextMarker } from './assertions/plaintext.ts';
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
export { type KeyTracker, trackKeys } from './key-tracker.ts';
export type { KmsCall, KmsOutcome } from './kms/call-log.ts';
export { FakeKms, type FakeKmsKey, type FakeKmsOptions, type NewKmsKey } from './kms/fake-kms.ts';
export type { KmsFault, KmsFaultKind } from './kms/kms-fault.ts';
export type { KmsOperationName } from './kms/operations/index.ts';
export type { KmsClientOptions } from './kms/sdk-client.ts';
export type { KmsErrorName } from './kms/service-error.ts';
export type { TestOnly } from './refuse-production.ts';
