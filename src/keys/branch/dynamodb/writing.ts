import type { BranchKeyStoreNode } from '@aws-crypto/client-node';
import {
  type GetItemCommandInput,
  type GetItemCommandOutput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { quoted } from '../../../bytes/quoted.ts';
import { FieldsealError, isFieldsealError } from '../../../errors.ts';
import { refusal } from '../../options.ts';
import { ACTIVE_TYPE, PARTITION, parseBranchKey, recordKey, TOMBSTONE_TYPE, TYPE, versionOf } from '../records.ts';
import type { BranchKeyVersionId } from '../store.ts';
import { databaseView, kmsView } from './esdk-views.ts';
import { cancellationCodes, LostRace, shreddedKey, tableFailure, wasRaced } from './failures.ts';
import { isMultiRegion } from './kms-key.ts';
import { kmsAnswers } from './making.ts';
import type { KeyTable } from './options.ts';
import { fetchRecord } from './reading.ts';

/** Something that the AWS Encryption SDK's key store does, which ends in one transaction. */
export interface EsdkWrite {
  /** For messages. */
  readonly act: 'createKey' | 'rotate';
  readonly run: (store: BranchKeyStoreNode) => Promise<unknown>;
  /** The error when the records are not as they have to be. */
  readonly conflict: (branchKeyId: string, cause: unknown) => FieldsealError;
}

/**
 * Lets the AWS Encryption SDK's key store write, so that the records are AWS's, and tells which version it made. It reads and writes through
 * views of our clients: they check what is read, and add to its transaction that the branch key was not shredded.
 */
export async function writeWithEsdk(keys: KeyTable, { act, run, conflict }: EsdkWrite): Promise<BranchKeyVersionId> {
  const { ownKey } = keys;
  if (ownKey === undefined)
    throw refusal(`${act} needs kmsKeyArn: under discovery it is not known which KMS key branch keys are to be under`);
  let made: BranchKeyVersionId | undefined;
  const write = async (input: TransactWriteItemsCommandInput): Promise<TransactWriteItemsCommandOutput> => {
    const version = versionIn(input.TransactItems ?? []);
    const output = await writeUnlessShredded(keys, input, version.branchKeyId, conflict);
    made = version;
    return output;
  };
  const { BranchKeyStoreNode } = await import('@aws-crypto/client-node');
  try {
    const { keyId } = ownKey;
    const store = new BranchKeyStoreNode({
      logicalKeyStoreName: keys.logicalName,
      storage: { ddbTableName: keys.table, ddbClient: databaseView({ read: input => readActive(keys, input), write }) },
      keyManagement: { kmsClient: kmsView(kmsAnswers(ownKey)), ...(keys.grantTokens && { grantTokens: [...keys.grantTokens] }) },
      kmsConfiguration: isMultiRegion(keyId) ? { mrkIdentifier: keyId } : { identifier: keyId },
    });
    await run(store);
  } catch (error) {
    throw isFieldsealError(error) ? error : esdkRefusal(act, error);
  }
  if (made === undefined) throw esdkRefusal(act, undefined);
  return made;
}

/** The active record that is to be replaced, if it is of AWS's form and under our KMS key. */
async function readActive(keys: KeyTable, { Key }: GetItemCommandInput): Promise<GetItemCommandOutput> {
  const branchKeyId = Key?.[PARTITION]?.S ?? '';
  const item = await fetchRecord(keys, branchKeyId, ACTIVE_TYPE);
  keys.kmsKeyFor(parseBranchKey(item, { branchKeyId, type: ACTIVE_TYPE, logicalName: keys.logicalName }));
  return { Item: item, $metadata: {} };
}

async function writeUnlessShredded(
  { table, database }: KeyTable,
  input: TransactWriteItemsCommandInput,
  branchKeyId: string,
  conflict: EsdkWrite['conflict'],
): Promise<TransactWriteItemsCommandOutput> {
  const actions = [...(input.TransactItems ?? []), noTombstone(table, branchKeyId)];
  return database.send(new TransactWriteItemsCommand({ ...input, TransactItems: actions })).catch((error: unknown) => {
    const codes = cancellationCodes(error) ?? [];
    if (codes[actions.length - 1] === 'ConditionalCheckFailed') throw shreddedKey(table, branchKeyId);
    if (codes.includes('ConditionalCheckFailed')) throw conflict(branchKeyId, error);
    if (wasRaced(codes)) throw new LostRace(branchKeyId, error);
    throw tableFailure(table, 'TransactWriteItems', error);
  });
}

function noTombstone(table: string, branchKeyId: string): TransactWriteItem {
  return {
    ConditionCheck: {
      TableName: table,
      Key: recordKey(branchKeyId, TOMBSTONE_TYPE),
      ConditionExpression: 'attribute_not_exists(#id)',
      ExpressionAttributeNames: { '#id': PARTITION },
    },
  };
}

/** The version whose record is written. */
function versionIn(actions: readonly TransactWriteItem[]): BranchKeyVersionId {
  for (const { Put } of actions) {
    const [branchKeyId, version] = [Put?.Item?.[PARTITION]?.S, versionOf(Put?.Item?.[TYPE]?.S)];
    if (branchKeyId !== undefined && version !== undefined) return { branchKeyId, version };
  }
  throw new FieldsealError('CONFIG_INVALID', '@aws-crypto/client-node writes no branch key version: install a version that is supported');
}

function esdkRefusal(act: string, cause: unknown): FieldsealError {
  const message = `${quoted(act)} was refused by @aws-crypto/client-node: run "npm ls @aws-sdk/client-dynamodb @aws-sdk/client-kms" and dedupe`;
  return new FieldsealError('CONFIG_INVALID', message, { cause });
}
