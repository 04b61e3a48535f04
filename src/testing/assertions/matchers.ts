import { type EncryptionExpectation, encryptionFacts, keyFacts } from './encryption.ts';
import { type Claim, ENCRYPTED, ENCRYPTED_UNDER, type Fact, failureOf, NO_PLAINTEXT } from './fact.ts';
import { type PlaintextMarker, plaintextFacts } from './plaintext.ts';

/**
 * What {@link fieldsealMatchers} add to `expect`: `declare module 'vitest' { interface Matchers<T> extends FieldsealMatchers<T> {} }`.
 *
 * Each takes an item, in DynamoDB's own form or as JavaScript values, a list of items, or the command, request or answer that holds them.
 * It must hold for every item; after `.not` for none. Where there is no item, or a damaged one, both fail. Failures name attributes and
 * keys, never values.
 */
export interface FieldsealMatchers<R = unknown> {
  /**
   * The item has a header and a footer that can be read, and the attributes that are named are encrypted. No key is used: nothing is
   * verified.
   */
  toBeEncrypted(expected?: EncryptionExpectation): R;
  /** The item can be opened with this key: the ARN or id of a KMS key, the id of a branch key, or the name of a raw key. */
  toBeEncryptedUnder(keyId: string): R;
  /**
   * None of the markers is found in anything that was received, which may also be a text or bytes: not in values, not in names, not in
   * base64. After `.not`, each must be found.
   */
  toContainNoPlaintext(...markers: PlaintextMarker[]): R;
}

/** What a test framework tells a matcher. */
interface MatcherContext {
  readonly isNot?: boolean;
}

/** What a matcher tells a test framework. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers as `expect.extend` takes them. */
export type FieldsealMatcherFunctions = {
  readonly [N in keyof FieldsealMatchers]: (
    this: MatcherContext,
    received: unknown,
    ...expected: Parameters<FieldsealMatchers[N]>
  ) => MatcherResult;
};

/** Matchers for `expect.extend` of vitest and jest. */
export const fieldsealMatchers: FieldsealMatcherFunctions = {
  toBeEncrypted(received, expected) {
    return judged(this, ENCRYPTED, encryptionFacts(received, expected));
  },
  toBeEncryptedUnder(received, keyId) {
    return judged(this, ENCRYPTED_UNDER, keyFacts(received, keyId));
  },
  toContainNoPlaintext(received, ...markers) {
    return judged(this, NO_PLAINTEXT, plaintextFacts(received, markers));
  },
};

/** Frameworks turn `pass` round after `.not`. */
function judged({ isNot = false }: MatcherContext, claim: Claim, facts: readonly Fact[]): MatcherResult {
  const failure = failureOf(claim, facts, isNot ? 'no' : 'yes');
  return { pass: (failure === undefined) !== isNot, message: () => failure ?? `expected ${claim[isNot ? 'no' : 'yes']}` };
}
