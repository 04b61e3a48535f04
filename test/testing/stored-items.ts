import { marshall } from '@aws-sdk/util-dynamodb';
import { attributeActions, encrypted, key, table, unsigned } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { kms, rawAes } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';

/** Signs everything. */
export const users = table('users', { id: key.partition(), ssn: encrypted<string>(), note: encrypted<string>().optional() });
/** Leaves attributes unsigned, among them bytes. */
export const visits = table('visits', {
  id: key.partition(),
  ssn: encrypted<string>(),
  photo: unsigned<Uint8Array>().optional(),
  seenAt: unsigned<number>(),
});

export const fakeKms = new FakeKms();
export const kmsKey = fakeKms.createKey();
export const keyring = kms({ kmsKeyId: kmsKey.arn, kmsClient: fakeKms.client() });
export const aesKeyring = rawAes({ keyNamespace: 'test', keyName: 'backup-2026', wrappingKey: new Uint8Array(32).fill(7) });

export const SSN = '078-05-1120';
export const ann = { id: 'u-1', ssn: SSN };

/** As the document client reads it, without decryption. */
export async function storedUser(item: object = ann): Promise<Record<string, unknown>> {
  return itemEncryptor({ table: users, keyring }).encryptItem(item as typeof ann); // what a test stores may have less or more
}

export async function storedVisit(item: object): Promise<Record<string, unknown>> {
  return itemEncryptor({ table: visits, keyring }).encryptItem(item as { id: string; ssn: string; seenAt: number }); // as above
}

/** The two forms of an item: that of the document client, and that of the plain client. */
export const FORMS: readonly (readonly [string, (item: Record<string, unknown>) => Record<string, unknown>])[] = [
  ['JavaScript values', item => item],
  ['DynamoDB form', item => marshall(item)],
];

/** A table of the wrong schema: it encrypts another attribute. */
export const otherTable = attributeActions({
  logicalTableName: 'users',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'DO_NOTHING' },
  allowedUnsignedAttributes: ['ssn'],
});
