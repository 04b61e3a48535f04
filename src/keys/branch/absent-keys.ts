import { LRUCache } from 'lru-cache';
import { FieldsealError, type FieldsealErrorCode, isFieldsealError } from '../../errors.ts';
import { Allowance } from '../cache/allowance.ts';
import { type Clocks, elapsedSince, type Moment, momentOf } from '../cache/clocks.ts';

/** For branch keys that were never seen, all together. */
const UNKNOWN_KEYS = { burst: 100, perSecond: 10, atATime: 50 };
/** For versions of one branch key that was seen. */
const UNKNOWN_VERSIONS = { burst: 20, perSecond: 2, atATime: 10 };

interface Absence {
  readonly code: FieldsealErrorCode;
  readonly message: string;
  readonly since: Moment;
}

/** What a read asks for: `version` is undefined for the active one. */
export interface Asked {
  readonly branchKeyId: string;
  readonly version: string | undefined;
}

/**
 * What the key store does not have. Items name branch keys and versions, and items can be forged: absences are remembered, in a cache of their own,
 * and reads for what was never seen are limited.
 */
export class AbsentKeys {
  readonly #absences: LRUCache<string, Absence>;
  readonly #known: LRUCache<string, true>;
  readonly #unknownKeys: Allowance;
  readonly #unknownVersions: LRUCache<string, Allowance>;
  readonly #forgetMs: number;
  readonly #clocks: Clocks;
  #generation = 0;

  constructor({ forgetMs, maxEntries, clocks }: { readonly forgetMs: number; readonly maxEntries: number; readonly clocks: Clocks }) {
    this.#forgetMs = forgetMs;
    this.#clocks = clocks;
    this.#absences = new LRUCache({ max: maxEntries });
    this.#known = new LRUCache({ max: 10 * maxEntries });
    this.#unknownVersions = new LRUCache({ max: maxEntries });
    this.#unknownKeys = new Allowance(UNKNOWN_KEYS, clocks);
  }

  /** What is remembered of this name, as an error of its own. */
  remembered(name: string): FieldsealError | undefined {
    const absence = this.#absences.get(name);
    if (absence === undefined) return undefined;
    if (elapsedSince(absence.since, this.#clocks) < this.#forgetMs) return new FieldsealError(absence.code, absence.message);
    this.#absences.delete(name);
    return undefined;
  }

  /** What is being asked now is not remembered either: it may have changed meanwhile. */
  forget(isMeant: (name: string) => boolean): void {
    this.#generation++;
    for (const name of [...this.#absences.keys()].filter(isMeant)) this.#absences.delete(name);
  }

  /** A branch key of this id was fetched. */
  seen(branchKeyId: string): void {
    this.#known.set(branchKeyId, true);
  }

  /** Reads a record that may not be there. Throws KEY_UNAVAILABLE (retryable), without a read, when too many were not there. */
  async read<T>(name: string, { branchKeyId, version }: Asked, read: () => Promise<T>): Promise<T> {
    const question = async (): Promise<T> => {
      const generation = this.#generation;
      try {
        return await read();
      } catch (error) {
        if (generation === this.#generation) this.#remember(name, error);
        throw error;
      }
    };
    const isKnown = this.#known.has(branchKeyId);
    if (isKnown && version === undefined) return question();
    const allowance = isKnown ? this.#versionsOf(branchKeyId) : this.#unknownKeys;
    return allowance.ask(question, wasNeverThere, () => tooMany(isKnown ? `versions of branch key "${branchKeyId}"` : 'branch keys'));
  }

  #remember(name: string, error: unknown): void {
    if (!isFieldsealError(error) || !(error.code === 'KEY_NOT_FOUND' || error.code === 'KEY_SHREDDED')) return;
    this.#absences.set(name, { code: error.code, message: error.message, since: momentOf(this.#clocks) });
  }

  #versionsOf(branchKeyId: string): Allowance {
    const known = this.#unknownVersions.get(branchKeyId);
    if (known !== undefined) return known;
    const allowance = new Allowance(UNKNOWN_VERSIONS, this.#clocks);
    this.#unknownVersions.set(branchKeyId, allowance);
    return allowance;
  }
}

/** What was shredded was there: nobody can make up more of that. */
function wasNeverThere(error: unknown): boolean {
  return isFieldsealError(error) && error.code === 'KEY_NOT_FOUND';
}

function tooMany(what: string): FieldsealError {
  return new FieldsealError('KEY_UNAVAILABLE', `too many unknown ${what} were asked for; this one was not looked up, try again`, {
    retryable: true,
  });
}
