import { Buffer } from 'node:buffer';
import type { KeyringNode } from '@aws-crypto/material-management-node';
import type { DecryptCommandInput, EncryptCommandInput, GenerateDataKeyCommandInput } from '@aws-sdk/client-kms';
import type { KmsEvent } from '../../diagnostics/events.ts';
import { timed } from '../../diagnostics/publish.ts';
import { type FieldsealError, type FieldsealErrorCode, isFieldsealError } from '../../errors.ts';
import type { EncryptionContext } from '../../format/context.ts';
import { notAuthentic } from '../../format/not-authentic.ts';
import { keyFailure, meaningOf, onlyEncrypts } from '../failures.ts';
import type { Leaf } from '../leaf.ts';
import { generateWith, unwrapWith } from './material.ts';

const PROVIDER_ID = 'aws-kms';

/** The calls that ESDK keyrings make on a KMS client, which may be of the AWS SDK's version 2 or 3. */
export interface EsdkKmsClient {
  readonly config: object;
  generateDataKey(input: GenerateDataKeyCommandInput): unknown;
  encrypt(input: EncryptCommandInput): unknown;
  decrypt(input: DecryptCommandInput): unknown;
}

/** `false` leaves a region out. */
export type EsdkClientSupplier = (region: string) => EsdkKmsClient | false;

/** What happened to the one KMS call that an ESDK keyring made for us. */
interface Outcome {
  called: boolean;
  error?: unknown;
}

/** Makes a one-key ESDK keyring over a client or a supplier that is watched by the leaf. */
export type WatchedKeyring = (watch: (client: EsdkKmsClient) => EsdkKmsClient) => KeyringNode;

/**
 * A leaf over a one-key KMS keyring of the ESDK. Those keyrings join all errors into one text, so the leaf watches the client and reports
 * the SDK's own error: a throttled key must not look like a damaged item. `reads` decides, without a call, which wrapped keys are for it.
 */
export function kmsLeaf(name: string, build: WatchedKeyring, reads: (keyArn: string) => boolean, writes: boolean): Leaf {
  // An ESDK keyring hands the context object of its material to the client unchanged: it identifies the call.
  const outcomes = new WeakMap<object, Outcome>();
  const keyring = build(client => watched(client, outcomes));
  const namesKey = !writes || isKeyArn(keyIdOf(keyring));

  async function run<T>(
    work: (began: (context: object) => void) => Promise<T>,
  ): Promise<{ readonly result?: T; readonly outcome: Outcome; readonly error?: unknown }> {
    const outcome: Outcome = { called: false };
    try {
      return { result: await work(context => outcomes.set(context, outcome)), outcome };
    } catch (error) {
      return { outcome, error };
    }
  }

  function notMine(): undefined {
    if (!namesKey) throw onlyEncrypts(name);
  }

  const leaf: Leaf = {
    name,
    service: 'KMS',
    async unwrap(encryptedKey, context) {
      if (encryptedKey.providerId !== PROVIDER_ID) return undefined;
      if (!reads(Buffer.from(encryptedKey.providerInfo).toString('utf8'))) return notMine();
      const { result, outcome, error } = await run(began => unwrapWith(keyring, encryptedKey, context, { began }));
      if (result !== undefined) return result;
      if (isFieldsealError(error)) throw error;
      if (outcome.error !== undefined) throw kmsFailure(name, outcome.error);
      if (outcome.called) throw notAuthentic('data-key');
      return notMine();
    },
  };
  if (!writes) return Object.freeze(leaf);
  return Object.freeze({
    ...leaf,
    async generate(context: EncryptionContext) {
      const { result, outcome, error } = await run(began => generateWith(keyring, context, { began }));
      if (result !== undefined) return result;
      if (isFieldsealError(error)) throw error;
      throw kmsFailure(name, outcome.error ?? error);
    },
  });
}

/** What a keyring with one key encrypts under: an ARN, an alias or a bare key id. */
function keyIdOf(keyring: KeyringNode & { readonly generatorKeyId?: unknown; readonly keyId?: unknown }): string | undefined {
  return [keyring.generatorKeyId, keyring.keyId].find(id => typeof id === 'string');
}

/** More generous than the filter of discovery: nothing is called because of it. */
function isKeyArn(id: string | undefined): boolean {
  return id?.startsWith('arn:') === true && id.includes(':key/');
}

function kmsFailure(name: string, error: unknown): FieldsealError {
  if (isFieldsealError(error)) return error;
  const code = codeOf(error);
  return code === 'NOT_AUTHENTIC' ? notAuthentic('data-key') : keyFailure(code, name, error);
}

/** The code that a failed call is reported with. */
function codeOf(error: unknown): FieldsealErrorCode {
  return isFieldsealError(error) ? error.code : (meaningOf(error) ?? 'KEY_UNAVAILABLE');
}

interface KmsInput {
  readonly KeyId?: string | undefined;
  readonly EncryptionContext?: object | undefined;
}

function watched(client: EsdkKmsClient, outcomes: WeakMap<object, Outcome>): EsdkKmsClient {
  const watch =
    <I extends KmsInput>(operation: KmsEvent['operation'], call: (input: I) => unknown) =>
    async (input: I): Promise<unknown> => {
      const outcome = input.EncryptionContext === undefined ? undefined : outcomes.get(input.EncryptionContext);
      if (outcome !== undefined) outcome.called = true;
      try {
        return await timed(
          'fieldseal:kms',
          async () => settled(call(input)),
          () => ({ operation, keyId: input.KeyId ?? 'unnamed' }),
          codeOf,
        );
      } catch (error) {
        if (outcome !== undefined) outcome.error = error;
        throw error;
      }
    };
  return {
    config: client.config,
    generateDataKey: watch('GenerateDataKey', input => client.generateDataKey(input)),
    encrypt: watch('Encrypt', input => client.encrypt(input)),
    decrypt: watch('Decrypt', input => client.decrypt(input)),
  };
}

/** Version 2 of the SDK answers with a request that has a `promise` method. */
function settled(answer: unknown): unknown {
  if (typeof answer === 'object' && answer !== null && 'promise' in answer && typeof answer.promise === 'function') return answer.promise();
  return answer;
}
