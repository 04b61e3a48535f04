/**
 * Every failure of this library is a {@link FieldsealError}. The `code` is the contract: it is stable, it decides what a caller may do, and each
 * code has an entry in `docs/errors.md`. Messages name attributes, tables and key ids, never values.
 */

/** What went wrong. See `docs/errors.md` for the cause and the fix of each. */
export type FieldsealErrorCode =
  // what was read
  | 'NOT_AUTHENTIC'
  | 'MALFORMED'
  | 'NOT_ENCRYPTED'
  | 'TOO_MANY_DATA_KEYS'
  | 'SUITE_NOT_ACCEPTED'
  | 'CONTEXT_MISMATCH'
  | 'INDEX_PARTIAL'
  // keys
  | 'KEY_ACCESS_DENIED'
  | 'KEY_UNAVAILABLE'
  | 'KEY_NOT_FOUND'
  | 'KEY_SHREDDED'
  | 'KEY_EXISTS'
  | 'KEY_ROLLED_BACK'
  | 'KEY_INVALID'
  | 'KEYRING_REFUSED'
  | 'MISSING_CONTEXT'
  // definitions
  | 'CONFIG_INVALID'
  | 'SCHEMA_INVALID'
  // what was to be written
  | 'ATTRIBUTE_UNKNOWN'
  | 'ATTRIBUTE_RESERVED'
  | 'ATTRIBUTE_MISSING'
  | 'ATTRIBUTE_INVALID'
  | 'VALIDATION_FAILED'
  | 'ITEM_TOO_LARGE'
  | 'ITEM_ALREADY_ENCRYPTED'
  | 'ENTITY_UNKNOWN'
  // operations
  | 'OPERATION_REFUSED'
  | 'ACCESS_DENIED'
  | 'LEAK_FOUND'
  | 'DECLASSIFICATION_REFUSED'
  | 'CONCURRENT_UPDATE'
  | 'UPDATE_OUTCOME_UNKNOWN'
  | 'UPDATE_TOO_WIDE'
  | 'TOKEN_REUSED'
  | 'BATCH_INCOMPLETE'
  | 'INPUT_INVALID'
  | 'LINE_TOO_LONG';

/** What is kept of a foreign error: identifiers that its own service chose, no message (foreign messages may quote values). */
export interface SanitizedCause {
  readonly name: string;
  readonly code?: string;
  readonly status?: number;
  readonly requestId?: string;
}

/** Options of {@link FieldsealError}. */
export interface FieldsealErrorOptions {
  /** Any foreign error; only a {@link SanitizedCause} of it is kept. A FieldsealError is kept whole. */
  readonly cause?: unknown;
  /** True when the same call may succeed later without any change (throttling, outage). */
  readonly retryable?: boolean;
  /** True when a database write took place before this error arose: do not send it again. */
  readonly writeApplied?: boolean;
  /** Names of attributes, or paths inside them, that the error is about; never values. */
  readonly attributes?: readonly string[];
}

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const REQUEST_ID = /^[A-Za-z0-9_=+/-]{1,64}$/;

/** The one error class. Compare `code`, not the class: `instanceof` fails across copies of a package. */
export class FieldsealError extends Error {
  override readonly name: string = 'FieldsealError';
  readonly code: FieldsealErrorCode;
  readonly retryable: boolean;
  readonly writeApplied: boolean;
  /**
   * The attributes that were refused, by name, or by path where it is known (`address.city`); empty where no attribute is at fault. Parts of
   * a path that came from the value are `*`.
   */
  readonly attributes: readonly string[];
  declare readonly cause: FieldsealError | SanitizedCause | undefined;

  constructor(code: FieldsealErrorCode, message: string, options: FieldsealErrorOptions = {}) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.writeApplied = options.writeApplied ?? false;
    this.attributes = Object.freeze([...(options.attributes ?? [])]);
    if (options.cause !== undefined) {
      Object.defineProperty(this, 'cause', { value: sanitizeCause(options.cause), enumerable: false, configurable: true });
    }
  }

  /** Where this code is explained: an anchor of `docs/errors.md`, which ships with the package. */
  get docs(): string {
    return `docs/errors.md#${this.code.toLowerCase()}`;
  }

  /** Safe to log: holds no value of any record. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.writeApplied && { writeApplied: true }),
      ...(this.attributes.length > 0 && { attributes: this.attributes }),
      docs: this.docs,
      ...(this.cause !== undefined && { cause: this.cause }),
    };
  }
}

/** True for errors of this library, also when they come from another copy of it. */
export function isFieldsealError(error: unknown): error is FieldsealError {
  return error instanceof Error && error.name === 'FieldsealError' && typeof (error as Partial<FieldsealError>).code === 'string';
}

/** Keeps the name, code, HTTP status and request id of a foreign error, each only when it has the form of an identifier. */
export function sanitizeCause(cause: unknown): FieldsealError | SanitizedCause {
  try {
    return isFieldsealError(cause) ? cause : identifiersOf(cause);
  } catch {
    return { name: 'Error' }; // a getter of the foreign error threw
  }
}

function identifiersOf(cause: unknown): SanitizedCause {
  if (typeof cause !== 'object' || cause === null) return { name: 'UnknownError' };
  const { name, code, $metadata } = cause as { name?: unknown; code?: unknown; $metadata?: unknown };
  const { httpStatusCode, requestId } = ($metadata ?? {}) as { httpStatusCode?: unknown; requestId?: unknown };
  return {
    name: typeof name === 'string' && IDENTIFIER.test(name) ? name : 'Error',
    ...(typeof code === 'string' && IDENTIFIER.test(code) && { code }),
    ...(typeof httpStatusCode === 'number' && { status: httpStatusCode }),
    ...(typeof requestId === 'string' && REQUEST_ID.test(requestId) && { requestId }),
  };
}
