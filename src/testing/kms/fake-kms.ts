import type { KMS } from '@aws-sdk/client-kms';
import { FieldsealError } from '../../errors.ts';
import type { FaultHandle } from '../faults.ts';
import { refuseProduction, type TestOnly } from '../refuse-production.ts';
import type { KmsCall } from './call-log.ts';
import { HttpEndpoint } from './http-endpoint.ts';
import type { KmsKey } from './key.ts';
import { KeyRegistry } from './key-registry.ts';
import { checkKmsFault, type KmsFault } from './kms-fault.ts';
import type { KmsOperationName } from './operations/index.ts';
import { type KmsClientOptions, sdkClient } from './sdk-client.ts';
import { KmsService } from './service.ts';

export interface FakeKmsOptions extends TestOnly {
  /** The region of {@link FakeKms.createKey} and {@link FakeKms.client} when they name none: `us-east-1`. */
  readonly region?: string;
  /** The account that owns every key, 12 digits: `111122223333`. */
  readonly account?: string;
}

export interface NewKmsKey {
  readonly region?: string;
  /** With its `alias/` prefix. */
  readonly alias?: string;
  /** Makes it a multi-Region key with a replica in each of these regions; an empty list makes one without replicas. */
  readonly replicaRegions?: readonly string[];
}

/** A key that a test made. */
export interface FakeKmsKey {
  readonly keyId: string;
  readonly arn: string;
  readonly region: string;
  /** The ARNs of a multi-Region key's replicas, in the order of `replicaRegions`. */
  readonly replicaArns: readonly string[];
}

/**
 * AWS KMS for tests, in this process: real AES-256-GCM under random keys, real encryption-context checks, the errors and key states of AWS.
 * There are no permissions: policies, grants and grant tokens are taken and mean nothing. Keys live as long as the object.
 *
 * Clients reach it through {@link client} without a socket, or over HTTP after {@link listen}; both see the same keys.
 * Throws CONFIG_INVALID where `NODE_ENV` is `production`.
 */
export class FakeKms implements AsyncDisposable {
  readonly #region: string;
  readonly #keys: KeyRegistry;
  readonly #service: KmsService;
  #endpoint: Promise<HttpEndpoint> | undefined;

  constructor(options: FakeKmsOptions = {}) {
    refuseProduction('FakeKms', options);
    const { region = 'us-east-1', account = '111122223333' } = options;
    if (!/^\d{12}$/.test(account)) throw new FieldsealError('CONFIG_INVALID', 'an AWS account is 12 digits');
    this.#region = region;
    this.#keys = new KeyRegistry(account);
    this.#service = new KmsService(this.#keys);
  }

  /** Makes a key at once and without a record in {@link calls}. Throws CONFIG_INVALID for an alias or a replica that cannot be. */
  createKey({ region = this.#region, alias, replicaRegions }: NewKmsKey = {}): FakeKmsKey {
    return setUp(() => {
      const key = this.#keys.create(region, { multiRegion: replicaRegions !== undefined });
      if (alias !== undefined) this.#service.run('CreateAlias', region, { AliasName: alias, TargetKeyId: key.id });
      const replicas: KmsKey[] = (replicaRegions ?? []).map(replicaRegion => this.#keys.replicate(key, replicaRegion));
      return { keyId: key.id, arn: key.arn, region, replicaArns: replicas.map(({ arn }) => arn) };
    });
  }

  /** A client of the AWS SDK: for `send(command)`, and for the keyrings of the AWS Encryption SDK. Needs the package `@aws-sdk/client-kms`. */
  client(options: KmsClientOptions = {}): KMS {
    this.#refuseClosed();
    return sdkClient(this.#service, this.#region, options);
  }

  /**
   * Opens an HTTP endpoint on 127.0.0.1 for clients made with `endpoint: url` and any credentials; the region is the one they sign for.
   * A second call gives the same endpoint. The endpoint does not keep the process alive.
   */
  async listen({ port = 0 }: { readonly port?: number } = {}): Promise<{ readonly url: string }> {
    this.#refuseClosed();
    this.#endpoint ??= HttpEndpoint.open(this.#service, port).catch((error: unknown) => {
      this.#endpoint = undefined;
      throw error;
    });
    const { url } = await this.#endpoint;
    return { url };
  }

  /** Every request since the beginning or the last {@link reset}, failed ones and retries included. */
  get calls(): readonly KmsCall[] {
    return this.#service.log.calls;
  }

  /** How many requests there were, of one operation or of all. */
  count(operation?: KmsOperationName): number {
    return this.#service.log.count(operation);
  }

  /** Makes matching requests fail, or slow, until the handle is removed. Throws CONFIG_INVALID for a fault that says nothing. */
  fail(fault: KmsFault): FaultHandle {
    checkKmsFault(fault);
    return this.#service.faults.add(fault);
  }

  /** Forgets calls and faults; keys stay. */
  reset(): void {
    this.#service.log.clear();
    this.#service.faults.clear();
  }

  /** Ends every open request and the endpoint; clients refuse further calls. May be called again. */
  async close(): Promise<void> {
    this.#service.close();
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    await (await endpoint?.catch(() => undefined))?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #refuseClosed(): void {
    if (this.#service.closed) throw new FieldsealError('CONFIG_INVALID', 'this FakeKms is closed: make another one');
  }
}

function setUp<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new FieldsealError('CONFIG_INVALID', `FakeKms cannot make this key: ${error instanceof Error ? error.message : 'unknown'}`, {
      cause: error,
    });
  }
}
