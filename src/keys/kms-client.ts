import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { LRUCache } from 'lru-cache';
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

/** The form of client that ESDK keyrings call. */
export function esdkClient(client: KMSClient): EsdkKmsClient {
  return {
    config: client.config,
    generateDataKey: input => client.send(new GenerateDataKeyCommand(input)),
    encrypt: input => client.send(new EncryptCommand(input)),
    decrypt: input => client.send(new DecryptCommand(input)),
  };
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
