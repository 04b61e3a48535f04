import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbKeyStore } from '../../../../keys/branch/dynamodb/key-store.ts';
import { regionOf } from '../../../../keys/kms-client.ts';
import type { Members } from '../../members.ts';
import { readDiscoveryFilter } from '../discovery-filter.ts';
import type { KeyStoreReader } from './index.ts';

/** AWS's key store table. `region` and `endpoint` are those of the table; the region of the KMS key is in its ARN. */
export const readDynamoDbKeyStore: KeyStoreReader = members => {
  const { table } = members.texts('table');
  const { kmsKeyArn = '' } = members.optionalTexts('kmsKeyArn');
  const { mrkRegion, kmsEndpoint } = members.optionalTexts('mrkRegion', 'kmsEndpoint');
  const { region = mrkRegion ?? regionOf(kmsKeyArn), endpoint } = members.optionalTexts('region', 'endpoint');
  return dynamoDbKeyStore({
    table,
    ...kmsKeyOf(members),
    dynamoDbClient: new DynamoDBClient({ ...(region && { region }), ...(endpoint && { endpoint }), customUserAgent: 'fieldseal' }),
    ...(kmsEndpoint !== undefined && { endpoint: kmsEndpoint }),
    ...members.optionalTexts('logicalName'),
    ...members.optionalLists('grantTokens'),
  });
};

/** One KMS key, or those that a filter lets through. */
function kmsKeyOf(members: Members) {
  if (!members.has('discoveryFilter')) return members.texts('kmsKeyArn');
  if (members.has('kmsKeyArn')) throw members.refusal('kmsKeyArn', 'and discoveryFilter are both given; give one');
  return { discoveryFilter: readDiscoveryFilter(members), ...members.optionalTexts('mrkRegion') };
}
