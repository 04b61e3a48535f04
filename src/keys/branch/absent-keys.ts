import { LRUCache } from 'lru-cache';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError, type FieldsealErrorCode, isFieldsealError } from '../../errors.ts';
import { Allowance } from '../cache/allowance.ts';
import { type Clocks, elapsedSince, type Moment, momentOf } from '../cache/clocks.ts';
import { nameOf, type Wanted } from './kept-keys.ts';

/** For branch keys that were never seen, all together. */
const UNKNOWN_KEYS = { burst: 100, perSecond: 10, atATime: 50 };
/** For branch keys that a writer makes when they are not there: in vain is what could not be made. */
const UNMADE_KEYS = { burst: 100, perSecond: 10, atATime: 250 };
/** For versions of one branch key that was seen. */
const UNKNOWN_VERSIONS = { burst: 20, perSecond: 2, atATime: 10 };

/** What is remembered for a while. */
const LASTING: ReadonlySet<FieldsealErrorCode> = new Set(['KEY_NOT_FOUND', 'KEY_SHREDDED']);
/** What somebody who makes up names can bring about. What was shredded was there: nobody can make up more of that. */
const IN_VAIN: ReadonlySet<FieldsealErrorCode> = new Set(['KEY_NOT_FOUND', 'CONFIG_INVALID', 'MALFORMED', 'KEY_INVALID']);

interface Absence {
  readonly code: FieldsealErrorCode;
  readonly message: string;
  readonly since: Moment;
}

/** A read that was not made, because too many before it were in vain. It says nothing about the key store. */
export class TooManyUnknown extends FieldsealError {
  constructor(what: string) {
    super('KEY_UNAVAILABLE', `too many unknown ${what} were asked for; this one was not looked up, try again`, { retryable: true });
  }
}

/**
 * What the key store does not have. Items name branch keys and versions, and items can be forged: absences are remembered, in a cache of their own,
 * and reads for what was never seen are limited.
 */
export class AbsentKeys {
  readonly #absences: LRUCache<string, Absence>;
  readonly #seen: LRUCache<string, true>;
  readonly #unknownKeys: Allowance;
  readonly #unmadeKeys: Allowance;
  readonly #unknownVersions: LRUCache<string, Allowance>;
  readonly #forgetMs: number;
  readonly #clocks: Clocks;

  constructor({ forgetMs, maxEntries, clocks }: { readonly forgetMs: number; readonly maxEntries: number; readonly clocks: Clocks }) {
    this.#forgetMs = forgetMs;
    this.#clocks = clocks;
    this.#absences = new LRUCache({ max: maxEntries });
    this.#seen = new LRUCache({ max: 4 * maxEntries });
    this.#unknownVersions = new LRUCache({ max: maxEntries });
    this.#unknownKeys = new Allowance(UNKNOWN_KEYS, clocks);
    this.#unmadeKeys = new Allowance(UNMADE_KEYS, clocks);
  }

  /** What is remembered of it, as an error of its own. */
  remembered(wanted: Wanted): FieldsealError | undefined {
    const name = nameOf(wanted);
    const absence = this.#absences.get(name);
    if (absence === undefined) return undefined;
    if (elapsedSince(absence.since, this.#clocks) < this.#forgetMs) return new FieldsealError(absence.code, absence.message);
    this.#absences.delete(name);
    return undefined;
  }

  remember(wanted: Wanted, { code, message }: FieldsealError): void {
    if (LASTING.has(code)) this.#absences.set(nameOf(wanted), { code, message, since: momentOf(this.#clocks) });
  }

  forget(isMeant: (name: string) => boolean): void {
    for (const name of [...this.#absences.keys()].filter(isMeant)) this.#absences.delete(name);
  }

  /** It was fetched. From now on it is read without limits. */
  seen(wanted: Wanted): void {
    this.#seen.set(nameOf({ branchKeyId: wanted.branchKeyId, version: undefined }), true);
    this.#seen.set(nameOf(wanted), true);
  }

  /** What was not there could not be made. */
  notMade(): void {
    this.#unmadeKeys.charge();
  }

  /** Reads a record that may not be there. Throws {@link TooManyUnknown}, without a read. */
  async read<T>(wanted: Wanted, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    if (this.#seen.get(nameOf(wanted))) return read();
    const { branchKeyId, mayBeMade = false } = wanted;
    const isSeen = this.#seen.get(nameOf({ branchKeyId, version: undefined })) ?? false;
    const allowance = mayBeMade ? this.#unmadeKeys : isSeen ? this.#versionsOf(branchKeyId) : this.#unknownKeys;
    const refused = (): FieldsealError => new TooManyUnknown(isSeen ? `versions of branch key ${quoted(branchKeyId)}` : 'branch keys');
    const wasInVain = (error: unknown): boolean => !mayBeMade && isFieldsealError(error) && IN_VAIN.has(error.code);
    return allowance.ask(read, { signal, wasInVain, refused });
  }

  #versionsOf(branchKeyId: string): Allowance {
    const known = this.#unknownVersions.get(branchKeyId);
    if (known !== undefined) return known;
    const allowance = new Allowance(UNKNOWN_VERSIONS, this.#clocks);
    this.#unknownVersions.set(branchKeyId, allowance);
    return allowance;
  }
}
