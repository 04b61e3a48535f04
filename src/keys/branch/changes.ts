import { quoted } from '../../bytes/quoted.ts';
import { publish } from '../../diagnostics/publish.ts';
import { type FieldsealErrorCode, isFieldsealError, sanitizeCause } from '../../errors.ts';
import { kindOf, type OptionNames, refusal, requireOptions } from '../options.ts';
import type { BranchKeyChange } from './store.ts';

const ACTIONS = { created: 'key-created', rotated: 'key-rotated', shredded: 'key-shredded' } as const;

/** Failures that come before anything is written. */
const NOTHING_DONE: ReadonlySet<FieldsealErrorCode> = new Set(['KEY_NOT_FOUND', 'KEY_SHREDDED', 'CONFIG_INVALID', 'MALFORMED']);

/** Tells auditors and subscribers of a key store what was done through it. */
export class BranchKeyChanges {
  readonly #logicalName: string;
  readonly #listeners = new Set<(change: BranchKeyChange) => void>();

  constructor(logicalName: string) {
    this.#logicalName = logicalName;
  }

  /** Until the function it returns is called. */
  subscribe(listener: (change: BranchKeyChange) => void): () => void {
    const own = (change: BranchKeyChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Publishes on `fieldseal:audit`, then calls every subscriber. */
  tell(change: BranchKeyChange['change'], branchKeyId: string, version?: string): void {
    publish('fieldseal:audit', () => ({
      action: ACTIONS[change],
      time: Date.now(),
      keyStore: this.#logicalName,
      branchKeyId,
      ...(version !== undefined && { version }),
    }));
    this.#call({ change, branchKeyId });
  }

  /** Does what may have taken place although it fails, in part or whole: keyrings then ask the key store again. Nothing is published. */
  async doubtful<R>(change: BranchKeyChange['change'], branchKeyId: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      if (!isFieldsealError(error) || !NOTHING_DONE.has(error.code)) this.#call({ change, branchKeyId });
      throw error;
    }
  }

  /** The change has taken place: a listener that throws must not make it look failed. */
  #call(change: BranchKeyChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(Object.freeze({ ...change }));
      } catch (error) {
        const { name } = sanitizeCause(error);
        process.emitWarning(`a subscriber of key store ${quoted(this.#logicalName)} threw (${name})`, { code: 'FIELDSEAL_SUBSCRIBER' });
      }
    }
  }
}

const REMOVE_OPTIONS: OptionNames<{ dryRun?: boolean }> = { dryRun: true };

/** A misspelt option must not turn a dry run into a removal. Throws CONFIG_INVALID. */
export function dryRunOf(options: { readonly dryRun?: boolean }): boolean {
  requireOptions('remove', options, REMOVE_OPTIONS);
  const { dryRun = false } = options;
  if (typeof dryRun !== 'boolean') throw refusal(`remove: dryRun must be true or false; got ${kindOf(dryRun)}`);
  return dryRun;
}
