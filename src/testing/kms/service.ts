import { setTimeout as wait } from 'node:timers/promises';
import { Faults } from '../faults.ts';
import { CallLog, describeCall, type KmsCallFacts, type KmsOutcome } from './call-log.ts';
import { KmsInput } from './input.ts';
import type { KeyRegistry } from './key-registry.ts';
import { type KmsFault, kmsFaultError, kmsFaultMatches, withWrongPlaintext } from './kms-fault.ts';
import { type KmsOperationName, OPERATIONS } from './operations/index.ts';
import { answer, errorAnswer, type KmsHttpRequest, type KmsHttpResponse, parseRequest } from './protocol.ts';
import { KmsServiceError } from './service-error.ts';

const MOST_GRANT_TOKENS = 10;

/** How one request is carried. */
export interface Carriage {
  /** Whether a wait for a slow answer keeps the process alive. */
  readonly keepAlive: boolean;
  readonly signal?: AbortSignal;
}

/** Answers requests: the one road that the HTTP endpoint and the in-process client both take. */
export class KmsService {
  readonly log: CallLog = new CallLog();
  readonly faults: Faults<KmsFault> = new Faults();
  readonly #keys: KeyRegistry;
  readonly #closing = new AbortController();

  constructor(keys: KeyRegistry) {
    this.#keys = keys;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Ends every wait for a slow answer. */
  close(): void {
    this.#closing.abort();
  }

  /** `no-answer` when the connection is to be closed instead. */
  async handle(request: KmsHttpRequest, carriage: Carriage): Promise<KmsHttpResponse | 'no-answer'> {
    let end: (outcome: KmsOutcome) => void = () => {};
    try {
      const { operation, region, parameters } = parseRequest(request);
      const facts = describeCall(operation, region, parameters, this.#keys);
      end = this.log.record(facts);
      const effect = await this.#meetFault(facts, carriage);
      if (effect === 'no-answer') {
        end('no-answer');
        return 'no-answer';
      }
      const result = this.run(operation, region, parameters);
      end('ok');
      return answer(effect === 'wrong-plaintext' ? withWrongPlaintext(result) : result);
    } catch (error) {
      if (!(error instanceof KmsServiceError)) throw error;
      end(error.name);
      return errorAnswer(error);
    }
  }

  /** Runs an operation without a record of it. Throws KmsServiceError. */
  run(operation: KmsOperationName, region: string, parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { accepts, run } = OPERATIONS[operation];
    const input = new KmsInput(parameters);
    const unknown = input.names.find(name => !accepts.includes(name));
    if (unknown !== undefined)
      throw new KmsServiceError('UnsupportedOperationException', `FakeKms has no parameter ${unknown} of ${operation}`);
    input.refuseMoreTexts('GrantTokens', MOST_GRANT_TOKENS);
    const result = run(input, { keys: this.#keys, region });
    if (input.flag('DryRun')) throw new KmsServiceError('DryRunOperationException', 'The request would have succeeded: DryRun is set.');
    return result;
  }

  /** What a fault makes of a call that does not fail. Throws KmsServiceError for one that does. */
  async #meetFault(facts: KmsCallFacts, carriage: Carriage): Promise<'no-answer' | 'wrong-plaintext' | 'none'> {
    const fault = this.faults.meet(candidate => kmsFaultMatches(candidate, facts));
    if (fault?.latencyMs !== undefined && !(await this.#wait(fault.latencyMs, carriage))) return 'no-answer';
    if (fault?.error === 'timeout' || this.closed) return 'no-answer';
    const error = fault && kmsFaultError(fault, facts);
    if (error !== undefined) throw error;
    return fault?.error === 'wrong-plaintext' ? 'wrong-plaintext' : 'none';
  }

  /** False when the wait was cut short. */
  async #wait(ms: number, { keepAlive, signal }: Carriage): Promise<boolean> {
    const signals = [this.#closing.signal, ...(signal ? [signal] : [])];
    try {
      await wait(ms, undefined, { ref: keepAlive, signal: AbortSignal.any(signals) });
      return true;
    } catch {
      return false;
    }
  }
}
