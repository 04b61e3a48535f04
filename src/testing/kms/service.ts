import { setTimeout as wait } from 'node:timers/promises';
import { Faults } from '../faults.ts';
import { CallLog, describeCall, type KmsCallFacts, type KmsOutcome } from './call-log.ts';
import { KmsInput } from './input.ts';
import type { KeyRegistry } from './key-registry.ts';
import { type KmsFault, kmsFaultError, kmsFaultMatches } from './kms-fault.ts';
import { type KmsOperationName, OPERATIONS } from './operations/index.ts';
import { answer, errorAnswer, type KmsHttpRequest, type KmsHttpResponse, parseRequest } from './protocol.ts';
import { KmsServiceError } from './service-error.ts';

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
      const goesOn = await this.#meetFault(facts, carriage);
      const reply = goesOn ? answer(this.run(operation, region, parameters)) : 'no-answer';
      end(goesOn ? 'ok' : 'no-answer');
      return reply;
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
    return run(input, { keys: this.#keys, region });
  }

  /** False when the request gets no answer. Throws KmsServiceError. */
  async #meetFault(facts: KmsCallFacts, carriage: Carriage): Promise<boolean> {
    const fault = this.faults.meet(candidate => kmsFaultMatches(candidate, facts));
    if (fault?.latencyMs !== undefined && !(await this.#wait(fault.latencyMs, carriage))) return false;
    if (fault?.error === 'timeout' || this.closed) return false;
    if (fault?.error !== undefined) throw kmsFaultError(fault.error, facts);
    return true;
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
