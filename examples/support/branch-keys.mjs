// Makes branch keys in a key store table, record by record as AWS's key stores do. Elsewhere use `createKey` of `dynamoDbKeyStore`: it writes all
// records in one transaction, which the in-process DynamoDB of these examples does not have.
import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyWithoutPlaintextCommand, ReEncryptCommand } from '@aws-sdk/client-kms';

/** Creates one branch key and returns its id. The table's keys are `branch-key-id` and `type`. */
export async function createBranchKey({ database, kmsClient, table, kmsKeyArn }) {
  const branchKeyId = randomUUID();
  const version = `branch:version:${randomUUID()}`;
  const shared = { 'branch-key-id': branchKeyId, 'kms-arn': kmsKeyArn, 'create-time': new Date().toISOString(), 'hierarchy-version': '1' };
  const versionRecord = { ...shared, type: version };
  const activeRecord = { ...shared, type: 'branch:ACTIVE', version };

  // KMS makes the key; its plaintext never comes here. The whole record is the encryption context, so that no part of it can be changed.
  const generated = await kmsClient.send(
    new GenerateDataKeyWithoutPlaintextCommand({ KeyId: kmsKeyArn, NumberOfBytes: 32, EncryptionContext: contextOf(versionRecord, table) }),
  );
  const copied = await kmsClient.send(
    new ReEncryptCommand({
      SourceKeyId: kmsKeyArn,
      DestinationKeyId: kmsKeyArn,
      CiphertextBlob: generated.CiphertextBlob,
      SourceEncryptionContext: contextOf(versionRecord, table),
      DestinationEncryptionContext: contextOf(activeRecord, table),
    }),
  );
  await database.send(new PutItemCommand({ TableName: table, Item: itemOf(versionRecord, generated.CiphertextBlob) }));
  await database.send(new PutItemCommand({ TableName: table, Item: itemOf(activeRecord, copied.CiphertextBlob) }));
  return branchKeyId;
}

function contextOf(record, table) {
  return { ...record, tablename: table };
}

function itemOf({ 'hierarchy-version': hierarchyVersion, ...texts }, ciphertext) {
  const attributes = Object.entries(texts).map(([name, text]) => [name, { S: text }]);
  return { ...Object.fromEntries(attributes), 'hierarchy-version': { N: hierarchyVersion }, enc: { B: ciphertext } };
}
