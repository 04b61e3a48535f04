import { GenerateDataKeyWithoutPlaintextCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import { quoted } from '../../../bytes/quoted.ts';
import { timed } from '../../../diagnostics/publish.ts';
import { FieldsealError } from '../../../errors.ts';
import { keyFailure, meaningOf, wordsWithoutCredentials } from '../../failures.ts';
import { PARTITION } from '../records.ts';
import type { KmsAnswers } from './esdk-views.ts';
import type { CalledKey } from './kms-key.ts';

type Making = 'GenerateDataKeyWithoutPlaintext' | 'ReEncrypt';

/** Sends what makes branch keys to KMS. No plaintext of a key comes back. */
export function kmsAnswers({ keyId, client }: CalledKey): KmsAnswers {
  const call = <R>(operation: Making, context: Readonly<Record<string, string>> = {}, send: () => Promise<R>): Promise<R> => {
    const branchKeyId = context[PARTITION] ?? '';
    const sent = (): Promise<R> =>
      send().catch((error: unknown) => {
        throw makingFailure(`KMS key ${keyId} of branch key ${quoted(branchKeyId)}`, operation, error);
      });
    return timed('fieldseal:kms', sent, () => ({ operation, keyId, branchKeyId }));
  };
  return {
    generate: input =>
      call('GenerateDataKeyWithoutPlaintext', input.EncryptionContext, () =>
        client.send(new GenerateDataKeyWithoutPlaintextCommand(input)),
      ),
    reEncrypt: input => call('ReEncrypt', input.DestinationEncryptionContext, () => client.send(new ReEncryptCommand(input))),
  };
}

const PERMISSIONS: Readonly<Record<Making, string>> = {
  GenerateDataKeyWithoutPlaintext: 'kms:GenerateDataKeyWithoutPlaintext',
  ReEncrypt: 'kms:ReEncryptFrom and kms:ReEncryptTo',
};

/** Before it makes a version, the AWS Encryption SDK re-encrypts the active record onto itself: KMS refuses one that was changed. */
function makingFailure(what: string, operation: Making, error: unknown): FieldsealError {
  const code = meaningOf(error) ?? 'KEY_UNAVAILABLE';
  if (code === 'NOT_AUTHENTIC') {
    const message = `${what}: the active record does not open: it was changed, or the logical key store name differs`;
    return new FieldsealError('MALFORMED', message, { cause: error });
  }
  if (code !== 'KEY_ACCESS_DENIED' || wordsWithoutCredentials(error) !== undefined) return keyFailure(code, what, error);
  const message = `${what} refuses ${operation}: check ${PERMISSIONS[operation]}, the key policy and the state of the key`;
  return new FieldsealError('KEY_ACCESS_DENIED', message, { cause: error });
}
