import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { quoted } from '../../../bytes/quoted.ts';
import { FieldsealError, type FieldsealErrorCode, isFieldsealError } from '../../../errors.ts';
import { meaningOf, wordsWithoutCredentials } from '../../failures.ts';

/** What a failure of the key table means, by code. */
const TABLE_WORDS: Partial<Record<FieldsealErrorCode, (action: string) => string>> = {
  KEY_ACCESS_DENIED: action => `refuses dynamodb:${action}: check the permissions of the caller`,
  KEY_NOT_FOUND: () =>
    'is not there: check its name, account and region; createKeyStoreTable, or fieldseal keystore create-table, makes one',
  CONFIG_INVALID: action => `does not accept dynamodb:${action}: check that its keys are branch-key-id and type, both texts`,
  KEY_UNAVAILABLE: () => 'cannot be reached, fails or throttles; try again',
};

/** Errors, and reasons of cancelled transactions, that pass: the first have a status that says the request was wrong. */
const PASSING = new Set([
  'TransactionInProgressException',
  'TransactionConflictException',
  'ResourceInUseException',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** A failure of the key table: KEY_ACCESS_DENIED, KEY_NOT_FOUND, CONFIG_INVALID, or KEY_UNAVAILABLE, which is retryable. */
export function tableFailure(table: string, action: string, error: unknown): FieldsealError {
  if (isFieldsealError(error)) return error;
  const code = codeOf(error);
  const words = wordsWithoutCredentials(error) ?? TABLE_WORDS[code]?.(action) ?? `fails dynamodb:${action}`;
  return new FieldsealError(code, `key store table ${quoted(table)} ${words}`, { cause: error, retryable: code === 'KEY_UNAVAILABLE' });
}

function codeOf(error: unknown): FieldsealErrorCode {
  const reasons = cancellationCodes(error) ?? [String((error as Partial<Error> | null)?.name)];
  if (reasons.some(reason => PASSING.has(reason))) return 'KEY_UNAVAILABLE';
  if (reasons.includes('ValidationError')) return 'CONFIG_INVALID';
  return meaningOf(error) ?? 'KEY_UNAVAILABLE';
}

/** Somebody else changed the same branch key at the same time. KEY_UNAVAILABLE, retryable. */
export class LostRace extends FieldsealError {
  constructor(branchKeyId: string, cause?: unknown) {
    super('KEY_UNAVAILABLE', `branch key ${quoted(branchKeyId)} was changed by somebody else at the same time; try again`, {
      retryable: true,
      cause,
    });
  }
}

/** Why a transaction was cancelled: a code for each of its actions, in their order. Undefined for any other failure. */
export function cancellationCodes(error: unknown): readonly string[] | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}

/** True when a condition of a transaction did not hold, or somebody else had one of its records. */
export function wasRaced(codes: readonly string[]): boolean {
  return codes.includes('ConditionalCheckFailed') || codes.includes('TransactionConflict');
}

export function unknownKey(table: string, branchKeyId: string, version?: string): FieldsealError {
  const ofVersion = version === undefined ? '' : ` of version ${quoted(version)}`;
  return new FieldsealError('KEY_NOT_FOUND', `key store table ${quoted(table)} has no branch key ${quoted(branchKeyId)}${ofVersion}`);
}

export function shreddedKey(table: string, branchKeyId: string): FieldsealError {
  return new FieldsealError(
    'KEY_SHREDDED',
    `branch key ${quoted(branchKeyId)} was shredded: what is encrypted under it cannot be read any more, its id cannot be used again, and key store table ${quoted(table)} holds no copy`,
  );
}
