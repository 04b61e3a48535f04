import { randomUUID } from 'node:crypto';
import { isRecord } from '../../bytes/objects.ts';
import { isOperationName, type KmsOperationName } from './operations/index.ts';
import { KmsServiceError } from './service-error.ts';

/** A request of the AWS JSON 1.1 protocol, whatever carried it. */
export interface KmsHttpRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface KmsHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a request asks for. */
export interface KmsRequest {
  readonly operation: KmsOperationName;
  readonly region: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const TARGET = 'TrentService.';
/** The region of a SigV4 credential scope. Nothing is signed with a secret here, so the signature itself is not checked. */
const CREDENTIAL_SCOPE = /Credential=[^,\s]+\/\d{8}\/([a-z0-9-]+)\/kms\/aws4_request/;

/** Throws KmsServiceError. */
export function parseRequest({ headers, body }: KmsHttpRequest): KmsRequest {
  const target = headers['x-amz-target'];
  const operation = typeof target === 'string' && target.startsWith(TARGET) ? target.slice(TARGET.length) : '';
  if (!isOperationName(operation)) throw new KmsServiceError('UnknownOperationException', `FakeKms has no operation '${operation}'`);
  const region = CREDENTIAL_SCOPE.exec(String(headers.authorization))?.[1];
  if (region === undefined) throw new KmsServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  return { operation, region, parameters: parseParameters(body) };
}

export function answer(parameters: Readonly<Record<string, unknown>>): KmsHttpResponse {
  return respond(200, parameters);
}

export function errorAnswer({ name, status, message }: KmsServiceError): KmsHttpResponse {
  return respond(status, { __type: name, ...(message !== '' && { message }) });
}

function respond(status: number, parameters: Readonly<Record<string, unknown>>): KmsHttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'cache-control': 'no-store', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(parameters),
  };
}

function parseParameters(body: string): Record<string, unknown> {
  let parameters: unknown;
  try {
    parameters = body === '' ? {} : JSON.parse(body);
  } catch {
    throw new KmsServiceError('SerializationException', 'The body is not JSON');
  }
  if (!isRecord(parameters)) throw new KmsServiceError('SerializationException', 'The body is not a JSON object');
  return parameters;
}
