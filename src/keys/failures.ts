import { FieldsealError, type FieldsealErrorCode, isFieldsealError, sanitizeCause } from '../errors.ts';

/** The SDK found nothing to sign a request with. */
const NO_CREDENTIALS = 'CredentialsProviderError';

/** Names of KMS and DynamoDB errors by what they mean to a caller. What is not named here is decided by HTTP status and network code. */
const MEANING: ReadonlyArray<readonly [FieldsealErrorCode, ReadonlySet<string>]> = [
  ['NOT_AUTHENTIC', new Set(['InvalidCiphertextException', 'IncorrectKeyException'])],
  [
    'KEY_ACCESS_DENIED',
    new Set([
      'AccessDeniedException',
      'AccessDenied',
      'DisabledException',
      'KMSInvalidStateException',
      'InvalidKeyUsageException',
      'InvalidGrantTokenException',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'IncompleteSignature',
      'MissingAuthenticationToken',
      'ExpiredTokenException',
      NO_CREDENTIALS,
      'NotAuthorized',
      'OptInRequired',
    ]),
  ],
  ['KEY_NOT_FOUND', new Set(['NotFoundException', 'InvalidArnException', 'ResourceNotFoundException'])],
  ['CONFIG_INVALID', new Set(['ValidationException', 'ValidationError'])],
  [
    'KEY_UNAVAILABLE',
    new Set([
      'ThrottlingException',
      'Throttling',
      'TooManyRequestsException',
      'LimitExceededException',
      'RequestLimitExceeded',
      'ProvisionedThroughputExceededException',
      'KMSInternalException',
      'InternalServerError',
      'InternalFailure',
      'DependencyTimeoutException',
      'KeyUnavailableException',
      'ServiceUnavailable',
      'ServiceUnavailableException',
      'TimeoutError',
      'RequestTimeout',
      'RequestExpired',
      'AbortError',
      'NetworkingError',
    ]),
  ],
];

/** Connections that cannot be made, break or do not answer. Other codes of Node are mistakes, or denials by the system. */
const NETWORK_CODE =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|ESOCKETTIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENETRESET|EADDRNOTAVAIL|EMFILE|ENFILE|UND_ERR_\w+)$/;

/** What a foreign error means to a caller; undefined when nothing about it is known. */
export function meaningOf(error: unknown): FieldsealErrorCode | undefined {
  try {
    return meaningOfMembers(error);
  } catch {
    return undefined; // a getter of the foreign error threw
  }
}

function meaningOfMembers(error: unknown): FieldsealErrorCode | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, $metadata, $retryable } = error as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: unknown };
    $retryable?: unknown;
  };
  const named = MEANING.find(([, names]) => names.has(String(name)));
  if (named !== undefined) return named[0];
  const status = $metadata?.httpStatusCode;
  if (typeof status === 'number') return status >= 500 || status === 429 || status === 408 ? 'KEY_UNAVAILABLE' : 'KEY_ACCESS_DENIED';
  if ($retryable !== undefined || (typeof code === 'string' && NETWORK_CODE.test(code))) return 'KEY_UNAVAILABLE';
  return undefined;
}

const WORDS: Partial<Record<FieldsealErrorCode, string>> = {
  KEY_ACCESS_DENIED: 'refuses: check kms:GenerateDataKey and kms:Decrypt, the key policy and the state of the key',
  KEY_NOT_FOUND: 'was not found: check its id, account and region',
  CONFIG_INVALID: 'does not accept the request: check the key id and the grant tokens',
  KEY_UNAVAILABLE: 'cannot be reached, fails or throttles; try again',
};

const UNSIGNED = 'was not called: no AWS credentials were found; check the environment, the profile or the role';

/** What to say of a call that could not be signed; undefined for all others. */
export function wordsWithoutCredentials(cause: unknown): string | undefined {
  return cause !== undefined && sanitizeCause(cause).name === NO_CREDENTIALS ? UNSIGNED : undefined;
}

/** A key error of `code` about `what`; KEY_UNAVAILABLE is retryable. */
export function keyFailure(code: FieldsealErrorCode, what: string, cause: unknown): FieldsealError {
  const words = wordsWithoutCredentials(cause) ?? WORDS[code] ?? 'failed';
  return new FieldsealError(code, `${what} ${words}`, { cause, retryable: code === 'KEY_UNAVAILABLE' });
}

const unclassified = new WeakSet<FieldsealError>();

/** What a store of the caller's own threw. When nothing is known about it, it counts as KEY_UNAVAILABLE, but not as an outage. */
export function foreignFailure(what: string, error: unknown): FieldsealError {
  const code = meaningOf(error);
  const failure = keyFailure(code ?? 'KEY_UNAVAILABLE', what, error);
  if (code === undefined) unclassified.add(failure);
  return failure;
}

const unrecognised = new WeakSet<FieldsealError>();

/** That a keyring names its key in a way that no item does, so that it cannot tell its own data keys: all others explain a failure better. */
export function onlyEncrypts(what: string): FieldsealError {
  const message = `${what} cannot be told to be that of the item's data key; give the key's ARN: an alias or key id only encrypts`;
  const failure = new FieldsealError('KEY_NOT_FOUND', message);
  unrecognised.add(failure);
  return failure;
}

/** From the error that a caller must see to the one that matters least. */
const RANK: readonly FieldsealErrorCode[] = [
  'KEY_UNAVAILABLE',
  'KEY_INVALID',
  'KEY_ACCESS_DENIED',
  'MISSING_CONTEXT',
  'CONFIG_INVALID',
  'KEY_SHREDDED',
  'KEY_NOT_FOUND',
  'NOT_AUTHENTIC',
];

/** The failure that explains best why nothing could be opened: a transient one must never look like a damaged item. */
export function worstOf(failures: readonly FieldsealError[]): FieldsealError | undefined {
  // What is not listed is no transient failure, and says more than the rest.
  const rankOf = (code: FieldsealErrorCode): number => (RANK.includes(code) ? RANK.indexOf(code) : RANK.indexOf('KEY_UNAVAILABLE') + 0.5);
  const rank = (failure: FieldsealError): number => (unrecognised.has(failure) ? RANK.length : rankOf(failure.code));
  return [...failures].sort((a, b) => rank(a) - rank(b))[0];
}

/** True for want of service: timeouts, throttling, 5xx and broken connections. What cannot be classified is none. */
export function isOutage(error: unknown): boolean {
  if (!isFieldsealError(error) || error.code !== 'KEY_UNAVAILABLE' || !error.retryable || unclassified.has(error)) return false;
  const { cause } = error;
  return cause === undefined || isFieldsealError(cause)
    ? true
    : meaningOf({ ...cause, $metadata: { httpStatusCode: cause.status } }) === 'KEY_UNAVAILABLE';
}

/** True when somebody who may decide it said no: the key must not be used any more. */
export function isDenial({ code }: FieldsealError): boolean {
  return code === 'KEY_ACCESS_DENIED' || code === 'KEY_NOT_FOUND' || code === 'KEY_SHREDDED';
}
