import { createAlias, deleteAlias, updateAlias } from './aliases.ts';
import { decrypt, encrypt, generateDataKey, generateDataKeyWithoutPlaintext, generateRandom, reEncrypt } from './cryptography.ts';
import { cancelKeyDeletion, createKey, disableKey, enableKey, scheduleKeyDeletion } from './lifecycle.ts';
import { describeKey, listAliases, listKeys } from './listing.ts';
import { replicateKey, updatePrimaryRegion } from './multi-region.ts';
import type { KmsOperation } from './operation.ts';

/** The operations the fake KMS has. */
export type KmsOperationName =
  | 'CancelKeyDeletion'
  | 'CreateAlias'
  | 'CreateKey'
  | 'Decrypt'
  | 'DeleteAlias'
  | 'DescribeKey'
  | 'DisableKey'
  | 'EnableKey'
  | 'Encrypt'
  | 'GenerateDataKey'
  | 'GenerateDataKeyWithoutPlaintext'
  | 'GenerateRandom'
  | 'ListAliases'
  | 'ListKeys'
  | 'ReEncrypt'
  | 'ReplicateKey'
  | 'ScheduleKeyDeletion'
  | 'UpdateAlias'
  | 'UpdatePrimaryRegion';

/** What exists. Every other operation is an UnknownOperationException. */
export const OPERATIONS: Readonly<Record<KmsOperationName, KmsOperation>> = {
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  CreateKey: createKey,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  EnableKey: enableKey,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateRandom: generateRandom,
  ListAliases: listAliases,
  ListKeys: listKeys,
  ReEncrypt: reEncrypt,
  ReplicateKey: replicateKey,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  UpdateAlias: updateAlias,
  UpdatePrimaryRegion: updatePrimaryRegion,
};

export function isOperationName(name: string): name is KmsOperationName {
  return Object.hasOwn(OPERATIONS, name);
}
