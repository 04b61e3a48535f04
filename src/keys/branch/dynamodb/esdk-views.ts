import {
  DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import {
  GenerateDataKeyWithoutPlaintextCommand,
  type GenerateDataKeyWithoutPlaintextCommandInput,
  type GenerateDataKeyWithoutPlaintextCommandOutput,
  KMSClient,
  ReEncryptCommand,
  type ReEncryptCommandInput,
  type ReEncryptCommandOutput,
} from '@aws-sdk/client-kms';
import { FieldsealError } from '../../../errors.ts';

/** What the key store of the AWS Encryption SDK asks of DynamoDB. */
export interface TableAnswers {
  read(input: GetItemCommandInput): Promise<GetItemCommandOutput>;
  write(input: TransactWriteItemsCommandInput): Promise<TransactWriteItemsCommandOutput>;
}

/** What it asks of KMS. */
export interface KmsAnswers {
  generate(input: GenerateDataKeyWithoutPlaintextCommandInput): Promise<GenerateDataKeyWithoutPlaintextCommandOutput>;
  reEncrypt(input: ReEncryptCommandInput): Promise<ReEncryptCommandOutput>;
}

/** A DynamoDBClient, as `instanceof` sees it, that answers these two commands and refuses every other. */
export function databaseView(answers: TableAnswers): DynamoDBClient {
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof GetItemCommand) return answers.read(command.input);
    if (command instanceof TransactWriteItemsCommand) return answers.write(command.input);
    throw unexpected('DynamoDB');
  };
  return Object.create(DynamoDBClient.prototype, { send: { value: send } });
}

/** A KMSClient, as `instanceof` sees it, that answers these two commands and refuses every other. */
export function kmsView(answers: KmsAnswers): KMSClient {
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof GenerateDataKeyWithoutPlaintextCommand) return answers.generate(command.input);
    if (command instanceof ReEncryptCommand) return answers.reEncrypt(command.input);
    throw unexpected('KMS');
  };
  return Object.create(KMSClient.prototype, { send: { value: send } });
}

function unexpected(service: string): FieldsealError {
  return new FieldsealError(
    'CONFIG_INVALID',
    `@aws-crypto/client-node calls ${service} in a way that is not known here: install a version that the peer dependencies of fieldseal allow`,
  );
}
