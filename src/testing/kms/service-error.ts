/** The HTTP status of each error that the fake KMS answers with. */
const STATUS = {
  AccessDeniedException: 400,
  AlreadyExistsException: 400,
  DisabledException: 400,
  DryRunOperationException: 412,
  IncorrectKeyException: 400,
  InvalidAliasNameException: 400,
  InvalidCiphertextException: 400,
  InvalidMarkerException: 400,
  KMSInternalException: 500,
  KMSInvalidStateException: 400,
  MissingAuthenticationTokenException: 400,
  NotFoundException: 400,
  SerializationException: 400,
  ServiceUnavailable: 503,
  ThrottlingException: 400,
  UnknownOperationException: 400,
  UnsupportedOperationException: 400,
  ValidationException: 400,
} as const;

/** Names of KMS errors, as `error.name` of the AWS SDK shows them. */
export type KmsErrorName = keyof typeof STATUS;

/** An error answer. It never leaves this room as an exception: the protocol turns it into a response. */
export class KmsServiceError extends Error {
  override readonly name: KmsErrorName;
  readonly status: number;

  constructor(name: KmsErrorName, message = '') {
    super(message);
    this.name = name;
    this.status = STATUS[name];
  }
}
