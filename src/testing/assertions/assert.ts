import { AssertionError } from 'node:assert';
import { branchKeyFacts, type EncryptionExpectation, encryptionFacts, keyFacts } from './encryption.ts';
import { ENCRYPTED, failureOf, NO_PLAINTEXT } from './fact.ts';
import { type PlaintextMarker, plaintextFacts } from './plaintext.ts';

/** What {@link assertEncrypted} expects. */
export interface AssertEncryptedOptions extends EncryptionExpectation {
  /** The branch key that every item must be encrypted under. */
  readonly branchKeyId?: string;
  /** Keys that must each be able to open every item: ARNs or ids of KMS keys, names of raw keys. */
  readonly keyIds?: readonly string[];
}

/**
 * Asserts that items are encrypted, under any test runner or none. Takes what {@link FieldsealMatchers} take. Throws an AssertionError of
 * `node:assert` that names attributes and keys, never values; INPUT_INVALID for a key id that cannot be.
 */
export function assertEncrypted(received: unknown, { branchKeyId, keyIds = [], ...expected }: AssertEncryptedOptions = {}): void {
  const facts = [
    ...encryptionFacts(received, expected),
    ...(branchKeyId === undefined ? [] : branchKeyFacts(received, branchKeyId)),
    ...keyIds.flatMap(keyId => keyFacts(received, keyId)),
  ];
  refuse(failureOf(ENCRYPTED, facts, 'yes'));
}

/**
 * Asserts that no marker is found in what was received, as `toContainNoPlaintext` looks for it. Throws as {@link assertEncrypted} does, and INPUT_INVALID
 * where no marker is given, or one that is too short or of a type that cannot be looked for.
 */
export function assertNoPlaintext(received: unknown, ...markers: PlaintextMarker[]): void {
  refuse(failureOf(NO_PLAINTEXT, plaintextFacts(received, markers), 'yes'));
}

function refuse(message: string | undefined): void {
  if (message !== undefined) throw new AssertionError({ message });
}
