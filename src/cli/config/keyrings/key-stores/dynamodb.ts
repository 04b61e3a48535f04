import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbKeyStore } from '../../../../keys/branch/dynamodb-key-store.ts';
import { regionOf } from '../../../../keys/kms-client.ts';
import type { KeyStoreReader } from './index.ts';

/** AWS's key store table. `region` and `endpoint` are those of the table; the region of the KMS key is in its ARN. */
export const readDynamoDbKeyStore: KeyStoreReader = members => {
  const { kmsKeyArn, table } = members.texts('table', 'kmsKeyArn');
  const { kmsEndpoint } = members.optionalTexts('kmsEndpoint');
  const { region = regionOf(kmsKeyArn), endpoint } = members.optionalTexts('region', 'endpoint');
  return dynamoDbKeyStore({
    table,
    kmsKeyArn,
    dynamoDbClient: new DynamoDBClient({ ...(region && { region }), ...(endpoint && { endpoint }), customUserAgent: 'fieldseal' }),
    ...(kmsEndpoint !== undefined && { endpoint: kmsEndpoint }),
    ...members.optionalTexts('logicalName'),
    ...members.optionalLists('grantTokens'),
  });
};
