import { FieldsealError } from '../errors.ts';
import { CanonicalPaths } from '../format/canonical-path.ts';
import { ATTRIBUTE_ENTRY_PREFIX, type EncryptionContext } from '../format/context.ts';
import { type AlgorithmSuite, type AlgorithmSuiteId, SUITES, suiteOf } from '../format/suites.ts';
import { type KeyringInput, keyringOf } from '../keys/esdk/adapt.ts';
import type { Keyring } from '../keys/leaf.ts';
import { SigningKeyPool } from '../keys/signing-keys.ts';
import type { Structure } from '../schema/structure.ts';

/** What a caller may choose about encryption and decryption of records, whatever the database. */
export interface RecordOptions {
  /** Who can open: a keyring of `fieldseal/kms`, or one of `@aws-crypto/client-node` except its hierarchical one. */
  readonly keyring: KeyringInput;
  /** What is written. Readers follow the item. Default: AWS's default, with an ECDSA P-384 signature. */
  readonly algorithmSuiteId?: AlgorithmSuiteId | undefined;
  /** Suites that are accepted on read. Default: both, as AWS does. */
  readonly acceptSuites?: readonly AlgorithmSuiteId[] | undefined;
  /** Items with more encrypted data keys are refused before any key is used. 1 to 255, default 10. */
  readonly maxEncryptedDataKeys?: number | undefined;
  /**
   * Entries that an item's encryption context must have on read, compared before any key is used: full names (`aws-crypto-…`), or names of
   * attributes that are signed with `context: true`.
   */
  readonly requiredEncryptionContext?: Readonly<Record<string, string>> | undefined;
}

/** Checked options, shared by all records of one table. */
export interface RecordSetup {
  readonly structure: Structure;
  readonly paths: CanonicalPaths;
  /** Attributes that an item must have to be written: its keys, and those in its encryption context. */
  readonly requiredNames: readonly string[];
  /** Those of them that the schema puts into the encryption context. */
  readonly contextNames: readonly string[];
  readonly keyring: Keyring;
  readonly suite: AlgorithmSuite;
  readonly acceptSuites: readonly AlgorithmSuite[];
  readonly maxEncryptedDataKeys: number;
  readonly requiredContext: readonly (readonly [name: string, value: string])[];
  readonly signingKeys: SigningKeyPool;
}

const DEFAULT_MOST_EDKS = 10;
const FORMAT_MOST_EDKS = 255;

/** Checks options once. Throws CONFIG_INVALID, and KEYRING_REFUSED for a keyring that cannot be used. */
export function recordSetup(structure: Structure, options: RecordOptions): RecordSetup {
  const { maxEncryptedDataKeys = DEFAULT_MOST_EDKS, acceptSuites, requiredEncryptionContext = {} } = options;
  if (!Number.isInteger(maxEncryptedDataKeys) || maxEncryptedDataKeys < 1 || maxEncryptedDataKeys > FORMAT_MOST_EDKS) {
    throw new FieldsealError('CONFIG_INVALID', `maxEncryptedDataKeys must be an integer from 1 to ${FORMAT_MOST_EDKS}`);
  }
  if (acceptSuites !== undefined && (!Array.isArray(acceptSuites) || acceptSuites.length === 0 || acceptSuites.includes(undefined))) {
    throw new FieldsealError('CONFIG_INVALID', 'acceptSuites must be a list of at least one suite');
  }
  if (!isTextMap(requiredEncryptionContext)) {
    throw new FieldsealError(
      'CONFIG_INVALID',
      'requiredEncryptionContext must be an object whose values are strings: an absent value would require nothing',
    );
  }
  const keyring = keyringOf(options.keyring);
  refuseUnreadable(keyring, maxEncryptedDataKeys);
  const { partitionKeyName, sortKeyName, actions } = structure;
  const contextNames = [...actions].flatMap(([name, action]) => (action === 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' ? [name] : []));
  return Object.freeze({
    structure,
    requiredNames: [...new Set([partitionKeyName, ...(sortKeyName === undefined ? [] : [sortKeyName]), ...contextNames])],
    contextNames,
    paths: new CanonicalPaths(structure.logicalTableName),
    keyring,
    suite: suiteOf(options.algorithmSuiteId),
    acceptSuites: acceptSuites?.map(suiteOf) ?? SUITES,
    maxEncryptedDataKeys,
    requiredContext: Object.entries(requiredEncryptionContext).map(([name, value]) => [entryName(name), value] as const),
    signingKeys: new SigningKeyPool(),
  });
}

/** The same setup, but with the keys of another keyring. Throws CONFIG_INVALID for more keys than the setup reads back. */
export function withKeyring(setup: RecordSetup, keyring: Keyring): RecordSetup {
  refuseUnreadable(keyring, setup.maxEncryptedDataKeys);
  return Object.freeze({ ...setup, keyring });
}

function refuseUnreadable({ canEncrypt, leaves }: Keyring, maxEncryptedDataKeys: number): void {
  if (!canEncrypt || leaves.length <= maxEncryptedDataKeys) return;
  throw new FieldsealError(
    'CONFIG_INVALID',
    `the keyring has ${leaves.length} keys, maxEncryptedDataKeys is ${maxEncryptedDataKeys}: its items could not be read back`,
  );
}

/** Throws CONTEXT_MISMATCH unless the context has every required entry. */
export function requireContext({ requiredContext }: RecordSetup, context: EncryptionContext): void {
  for (const [name, value] of requiredContext) {
    if (context[name] !== value) {
      const state = context[name] === undefined ? 'is not in its encryption context' : 'differs';
      throw new FieldsealError('CONTEXT_MISMATCH', `the item is refused before any key is used: required "${name}" ${state}`);
    }
  }
}

function isTextMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return false;
  return Object.values(value).every(text => typeof text === 'string');
}

function entryName(name: string): string {
  return name.startsWith('aws-crypto-') ? name : ATTRIBUTE_ENTRY_PREFIX + name;
}
