import { Buffer } from 'node:buffer';
import { createRequire } from 'node:module';
import type { KMS, KMSClientConfig } from '@aws-sdk/client-kms';
import { FieldsealError } from '../../errors.ts';
import type { KmsService } from './service.ts';

/** Options of the SDK's own client, such as `region` and `maxAttempts`. Where requests go is not among them. */
export type KmsClientOptions = Omit<KMSClientConfig, 'requestHandler' | 'endpoint'>;

/** What of the SDK's request and of its options matters here. */
interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
interface SdkHandlerOptions {
  readonly abortSignal?: unknown;
}
interface SdkResponse {
  readonly response: { statusCode: number; headers: Record<string, string>; body: Uint8Array };
}

/** A real client of the AWS SDK whose requests go to the service by a function call instead of a socket. */
export function sdkClient(service: KmsService, region: string, options: KmsClientOptions): KMS {
  const { KMS } = loadSdk();
  return new KMS({
    region,
    credentials: { accessKeyId: 'FAKEKMS', secretAccessKey: 'not-a-secret' },
    ...options,
    requestHandler: {
      handle: (request: SdkRequest, handlerOptions?: SdkHandlerOptions) => carry(service, request, handlerOptions),
    },
  });
}

async function carry(service: KmsService, { headers, body }: SdkRequest, { abortSignal }: SdkHandlerOptions = {}): Promise<SdkResponse> {
  if (service.closed) throw new FieldsealError('CONFIG_INVALID', 'this FakeKms is closed: make a client of one that is open');
  const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined;
  signal?.throwIfAborted();
  const request = { headers: lowerCase(headers), body: textOf(body) };
  const reply = await service.handle(request, { keepAlive: true, ...(signal && { signal }) });
  signal?.throwIfAborted();
  if (reply === 'no-answer') throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
  return { response: { statusCode: reply.status, headers: { ...reply.headers }, body: Buffer.from(reply.body, 'utf8') } };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (!(body instanceof Uint8Array)) return '';
  // A view: `Buffer.from(body)` would call `valueOf`, which the SDK's bodies answer with a warning.
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** Loaded on first use: whoever tests without AWS KMS need not install its client. */
function loadSdk(): typeof import('@aws-sdk/client-kms') {
  try {
    // `require` returns any; the package is the one whose types are imported above.
    return createRequire(import.meta.url)('@aws-sdk/client-kms') as typeof import('@aws-sdk/client-kms');
  } catch (error) {
    throw new FieldsealError('CONFIG_INVALID', 'FakeKms.client() needs the package @aws-sdk/client-kms: install it', { cause: error });
  }
}
