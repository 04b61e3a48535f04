export type { Stage } from '../format/not-authentic.ts';
export type { AlgorithmSuiteId } from '../format/suites.ts';
export type { RecordOptions } from '../record/setup.ts';
export type { AttributeMap } from './attribute-value.ts';
export { type EncryptedClientOptions, encryptedClient, encryptedDocumentClient } from './client.ts';
export { type ItemExplanation, type ItemInspection, inspectItem } from './explain.ts';
export { type DecryptOptions, type ItemEncryptor, type ItemEncryptorOptions, itemEncryptor, type Selected } from './item-encryptor.ts';
export type { PlaintextOverride, TableCipherOptions } from './table-cipher.ts';
export type { TranslateOptions } from './validate-attributes.ts';
