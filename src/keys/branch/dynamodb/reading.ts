import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand } from '@aws-sdk/client-kms';
import { quoted } from '../../../bytes/quoted.ts';
import { copyKey, zero } from '../../../bytes/secret.ts';
import { timed } from '../../../diagnostics/publish.ts';
import { FieldsealError } from '../../../errors.ts';
import { keyFailure, meaningOf } from '../../failures.ts';
import { refuseZeroKey } from '../../zero-key.ts';
import { type KeyRecord, type RecordItem, recordKey, TOMBSTONE_TYPE, versionOf } from '../records.ts';
import type { KeyStoreReadOptions } from '../store.ts';
import { shreddedKey, tableFailure, unknownKey } from './failures.ts';
import type { KeyTable } from './options.ts';

/** One record, as it is now. Throws KEY_SHREDDED or KEY_NOT_FOUND where there is none. */
export async function fetchRecord(
  keys: KeyTable,
  branchKeyId: string,
  type: string,
  options: KeyStoreReadOptions = {},
): Promise<RecordItem> {
  const item = await getItem(keys, recordKey(branchKeyId, type), options);
  if (item !== undefined) return item;
  if ((await getItem(keys, recordKey(branchKeyId, TOMBSTONE_TYPE), options)) !== undefined) throw shreddedKey(keys.table, branchKeyId);
  throw unknownKey(keys.table, branchKeyId, versionOf(type));
}

async function getItem({ table, database }: KeyTable, key: RecordItem, options: KeyStoreReadOptions): Promise<RecordItem | undefined> {
  const request = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
  const { Item } = await database.send(request, { ...options }).catch((error: unknown) => {
    throw tableFailure(table, 'GetItem', error);
  });
  return Item;
}

/** The key of a record, which its receiver zeroes. Throws KEY_ACCESS_DENIED, KEY_UNAVAILABLE, KEY_INVALID, and MALFORMED. */
export async function openRecord(
  { kmsKeyFor, grantTokens }: KeyTable,
  record: KeyRecord,
  options: KeyStoreReadOptions = {},
): Promise<Uint8Array> {
  const { branchKeyId, ciphertext, context } = record;
  const { keyId, client } = kmsKeyFor(record);
  const request = new DecryptCommand({
    KeyId: keyId,
    CiphertextBlob: ciphertext,
    EncryptionContext: context,
    ...(grantTokens && { GrantTokens: [...grantTokens] }),
  });
  const decrypt = async (): Promise<Uint8Array> => {
    const { Plaintext } = await client.send(request, { ...options }).catch((error: unknown) => {
      throw kmsFailure(record, error);
    });
    return ownKey(Plaintext, branchKeyId);
  };
  return timed('fieldseal:kms', decrypt, () => ({ operation: 'Decrypt' as const, keyId, branchKeyId }));
}

function ownKey(plaintext: Uint8Array | undefined, branchKeyId: string): Uint8Array {
  const what = `branch key ${quoted(branchKeyId)}`;
  if (plaintext === undefined) throw new FieldsealError('KEY_INVALID', `KMS returned no plaintext for ${what}`);
  const key = copyKey(plaintext);
  zero(plaintext);
  try {
    refuseZeroKey(key, what);
    return key;
  } catch (error) {
    zero(key);
    throw error;
  }
}

/** A failure of KMS with a record: that it does not open is MALFORMED. */
function kmsFailure({ branchKeyId, kmsArn }: KeyRecord, error: unknown): FieldsealError {
  const code = meaningOf(error) ?? 'KEY_UNAVAILABLE';
  if (code !== 'NOT_AUTHENTIC') return keyFailure(code, `KMS key ${kmsArn} of branch key ${quoted(branchKeyId)}`, error);
  return new FieldsealError(
    'MALFORMED',
    `the key store record of branch key ${quoted(branchKeyId)} does not open: it was changed, or the logical key store name differs`,
    { cause: error },
  );
}
