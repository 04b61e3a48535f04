import { isContext, peekBytes } from './input.ts';
import { type EncryptionContext, keyIdOf } from './key-material.ts';
import type { KeyRegistry } from './key-registry.ts';
import type { KmsOperationName } from './operations/index.ts';
import type { KmsErrorName } from './service-error.ts';

/** How a call ended: the name of its error, or no answer at all because of a timeout fault or a closed KMS. */
export type KmsOutcome = 'pending' | 'ok' | 'no-answer' | KmsErrorName;

/** One request as it arrived. Retries of the SDK are requests of their own. */
export interface KmsCall {
  readonly operation: KmsOperationName;
  readonly region: string;
  /** As the request names it: key id, key ARN, alias name or alias ARN. Undefined when it names none. Of ReEncrypt, the destination. */
  readonly keyId: string | undefined;
  /** The existing keys it concerns: those it names and the one its ciphertext was made under. */
  readonly keyArns: readonly string[];
  /** Of ReEncrypt, that of the source. */
  readonly encryptionContext: EncryptionContext | undefined;
  readonly outcome: KmsOutcome;
}

/** What is known of a call when it arrives. */
export type KmsCallFacts = Omit<KmsCall, 'outcome'>;

/** The parameters of an operation that name a key. */
const KEY_PARAMETERS = ['KeyId', 'DestinationKeyId', 'SourceKeyId', 'TargetKeyId'];

/** Keeps every call in the order of arrival. */
export class CallLog {
  #calls: KmsCall[] = [];

  get calls(): readonly KmsCall[] {
    return [...this.#calls];
  }

  count(operation?: KmsOperationName): number {
    return operation === undefined ? this.#calls.length : this.#calls.filter(call => call.operation === operation).length;
  }

  clear(): void {
    this.#calls = [];
  }

  /** Takes down a call. The function it returns says how the call ended. */
  record(facts: KmsCallFacts): (outcome: KmsOutcome) => void {
    const call: { -readonly [K in keyof KmsCall]: KmsCall[K] } = { ...facts, outcome: 'pending' };
    this.#calls.push(call);
    return outcome => {
      call.outcome = outcome;
    };
  }
}

/** Reads what a request is about before it runs, whether or not it is a valid one. */
export function describeCall(
  operation: KmsOperationName,
  region: string,
  parameters: Readonly<Record<string, unknown>>,
  keys: KeyRegistry,
): KmsCallFacts {
  const named = KEY_PARAMETERS.map(name => parameters[name]).filter(value => typeof value === 'string');
  const arns = [...named.map(keyId => arnOf(keys, region, keyId)), blobKeyArn(keys, region, parameters.CiphertextBlob)];
  const context = parameters.EncryptionContext ?? parameters.SourceEncryptionContext;
  return {
    operation,
    region,
    keyId: named[0],
    keyArns: [...new Set(arns)].filter(arn => arn !== undefined),
    encryptionContext: isContext(context) ? Object.freeze({ ...context }) : undefined,
  };
}

function arnOf(keys: KeyRegistry, region: string, keyId: string): string | undefined {
  try {
    return keys.keyOrAlias(region, keyId).arn;
  } catch {
    return undefined;
  }
}

function blobKeyArn(keys: KeyRegistry, region: string, blob: unknown): string | undefined {
  const bytes = peekBytes(blob);
  const id = bytes && keyIdOf(bytes);
  return id === undefined ? undefined : keys.keyIn(region, id)?.arn;
}
