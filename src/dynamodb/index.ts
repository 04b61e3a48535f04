export type { Stage } from '../format/not-authentic.ts';
export type { AlgorithmSuiteId } from '../format/suites.ts';
export type { RecordOptions } from '../record/setup.ts';
export type { AttributeMap } from './attribute-value.ts';
export { type BatchGetAllOutput, batchGetAll, unprocessedKeys } from './batch/batch-get-all.ts';
export { type BatchWriteAllOutput, batchWriteAll, unprocessedWrites } from './batch/batch-write-all.ts';
export type { BatchOptions, BatchProgress } from './batch/options.ts';
export { type EncryptedClientOptions, encryptedClient, encryptedDocumentClient } from './client.ts';
export { type ItemExplanation, type ItemInspection, inspectItem } from './explain.ts';
export { type CommandExplanation, type CommandPath, explainCommand } from './forecast/explain-command.ts';
export type { ForecastKmsCalls } from './forecast/kms-calls.ts';
export type { SdkCommand } from './forecast/rehearsal.ts';
export type { ForecastRequest } from './forecast/requests.ts';
export {
  type DecryptOptions,
  type ItemEncryptor,
  type ItemEncryptorOptions,
  itemEncryptor,
  type ReencryptItemOptions,
  type Selected,
} from './item-encryptor.ts';
export { type ItemViewer, type ItemViewerOptions, itemViewer, type Looking } from './item-viewer.ts';
export { ifUnchanged, type LockableInput } from './locks/if-unchanged.ts';
export {
  type BeforeAndAfter,
  estimateOverhead,
  type OverheadEstimate,
  type OverheadOptions,
  type OverheadSubject,
} from './overhead/estimate-overhead.ts';
export type { WrappingKeyKind } from './overhead/wrapping-keys.ts';
export {
  type ElectroEntities,
  type ElectroModel,
  type ElectroOptions,
  type ElectroOwn,
  electrodb,
  type MapperFields,
  type MapperTable,
  type OneTableOwn,
  type OneTableSchema,
  onetable,
  type ToolboxEntities,
  type ToolboxOwn,
  toolbox,
} from './presets/index.ts';
export { type ItemFailure, itemFailures } from './reads/item-failures.ts';
export type { ItemKey } from './reencrypt/recipients.ts';
export { type ReencryptInput, type ReencryptOptions, type ReencryptSubject, reencrypt } from './reencrypt/reencrypt.ts';
export {
  type ReencryptAllInput,
  type ReencryptCounts,
  type ReencryptProgress,
  reencryptAll,
  type StoredPage,
} from './reencrypt/reencrypt-all.ts';
export type { ReencryptionTarget } from './reencrypt/reseal.ts';
export type { Reencryption } from './reencrypt/rewrite-item.ts';
export type { PlaintextOverride, TableCipherOptions } from './table-cipher.ts';
export type { TranslateOptions } from './validate-attributes.ts';
