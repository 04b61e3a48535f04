import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { LRUCache } from 'lru-cache';
import { FieldsealError } from '../errors.ts';
import { parseKeyArn } from './esdk/arn.ts';
import type { EsdkClientSupplier, EsdkKmsClient } from './esdk/kms.ts';

/** How KMS is reached. */
export interface KmsConnection {
  /** Your own client, used for every key as it is; its region must be that of the keys. */
  readonly kmsClient?: KMSClient;
  /** Region of a key id or alias that names none. Otherwise the ARN decides. */
  readonly region?: string;
  readonly endpoint?: string;
  readonly useFipsEndpoint?: boolean;
}

/** Under discovery an item names the region: whoever writes items must not be able to fill the memory with clients. */
const MOST_REGIONS = 64;

/** The client for one region, made once. */
export function kmsClients(connection: KmsConnection): (region: string | undefined) => KMSClient {
  const clients = new LRUCache<string, KMSClient>({ max: MOST_REGIONS, dispose: client => client.destroy() });
  return wanted => {
    if (connection.kmsClient !== undefined) return connection.kmsClient;
    const region = wanted || connection.region || '';
    const known = clients.get(region);
    if (known !== undefined) return known;
    const { endpoint, useFipsEndpoint } = connection;
    const client = new KMSClient({
      ...(region !== '' && { region }),
      ...(endpoint !== undefined && { endpoint }),
      ...(useFipsEndpoint !== undefined && { useFipsEndpoint }),
      customUserAgent: 'fieldseal',
    });
    clients.set(region, client);
    return client;
  };
}

/** The form of client that ESDK keyrings call. Its calls throw CONFIG_INVALID where no region is known. */
export function esdkClient(client: KMSClient): EsdkKmsClient {
  const inRegion = async <R>(call: () => Promise<R>): Promise<R> => {
    await requireRegion(client);
    return call();
  };
  return {
    config: client.config,
    generateDataKey: input => inRegion(() => client.send(new GenerateDataKeyCommand(input))),
    encrypt: input => inRegion(() => client.send(new EncryptCommand(input))),
    decrypt: input => inRegion(() => client.send(new DecryptCommand(input))),
  };
}

/** The SDK's own error has no name of its own, and would pass for an outage. */
async function requireRegion({ config }: Partial<KMSClient>): Promise<void> {
  try {
    await config?.region?.();
  } catch (cause) {
    const message = "KMS cannot be called without a valid region: give the key's ARN, or region";
    throw new FieldsealError('CONFIG_INVALID', message, { cause });
  }
}

/** A supplier as ESDK keyrings take it. */
export function esdkClients(connection: KmsConnection): EsdkClientSupplier {
  const clientIn = kmsClients(connection);
  return region => esdkClient(clientIn(region));
}

/** The region that a key ARN names. */
export function regionOf(kmsKeyId: string): string | undefined {
  return parseKeyArn(kmsKeyId)?.region ?? /^arn:[\w-]+:kms:([\w-]+):\d+:alias\//.exec(kmsKeyId)?.[1];
}
