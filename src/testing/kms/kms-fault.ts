import { FieldsealError } from '../../errors.ts';
import type { KmsCallFacts } from './call-log.ts';
import { isOperationName, type KmsOperationName } from './operations/index.ts';
import { KmsServiceError } from './service-error.ts';

/** What can go wrong on request. `timeout` closes the connection without an answer: the SDK calls that a `TimeoutError`. */
export type KmsFaultKind = 'throttle' | 'timeout' | 'internal' | 'access-denied' | 'disabled' | 'pending-deletion' | 'wrong-region';

/** Which calls fail, and how. Every condition that is left out matches all calls. */
export interface KmsFault {
  readonly operation?: KmsOperationName;
  /** A key id, a key ARN, or the identifier exactly as the request gives it (an alias, for instance). */
  readonly keyId?: string;
  readonly region?: string;
  /** How many requests it meets before it is over; the SDK retries `throttle`, `timeout` and `internal`. Left out: until it is removed. */
  readonly times?: number;
  /** Left out: the call succeeds, after `latencyMs`. */
  readonly error?: KmsFaultKind;
  readonly latencyMs?: number;
}

const ERRORS: Readonly<Record<Exclude<KmsFaultKind, 'timeout'>, (call: KmsCallFacts) => KmsServiceError>> = {
  throttle: () => new KmsServiceError('ThrottlingException', 'Rate exceeded'),
  internal: () => new KmsServiceError('KMSInternalException', 'An internal error occurred.'),
  'access-denied': ({ operation, keyId = '*' }) =>
    new KmsServiceError('AccessDeniedException', `User is not authorized to perform: kms:${operation} on resource: ${keyId}`),
  disabled: call => new KmsServiceError('DisabledException', `${nameOfKey(call)} is disabled.`),
  'pending-deletion': call => new KmsServiceError('KMSInvalidStateException', `${nameOfKey(call)} is pending deletion.`),
  'wrong-region': ({ region }) => new KmsServiceError('NotFoundException', `Invalid arn ${region}`),
};

/** Throws CONFIG_INVALID for a fault that could never be seen. */
export function checkKmsFault({ operation, error, latencyMs }: KmsFault): void {
  if (error === undefined && latencyMs === undefined) refuse('a fault needs an `error`, a `latencyMs`, or both');
  if (operation !== undefined && !isOperationName(operation)) refuse(`FakeKms has no operation ${operation}`);
  if (error !== undefined && error !== 'timeout' && !Object.hasOwn(ERRORS, error)) refuse(`a fault cannot be ${error}`);
  if (latencyMs !== undefined && !(Number.isFinite(latencyMs) && latencyMs >= 0)) refuse('`latencyMs` is a number of milliseconds');
}

export function kmsFaultMatches(fault: KmsFault, call: KmsCallFacts): boolean {
  if (fault.operation !== undefined && fault.operation !== call.operation) return false;
  if (fault.region !== undefined && fault.region !== call.region) return false;
  return (
    fault.keyId === undefined ||
    fault.keyId === call.keyId ||
    call.keyArns.some(arn => arn === fault.keyId || arn.endsWith(`:key/${fault.keyId}`))
  );
}

export function kmsFaultError(kind: Exclude<KmsFaultKind, 'timeout'>, call: KmsCallFacts): KmsServiceError {
  return ERRORS[kind](call);
}

function nameOfKey({ keyArns, keyId }: KmsCallFacts): string {
  return keyArns[0] ?? keyId ?? 'The key';
}

function refuse(reason: string): never {
  throw new FieldsealError('CONFIG_INVALID', reason);
}
