import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributeActions, type FieldsealErrorCode, isFieldsealError, type StructureConfig, type Table } from 'fieldseal';
import { type AttributeMap, type ItemEncryptor, type ItemEncryptorOptions, itemEncryptor } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';

/** Suite 0x6700: no ECDSA. */
export const SYMMETRIC = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384';
/** Suite 0x6701: ECDSA P-384. */
export const SIGNED = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384';

export const CONTEXT = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';

/** An AES keyring whose key is 32 times `byte`. */
export function aesKeyring(byte = 1, keyName = `aes-${byte}`): ReturnType<typeof rawAes> {
  return rawAes({ keyNamespace: 'test', keyName, wrappingKey: new Uint8Array(32).fill(byte) });
}

/** Format version 1: only the partition key's value is bound. */
export const usersConfig: StructureConfig = {
  logicalTableName: 'users',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: {
    id: 'SIGN_ONLY',
    ssn: 'ENCRYPT_AND_SIGN',
    email: 'ENCRYPT_AND_SIGN',
    name: 'SIGN_ONLY',
    seenAt: 'DO_NOTHING',
  },
  allowedUnsignedAttributes: ['seenAt'],
};

export const users: Table = attributeActions(usersConfig);

/** Format version 2: the tenant is in the encryption context. */
export const tenantUsers: Table = attributeActions({
  logicalTableName: 'tenant-users',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: { id: CONTEXT, tenantId: CONTEXT, ssn: 'ENCRYPT_AND_SIGN' },
});

export const ann: AttributeMap = {
  id: { S: 'ann' },
  ssn: { S: '078-05-1120' },
  email: { S: 'ann@example.com' },
  name: { S: 'Ann' },
  seenAt: { N: '1' },
};

export function encryptor(options: Partial<ItemEncryptorOptions<Table>> = {}): ItemEncryptor<Table> {
  return itemEncryptor({ table: users, keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC, ...options });
}

/** The code that work fails with; 'none' when it succeeds. Anything but a FieldsealError is thrown on. */
export async function codeOf(work: () => unknown): Promise<FieldsealErrorCode | 'none'> {
  try {
    await work();
    return 'none';
  } catch (error) {
    if (isFieldsealError(error)) return error.code;
    throw error;
  }
}

/** A copy of an item with one binary attribute changed. */
export function withBytes(item: AttributeMap, name: string, change: (bytes: Buffer) => Uint8Array): AttributeMap {
  const bytes = item[name]?.B;
  if (bytes === undefined) throw new TypeError(`${name} is not binary`);
  return { ...item, [name]: { B: change(Buffer.from(bytes)) } };
}

export function flipped(bytes: Buffer, index: number, bit = 1): Buffer {
  const at = index < 0 ? bytes.length + index : index;
  bytes[at] = (bytes[at] ?? 0) ^ bit;
  return bytes;
}

export const S = (text: string): AttributeValue => ({ S: text });
