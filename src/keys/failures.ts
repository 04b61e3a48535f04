import { FieldsealError, type FieldsealErrorCode } from '../errors.ts';

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
      'CredentialsProviderError',
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

const NETWORK_CODE = /^(E[A-Z]+|UND_ERR_\w+)$/;

/** What a foreign error means to a caller; undefined when nothing about it is known. */
export function meaningOf(error: unknown): FieldsealErrorCode | undefined {
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
  KEY_NOT_FOUND: 'does not know the key: check its id, account and region',
  CONFIG_INVALID: 'does not accept the request: check the key id and the grant tokens',
  KEY_UNAVAILABLE: 'cannot be reached, fails or throttles; try again',
};

/** A key error of `code` about `what`; KEY_UNAVAILABLE is retryable. */
export function keyFailure(code: FieldsealErrorCode, what: string, cause: unknown): FieldsealError {
  return new FieldsealError(code, `${what} ${WORDS[code] ?? 'failed'}`, { cause, retryable: code === 'KEY_UNAVAILABLE' });
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
  const rank = ({ code }: FieldsealError): number => (RANK.includes(code) ? RANK.indexOf(code) : RANK.indexOf('KEY_UNAVAILABLE') + 0.5);
  return [...failures].sort((a, b) => rank(a) - rank(b))[0];
}
