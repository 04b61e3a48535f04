import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { zero } from '../../../bytes/secret.ts';
import type { Bounds, KmsInput } from '../input.ts';
import type { KmsKey } from '../key.ts';
import { keyIdOf } from '../key-material.ts';
import { KmsServiceError } from '../service-error.ts';
import type { KmsOperation, KmsScope } from './operation.ts';

const PLAINTEXT: Bounds = [1, 4096];
const BLOB: Bounds = [1, 6144];
const RANDOM: Bounds = [1, 1024];
const ALGORITHM = 'SYMMETRIC_DEFAULT';
const KEY_SPECS: ReadonlyMap<string, number> = new Map([
  ['AES_128', 16],
  ['AES_256', 32],
]);

export const encrypt: KmsOperation = {
  accepts: ['KeyId', 'Plaintext', 'EncryptionContext', 'GrantTokens', 'EncryptionAlgorithm', 'DryRun'],
  run(input, { keys, region }) {
    input.only('EncryptionAlgorithm', ALGORITHM);
    const plaintext = input.bytes('Plaintext', PLAINTEXT);
    const key = keys.keyOrAlias(region, input.text('KeyId'));
    return {
      KeyId: key.arn,
      CiphertextBlob: base64(key.seal(plaintext, input.context('EncryptionContext'))),
      EncryptionAlgorithm: ALGORITHM,
    };
  },
};

export const decrypt: KmsOperation = {
  accepts: ['KeyId', 'CiphertextBlob', 'EncryptionContext', 'GrantTokens', 'EncryptionAlgorithm', 'DryRun'],
  run(input, scope) {
    input.only('EncryptionAlgorithm', ALGORITHM);
    const { key, plaintext } = open(input, scope, { keyId: 'KeyId', context: 'EncryptionContext' });
    return { KeyId: key.arn, Plaintext: base64(plaintext), EncryptionAlgorithm: ALGORITHM };
  },
};

export const reEncrypt: KmsOperation = {
  accepts: [
    'CiphertextBlob',
    'SourceKeyId',
    'SourceEncryptionContext',
    'SourceEncryptionAlgorithm',
    'DestinationKeyId',
    'DestinationEncryptionContext',
    'DestinationEncryptionAlgorithm',
    'GrantTokens',
    'DryRun',
  ],
  run(input, scope) {
    input.only('SourceEncryptionAlgorithm', ALGORITHM);
    input.only('DestinationEncryptionAlgorithm', ALGORITHM);
    const destination = scope.keys.keyOrAlias(scope.region, input.text('DestinationKeyId'));
    const { key: source, plaintext } = open(input, scope, { keyId: 'SourceKeyId', context: 'SourceEncryptionContext' });
    const blob = destination.seal(plaintext, input.context('DestinationEncryptionContext'));
    zero(plaintext);
    return {
      CiphertextBlob: base64(blob),
      KeyId: destination.arn,
      SourceKeyId: source.arn,
      SourceEncryptionAlgorithm: ALGORITHM,
      DestinationEncryptionAlgorithm: ALGORITHM,
    };
  },
};

const DATA_KEY_PARAMETERS = ['KeyId', 'KeySpec', 'NumberOfBytes', 'EncryptionContext', 'GrantTokens', 'DryRun'];

export const generateDataKey: KmsOperation = { accepts: DATA_KEY_PARAMETERS, run: newDataKey };

export const generateDataKeyWithoutPlaintext: KmsOperation = {
  accepts: DATA_KEY_PARAMETERS,
  run(input, scope) {
    const { Plaintext: _, ...answer } = newDataKey(input, scope);
    return answer;
  },
};

export const generateRandom: KmsOperation = {
  accepts: ['NumberOfBytes'],
  run(input) {
    const length = input.optionalInteger('NumberOfBytes', RANDOM);
    if (length === undefined) throw new KmsServiceError('ValidationException', 'NumberOfBytes is required.');
    return { Plaintext: base64(randomBytes(length)) };
  },
};

function newDataKey(input: KmsInput, { keys, region }: KmsScope): Record<string, unknown> {
  const dataKey = randomBytes(dataKeyLength(input));
  const key = keys.keyOrAlias(region, input.text('KeyId'));
  const blob = key.seal(dataKey, input.context('EncryptionContext'));
  return { KeyId: key.arn, CiphertextBlob: base64(blob), Plaintext: base64(dataKey) };
}

function dataKeyLength(input: KmsInput): number {
  const spec = input.optionalText('KeySpec');
  const length = input.optionalInteger('NumberOfBytes', RANDOM);
  if ((spec === undefined) === (length === undefined)) {
    throw new KmsServiceError('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  const bytes = length ?? KEY_SPECS.get(spec ?? '');
  if (bytes === undefined) {
    throw new KmsServiceError(
      'ValidationException',
      "Value at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_128, AES_256]",
    );
  }
  return bytes;
}

/** Opens the blob of a request under the key that the request names or, without one, that the blob names. */
function open(
  input: KmsInput,
  { keys, region }: KmsScope,
  parameter: { readonly keyId: string; readonly context: string },
): { key: KmsKey; plaintext: Uint8Array } {
  const blob = input.bytes('CiphertextBlob', BLOB);
  const context = input.context(parameter.context);
  const named = input.optionalText(parameter.keyId) === undefined ? undefined : keys.keyOrAlias(region, input.text(parameter.keyId));
  const id = keyIdOf(blob);
  if (id === undefined || !keys.knows(id)) throw new KmsServiceError('InvalidCiphertextException');
  if (named !== undefined && named.id !== id) {
    throw new KmsServiceError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  const key = named ?? keys.keyIn(region, id);
  if (key === undefined) {
    const reason = 'does not exist, does not exist in this region, or you are not allowed to access.';
    throw new KmsServiceError('AccessDeniedException', `The ciphertext refers to a customer master key that ${reason}`);
  }
  return { key, plaintext: key.open(blob, context) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
