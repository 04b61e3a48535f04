import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FieldsealError, sanitizeCause } from '../../errors.ts';
import { regionOf } from '../../keys/kms-client.ts';

/** Where a key store is, as the arguments say it. */
export interface KeyStoreAddress {
  readonly table?: string;
  readonly logicalName?: string;
  readonly kmsKeyArn?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly kmsEndpoint?: string;
}

/** A table and a client for it. */
export interface TableConnection {
  readonly table: string;
  readonly dynamoDbClient: DynamoDBClient;
}

/** Makes the client. Throws INPUT_INVALID or CONFIG_INVALID for what could not be called, before any call. */
export async function connect({ table, kmsKeyArn, endpoint, kmsEndpoint, ...address }: KeyStoreAddress): Promise<TableConnection> {
  if (!table) throw new FieldsealError('INPUT_INVALID', 'give --table, the name of the key store table');
  requireUrl('--endpoint', endpoint);
  requireUrl('--kms-endpoint', kmsEndpoint);
  const region = address.region ?? regionOf(kmsKeyArn ?? '');
  const dynamoDbClient = new DynamoDBClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    customUserAgent: 'fieldseal',
  });
  await requireRegion(dynamoDbClient);
  return { table, dynamoDbClient };
}

/** An URL may hold a password: it is not told. */
function requireUrl(option: string, url: string | undefined): void {
  if (url === undefined || (URL.canParse(url) && /^https?:/i.test(url))) return;
  throw new FieldsealError('INPUT_INVALID', `${option} must be a URL, such as http://localhost:4566`);
}

/** The SDK would tell of a missing region in each call, as if the service could not be reached. */
async function requireRegion({ config }: DynamoDBClient): Promise<void> {
  try {
    await config.region();
  } catch (error) {
    const reason = 'there is no region, or none that can be: give --region, or --kms-key-arn, or set AWS_REGION';
    throw new FieldsealError('CONFIG_INVALID', reason, { cause: sanitizeCause(error) });
  }
}
