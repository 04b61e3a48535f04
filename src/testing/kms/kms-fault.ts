import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { FieldsealError } from '../../errors.ts';
import type { KmsCallFacts } from './call-log.ts';
import { isOperationName, type KmsOperationName } from './operations/index.ts';
import { KmsServiceError } from './service-error.ts';

/**
 * What can go wrong on request. `timeout` closes the connection without an answer: the SDK calls that a `TimeoutError`. `outage` answers
 * with status 503. `wrong-key` is an IncorrectKeyException. `wrong-plaintext` answers with other bytes of the same length, as if a key were
 * another one. The last two are met by those operations alone that can answer so: Decrypt, and for `wrong-key` ReEncrypt.
 */
export type KmsFaultKind =
  | 'throttle'
  | 'timeout'
  | 'outage'
  | 'internal'
  | 'access-denied'
  | 'disabled'
  | 'pending-deletion'
  | 'wrong-region'
  | 'wrong-key'
  | 'wrong-plaintext';

/** Which calls fail, and how. Every condition that is left out matches all calls. */
export interface KmsFault {
  readonly operation?: KmsOperationName;
  /** A key id, a key ARN, or the identifier exactly as the request gives it (an alias, for instance). */
  readonly keyId?: string;
  readonly region?: string;
  /**
   * How many requests it meets before it is over; the SDK retries `throttle`, `timeout`, `outage` and `internal`. Left out: until it is
   * removed.
   */
  readonly times?: number;
  /** Left out: the call succeeds, after `latencyMs`. */
  readonly error?: KmsFaultKind;
  readonly latencyMs?: number;
}

type KmsErrorFaultKind = Exclude<KmsFaultKind, 'timeout' | 'wrong-plaintext'>;

const ERRORS: Readonly<Record<KmsErrorFaultKind, (call: KmsCallFacts) => KmsServiceError>> = {
  throttle: () => new KmsServiceError('ThrottlingException', 'Rate exceeded'),
  outage: () => new KmsServiceError('ServiceUnavailable', 'The request has failed due to a temporary failure of the server.'),
  internal: () => new KmsServiceError('KMSInternalException', 'An internal error occurred.'),
  'access-denied': ({ operation, keyId = '*' }) =>
    new KmsServiceError('AccessDeniedException', `User is not authorized to perform: kms:${operation} on resource: ${keyId}`),
  disabled: call => new KmsServiceError('DisabledException', `${nameOfKey(call)} is disabled.`),
  'pending-deletion': call => new KmsServiceError('KMSInvalidStateException', `${nameOfKey(call)} is pending deletion.`),
  'wrong-region': ({ region }) => new KmsServiceError('NotFoundException', `Invalid arn ${region}`),
  'wrong-key': () =>
    new KmsServiceError('IncorrectKeyException', 'The key ID in the request does not identify the key of this ciphertext.'),
};

/** The operations that meet a kind of fault; all of them when there is no row. */
const ONLY: ReadonlyMap<KmsFaultKind, readonly KmsOperationName[]> = new Map([
  ['wrong-key', ['Decrypt', 'ReEncrypt']],
  ['wrong-plaintext', ['Decrypt']],
]);

/** Throws CONFIG_INVALID for a fault that could never be seen. */
export function checkKmsFault({ operation, error, latencyMs }: KmsFault): void {
  if (error === undefined && latencyMs === undefined) refuse('a fault needs an `error`, a `latencyMs`, or both');
  if (operation !== undefined && !isOperationName(operation)) refuse(`FakeKms has no operation ${operation}`);
  if (error !== undefined && !isErrorKind(error) && error !== 'timeout' && error !== 'wrong-plaintext')
    refuse(`a fault cannot be ${error}`);
  if (error !== undefined && operation !== undefined && !canMeet(operation, error)) refuse(`${operation} cannot meet the fault ${error}`);
  if (latencyMs !== undefined && !(Number.isFinite(latencyMs) && latencyMs >= 0)) refuse('`latencyMs` is a number of milliseconds');
}

export function kmsFaultMatches(fault: KmsFault, call: KmsCallFacts): boolean {
  if (fault.operation !== undefined && fault.operation !== call.operation) return false;
  if (fault.error !== undefined && !canMeet(call.operation, fault.error)) return false;
  if (fault.region !== undefined && fault.region !== call.region) return false;
  return (
    fault.keyId === undefined ||
    fault.keyId === call.keyId ||
    call.keyArns.some(arn => arn === fault.keyId || arn.endsWith(`:key/${fault.keyId}`))
  );
}

/** The error that a fault answers with; undefined for faults of another kind. */
export function kmsFaultError({ error }: KmsFault, call: KmsCallFacts): KmsServiceError | undefined {
  return error !== undefined && isErrorKind(error) ? ERRORS[error](call) : undefined;
}

/** The answer of a Decrypt that opened to other bytes. */
export function withWrongPlaintext(answer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const length = Buffer.from(String(answer.Plaintext), 'base64').length;
  return { ...answer, Plaintext: randomBytes(length).toString('base64') };
}

function isErrorKind(kind: KmsFaultKind): kind is KmsErrorFaultKind {
  return Object.hasOwn(ERRORS, kind);
}

function canMeet(operation: KmsOperationName, kind: KmsFaultKind): boolean {
  return ONLY.get(kind)?.includes(operation) ?? true;
}

function nameOfKey({ keyArns, keyId }: KmsCallFacts): string {
  return keyArns[0] ?? keyId ?? 'The key';
}

function refuse(reason: string): never {
  throw new FieldsealError('CONFIG_INVALID', reason);
}
