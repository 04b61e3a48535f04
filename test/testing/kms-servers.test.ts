import { KMS } from '@aws-sdk/client-kms';
import { describe, it } from 'vitest';
import { type Enforces, kmsContract } from './kms-contract.ts';
import type { Connect } from './kms-rules/rule.ts';

const NOT_JSON = 'an answer that is not JSON';
/** How ministack says that it does not have an operation. */
const NO_SUCH_OPERATION = 'InvalidAction';

/** What moto 5.2.5 and ministack 1.5.33 do instead of what AWS KMS does. */
const SERVERS: Readonly<Record<string, { readonly variable: string; readonly enforces: Enforces }>> = {
  moto: {
    variable: 'FIELDSEAL_MOTO_URL',
    enforces: {
      everythingBut: {
        // It joins the texts of a context without their lengths.
        'Decrypt with context text moved across a pair': 'ok',
        'Decrypt of a blob with its first byte changed': 'AccessDeniedException',
        'Decrypt with another KeyId': 'AccessDeniedException',
        'Decrypt with an alias of another key': 'AccessDeniedException',
        'ReEncrypt with another source key': 'ok',
        // It looks keys up by key id only when it manages them, and fails with an HTML page of status 500.
        'DisableKey takes a key ARN': NOT_JSON,
        'Encrypt under a disabled key': 'ok',
        'GenerateDataKey under a disabled key': 'ok',
        'Decrypt under a disabled key': 'ok',
        'Encrypt under a key pending deletion': 'ok',
        'GenerateDataKey under a key pending deletion': 'ok',
        'Decrypt under a key pending deletion': 'ok',
        'EnableKey of a key pending deletion': 'ok',
        'ScheduleKeyDeletion within fewer than 7 days': 'ok',
        'a multi-Region key says so, and its id is mrk- and 32 hexadecimal digits': 'another form of id',
        // Its blobs keep 36 characters of a key id, too few for a multi-Region one: nothing that was encrypted under such a key opens again.
        'a replica decrypts what the primary encrypted': 'AccessDeniedException',
        'a replica checks the context': 'AccessDeniedException',
        'Decrypt under the primary ARN in the region of a replica': 'AccessDeniedException',
        'a disabled replica leaves the primary usable': 'AccessDeniedException',
        'ReplicateKey of a single-Region key': NOT_JSON,
        'more than 10 grant tokens': 'ok',
        'Encrypt with DryRun of what would succeed': 'ok',
        'Decrypt with DryRun of what would succeed': 'ok',
        'GenerateDataKey with DryRun of what would succeed': 'ok',
        'ReEncrypt from a disabled key': 'ok',
        'ReEncrypt to a disabled key': 'ok',
        'ReEncrypt from a key pending deletion': 'ok',
        'ReEncrypt to a key pending deletion': 'ok',
        'ReEncrypt with DryRun of what would succeed': 'ok',
        'GenerateDataKeyWithoutPlaintext under a disabled key': 'ok',
        'Encrypt under an alias of a disabled key': 'ok',
        'Decrypt of what a disabled key encrypted, without a KeyId': 'ok',
        'CancelKeyDeletion of a key that is not pending deletion': 'ok',
        'ScheduleKeyDeletion of a key pending deletion': 'ok',
        'Decrypt with an alias that was moved to another key': 'AccessDeniedException',
        'CreateAlias for a key pending deletion': 'ok',
        'UpdateAlias to a key pending deletion': 'ok',
        'the primary decrypts what a replica encrypted': 'AccessDeniedException',
        'a data key of the primary opens in the region of a replica, which answers with its own ARN': 'AccessDeniedException',
        'a replica pending deletion no longer opens': 'AccessDeniedException',
        'a replica knows no alias of its primary': 'ok',
        'ReplicateKey into a region that has a replica': 'ok',
        'ReplicateKey of a replica': 'ok',
        'ReplicateKey of a disabled key': 'ok',
        'UpdatePrimaryRegion makes a replica the primary, and the key opens what it encrypted before': NOT_JSON,
        'UpdatePrimaryRegion to a region without a replica': NOT_JSON,
        'UpdatePrimaryRegion of a single-Region key': NOT_JSON,
      },
    },
  },
  ministack: {
    variable: 'FIELDSEAL_MINISTACK_URL',
    enforces: {
      everythingBut: {
        'Decrypt of a blob with its last byte changed': 'ok',
        'Decrypt of a blob with a byte of its ciphertext changed': 'ok',
        'Decrypt of a blob with its first byte changed': 'ok',
        'Decrypt of a blob cut short': 'ok',
        'Decrypt with another KeyId': 'ok',
        'Decrypt with an alias of another key': 'ok',
        'Encrypt of 4097 bytes': 'ok',
        'GenerateDataKey with both a key spec and a length': 'ok',
        'GenerateDataKey of 1025 bytes': 'ok',
        'ReEncrypt moves a ciphertext to another key and another context': NO_SUCH_OPERATION,
        'ReEncrypt with another source context': NO_SUCH_OPERATION,
        'ReEncrypt with another source key': NO_SUCH_OPERATION,
        'EnableKey of a key pending deletion': 'ok',
        'ListKeys gives every key once over its pages': 'keys listed twice',
        'Decrypt under the primary ARN in the region of a replica': 'ok',
        'Decrypt without a KeyId in a region without a replica': 'InvalidCiphertextException',
        'more than 10 grant tokens': 'ok',
        'Encrypt of nothing': 'ok',
        'Encrypt with DryRun of what would succeed': 'ok',
        'Decrypt with DryRun of what would succeed': 'ok',
        'GenerateDataKey with neither a key spec nor a length': 'ok',
        'GenerateDataKey of 0 bytes': 'ok',
        'GenerateDataKey of an unknown key spec': 'ok',
        'GenerateDataKeyWithoutPlaintext of 1025 bytes': 'ok',
        'GenerateDataKey with DryRun of what would succeed': 'ok',
        'ReEncrypt without the source context': NO_SUCH_OPERATION,
        'ReEncrypt with the source key named by its alias': NO_SUCH_OPERATION,
        'ReEncrypt under the same key changes the context': NO_SUCH_OPERATION,
        'what ReEncrypt made no longer opens under the source context': NO_SUCH_OPERATION,
        'ReEncrypt to an unknown key': NO_SUCH_OPERATION,
        'ReEncrypt from a disabled key': NO_SUCH_OPERATION,
        'ReEncrypt to a disabled key': NO_SUCH_OPERATION,
        'ReEncrypt from a key pending deletion': NO_SUCH_OPERATION,
        'ReEncrypt to a key pending deletion': NO_SUCH_OPERATION,
        'ReEncrypt with DryRun of what would succeed': NO_SUCH_OPERATION,
        'CancelKeyDeletion of a key that is not pending deletion': 'ok',
        'ScheduleKeyDeletion of a key pending deletion': 'ok',
        'Decrypt with an alias that was moved to another key': 'ok',
        'CreateAlias for a key pending deletion': 'ok',
        'UpdateAlias to a key pending deletion': 'ok',
        'ReplicateKey of a disabled key': 'ok',
        'UpdatePrimaryRegion makes a replica the primary, and the key opens what it encrypted before': NO_SUCH_OPERATION,
        'UpdatePrimaryRegion to a region without a replica': NO_SUCH_OPERATION,
        'UpdatePrimaryRegion of a single-Region key': NO_SUCH_OPERATION,
      },
    },
  },
};

for (const [name, { variable, enforces }] of Object.entries(SERVERS)) {
  const endpoint = process.env[variable];
  if (endpoint === undefined)
    describe(`KMS contract: ${name}`, () => it.skip(`not run: ${variable} is not set to the URL of a running ${name}`));
  else kmsContract(name, connectTo(endpoint), enforces);
}

function connectTo(endpoint: string): Connect {
  return region => new KMS({ endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
}
