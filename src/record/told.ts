/** What is told of a record on the channels of `diagnostics`: counts and identifiers, never a value. Runs only while somebody listens. */
import { bufferOver } from '../bytes/utf8.ts';
import type { DecryptEvent, EncryptEvent, Timed } from '../diagnostics/events.ts';
import { type EncryptedDataKey, type Header, parseHeader } from '../format/header.ts';
import type { Terminal } from '../format/terminal.ts';
import type { OpenedRecord, StoredRecord } from './decrypt.ts';
import type { SealedRecord } from './encrypt.ts';
import type { RecordSetup } from './setup.ts';

/** Of an encryption; `record` is undefined when it failed. */
export function encryptionTold(
  { structure, suite }: RecordSetup,
  fields: ReadonlyMap<string, Terminal>,
  record: SealedRecord | undefined,
): Omit<EncryptEvent, keyof Timed> {
  return {
    table: structure.logicalTableName,
    algorithmSuiteId: suite.id,
    encryptedAttributes: [...fields.keys()].filter(name => structure.actions.get(name) === 'ENCRYPT_AND_SIGN').length,
    signedAttributes: fields.size,
    keyIds: keyIdsOf(record && headerOf(record)),
  };
}

/** Of a decryption; `record` is undefined when it failed. */
export function decryptionTold(
  { structure }: RecordSetup,
  stored: StoredRecord,
  record: OpenedRecord | undefined,
): Omit<DecryptEvent, keyof Timed> {
  const header = headerOf(stored);
  return {
    table: structure.logicalTableName,
    ...(header && { algorithmSuiteId: header.suite.id }),
    decryptedAttributes: record?.opened.size ?? 0,
    signedAttributes: stored.fields.size,
    keyIds: keyIdsOf(record && header),
  };
}

function headerOf({ header }: { readonly header: Uint8Array }): Header | undefined {
  try {
    return parseHeader(header);
  } catch {
    return undefined;
  }
}

/** Providers that write the id of the key into the provider info. A raw keyring writes other things there too. */
const NAMES_ITS_KEY: ReadonlySet<string> = new Set(['aws-kms', 'aws-kms-hierarchy']);

function keyIdsOf(header: Header | undefined): readonly string[] {
  return Object.freeze(header?.encryptedDataKeys.map(keyIdOf) ?? []);
}

function keyIdOf({ providerId, providerInfo }: EncryptedDataKey): string {
  return NAMES_ITS_KEY.has(providerId) ? bufferOver(providerInfo).toString('utf8') : providerId;
}
