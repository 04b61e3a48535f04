// Unstable: for auditors and tools. Anything here may change in any release.
export { CanonicalPaths, compareByCanonicalPath } from './canonical-path.ts';
export {
  baseContext,
  type ContextSource,
  type EncryptionContext,
  freezeContext,
  mergeContexts,
  readContext,
  serializeContext,
} from './context.ts';
export {
  commitmentOf,
  deriveIntermediateKeys,
  deriveRecordKeys,
  type IntermediateKeys,
  type RecordKeys,
  verifyCommitment,
} from './derivation.ts';
export { FieldCipher } from './field-cipher.ts';
export { type Footer, footerTag, parseFooter, recordDigest, type SignedField, verifyTags, writeFooter } from './footer.ts';
export {
  type EncryptedDataKey,
  FOOTER_ATTRIBUTE,
  HEADER_ATTRIBUTE,
  type Header,
  type HeaderBody,
  type LegendEntry,
  MESSAGE_ID_LENGTH,
  parseHeader,
  writeHeaderBody,
} from './header.ts';
export { type Stage, stageOf } from './not-authentic.ts';
export { generateSigningKey, SIGNATURE_LENGTH, type SigningKey, signDigest, verifySignature } from './signature.ts';
export { type AlgorithmSuite, type AlgorithmSuiteId, DEFAULT_SUITE, SUITES, suiteOf } from './suites.ts';
export { type Terminal, TypeId } from './terminal.ts';
