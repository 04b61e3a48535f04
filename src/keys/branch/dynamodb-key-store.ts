import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand } from '@aws-sdk/client-kms';
import { copyKey, zero } from '../../bytes/secret.ts';
import { FieldsealError } from '../../errors.ts';
import { parseKeyArn } from '../esdk/arn.ts';
import { keyFailure, meaningOf } from '../failures.ts';
import { type KmsConnection, kmsClients } from '../kms-client.ts';
import { CONNECTION_OPTIONS, requireConnection } from '../kms-options.ts';
import { kindOf, type OptionNames, refusal, requireOptions, requireText } from '../options.ts';
import { type BranchKeyRecord, parseRecord, recordKey } from './records.ts';
import type { BranchKeyMaterial, BranchKeyStore } from './store.ts';

/** Options of {@link dynamoDbKeyStore}. */
export interface DynamoDbKeyStoreOptions extends KmsConnection {
  /** The key store's DynamoDB table. */
  readonly table: string;
  /** Bound to every key when it was created. Default: the name of the table. */
  readonly logicalName?: string;
  /** ARN of the KMS key that every record must name; for a multi-region key, of any replica. */
  readonly kmsKeyArn: string;
  readonly dynamoDbClient?: DynamoDBClient;
  readonly grantTokens?: readonly string[];
}

const OPTIONS: OptionNames<DynamoDbKeyStoreOptions> = {
  table: true,
  logicalName: true,
  kmsKeyArn: true,
  dynamoDbClient: true,
  grantTokens: true,
  ...CONNECTION_OPTIONS,
};

/**
 * Reads AWS's key store table, as DB-ESDK and the AWS Encryption SDKs create it (branch-key-store.md). Throws CONFIG_INVALID for a
 * `kmsKeyArn` that is no key ARN.
 */
export function dynamoDbKeyStore(options: DynamoDbKeyStoreOptions): BranchKeyStore {
  requireOptions('dynamoDbKeyStore', options, OPTIONS);
  requireConnection('dynamoDbKeyStore', options);
  requireText('dynamoDbKeyStore: table', options.table);
  if (options.logicalName !== undefined) requireText('dynamoDbKeyStore: logicalName', options.logicalName);
  if (options.dynamoDbClient !== undefined && typeof options.dynamoDbClient?.send !== 'function') {
    const got = kindOf(options.dynamoDbClient);
    throw refusal(`dynamoDbKeyStore: dynamoDbClient must be a DynamoDBClient of @aws-sdk/client-dynamodb; got ${got}`);
  }
  const { table, logicalName = table, kmsKeyArn, grantTokens } = options;
  const region = parseKeyArn(kmsKeyArn)?.region;
  if (region === undefined) throw refusal(`dynamoDbKeyStore: kmsKeyArn must be the ARN of a KMS key; got ${kindOf(kmsKeyArn)}`);
  const database = options.dynamoDbClient ?? new DynamoDBClient({ region });
  const kms = kmsClients(options)(region);

  async function fetchRecord(branchKeyId: string, version?: string): Promise<BranchKeyRecord> {
    const key = recordKey(branchKeyId, version);
    const request = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
    const { Item } = await database.send(request).catch((error: unknown) => {
      throw keyFailure(meaningOf(error) ?? 'KEY_UNAVAILABLE', `key store table "${table}"`, error);
    });
    if (Item === undefined) {
      throw new FieldsealError(
        'KEY_NOT_FOUND',
        `key store table "${table}" has no branch key "${branchKeyId}"${version === undefined ? '' : ` of version ${version}`}`,
      );
    }
    return parseRecord(Item, branchKeyId, key.type?.S ?? '', logicalName);
  }

  async function decryptRecord(record: BranchKeyRecord): Promise<BranchKeyMaterial> {
    const { branchKeyId, version, kmsArn, ciphertext, context } = record;
    if (!sameKey(kmsArn, kmsKeyArn)) {
      throw new FieldsealError(
        'KEY_ACCESS_DENIED',
        `branch key "${branchKeyId}" is under another KMS key than the one configured; it was not called`,
      );
    }
    const request = new DecryptCommand({
      KeyId: kmsKeyArn,
      CiphertextBlob: ciphertext,
      EncryptionContext: context,
      ...(grantTokens && { GrantTokens: [...grantTokens] }),
    });
    const { Plaintext } = await kms.send(request).catch((error: unknown) => {
      throw branchKeyFailure(record, error);
    });
    if (Plaintext === undefined) throw new FieldsealError('KEY_INVALID', `KMS returned no plaintext for branch key "${branchKeyId}"`);
    const key = copyKey(Plaintext);
    zero(Plaintext);
    return { branchKeyId, version, key, release: () => zero(key) };
  }

  return Object.freeze<BranchKeyStore>({
    logicalName,
    getActiveBranchKey: async branchKeyId => decryptRecord(await fetchRecord(branchKeyId)),
    getBranchKeyVersion: async (branchKeyId, version) => decryptRecord(await fetchRecord(branchKeyId, version)),
  });
}

function branchKeyFailure({ branchKeyId, kmsArn }: BranchKeyRecord, error: unknown): FieldsealError {
  const code = meaningOf(error) ?? 'KEY_UNAVAILABLE';
  if (code !== 'NOT_AUTHENTIC') return keyFailure(code, `KMS key ${kmsArn} of branch key "${branchKeyId}"`, error);
  return new FieldsealError(
    'MALFORMED',
    `the key store record of branch key "${branchKeyId}" does not open: it was changed, or the logical key store name differs`,
    {
      cause: error,
    },
  );
}

/** Replicas of one multi-region key share an account and a key id. */
function sameKey(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [parseKeyArn(a), parseKeyArn(b)];
  return (
    x !== undefined &&
    y !== undefined &&
    x.keyId.startsWith('mrk-') &&
    x.keyId === y.keyId &&
    x.account === y.account &&
    x.partition === y.partition
  );
}
