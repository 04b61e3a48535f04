import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import type { CacheLog } from '../cache/cache-log.ts';
import type { Clocks } from '../cache/clocks.ts';
import { Flights, NoAnswer, NotAsked } from '../cache/flights.ts';
import { isDenial, isOutage } from '../failures.ts';
import { AbsentKeys, TooManyUnknown } from './absent-keys.ts';
import { about, branchKeyJourney, type Fetching } from './branch-key-journey.ts';
import type { CachedBranchKey, Lease, Lifetimes } from './cached-branch-key.ts';
import { FailureMarks } from './failure-marks.ts';
import { branchKeyIn, KeptKeys, nameOf, type Wanted } from './kept-keys.ts';
import type { BranchKeySource } from './source.ts';
import type { BranchKeyMaterial } from './store.ts';

/** Options of {@link BranchKeyCache}. */
export interface BranchKeyCacheOptions extends Lifetimes {
  /** Versions of branch keys that are kept at most. */
  readonly maxEntries: number;
  /** A fetch that takes longer has failed. */
  readonly deadlineMs: number;
  /** How long it is remembered that a key is not there. */
  readonly absentMs: number;
  readonly clocks: Clocks;
  readonly log: CacheLog;
  /** Keys of this branch key are not to be used any more, neither here nor elsewhere. */
  readonly onRevoked: (branchKeyId: string) => void;
}

/** What was asked for while it was being changed is asked for again. */
const MOST_ATTEMPTS = 5;

/** Branch keys by id and version (decision 0008): leases, one fetch at a time, ages that are checked at use. */
export class BranchKeyCache {
  readonly #options: BranchKeyCacheOptions;
  readonly #kept: KeptKeys;
  readonly #flights: Flights<BranchKeyMaterial, Lease>;
  readonly #absent: AbsentKeys;
  readonly #failures: FailureMarks;
  readonly #fetching: Fetching;
  #closed = false;

  constructor(source: BranchKeySource, options: BranchKeyCacheOptions) {
    this.#options = options;
    const { maxEntries, absentMs, deadlineMs, clocks, log } = options;
    this.#kept = new KeptKeys({ ...options, onEvict: id => log.tell('evict', () => id) });
    this.#flights = new Flights(deadlineMs);
    this.#failures = new FailureMarks(maxEntries, clocks);
    this.#absent = new AbsentKeys({ forgetMs: absentMs, maxEntries, clocks });
    this.#fetching = {
      ...options,
      source,
      absent: this.#absent,
      isKept: wanted => this.#isKept(wanted),
      arrived: (key, wanted) => this.#arrived(key, wanted),
      failed: (wanted, error) => this.#failed(wanted, error),
    };
  }

  /** The version to write under. End the lease when the key is no longer used. */
  async active(branchKeyId: string): Promise<Lease> {
    return this.#lease({ branchKeyId, version: undefined });
  }

  /** The same, for a caller who makes what is not there: that is no read in vain. */
  async activeOrNone(branchKeyId: string): Promise<Lease> {
    return this.#lease({ branchKeyId, version: undefined, mayBeMade: true });
  }

  /** The version that an item names. */
  async version(branchKeyId: string, version: string): Promise<Lease> {
    return this.#lease({ branchKeyId, version });
  }

  /** Keys that are kept, and keys that are in use. */
  get size(): { readonly entries: number; readonly inUse: number } {
    return this.#kept.size;
  }

  /** Another version may be active now: the next write asks. */
  activeChanged(branchKeyId: string): void {
    const active = nameOf({ branchKeyId, version: undefined });
    this.#kept.forgetActive(branchKeyId);
    this.#flights.abandon(name => name === active);
    this.#absent.forget(name => name === active);
  }

  /** What {@link activeOrNone} did not find could not be made. */
  notMade(): void {
    this.#absent.notMade();
  }

  /** Lets go of every key of a branch key, or of all. What is in use is zeroed after its last lease. */
  purge(branchKeyId?: string): void {
    const isMeant = (name: string): boolean => branchKeyId === undefined || branchKeyIn(name) === branchKeyId;
    this.#flights.abandon(isMeant);
    this.#absent.forget(isMeant);
    if (branchKeyId === undefined) this.#kept.clear();
    else this.#kept.drop(branchKeyId);
  }

  /** Lets go of everything for good: whatever is asked for from now on is KEYRING_REFUSED. */
  close(): void {
    this.#closed = true;
    this.purge();
  }

  async #lease(wanted: Wanted): Promise<Lease> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (this.#closed) throw new FieldsealError('KEYRING_REFUSED', 'the hierarchical keyring was disposed: make another one');
      const lease = await this.#tryLease(wanted);
      if (lease !== undefined) return lease;
    }
    const message = `branch key ${quoted(wanted.branchKeyId)} changed, was purged, or outlived its time each time it was fetched; try again`;
    throw new FieldsealError('KEY_UNAVAILABLE', message, { retryable: true });
  }

  /** Undefined when the key was changed or purged while it was fetched. */
  async #tryLease(wanted: Wanted): Promise<Lease | undefined> {
    const found = this.#kept.find(wanted);
    if (found?.freshness === 'fresh' || found?.freshness === 'due') {
      const lease = found.key.lease();
      this.#options.log.tell('hit', () => found.key.id);
      if (found.freshness === 'due') this.#refresh(wanted);
      return lease;
    }
    this.#options.log.tell('miss', () => about(wanted));
    return found?.freshness === 'expired' ? this.#fetchOrStale(wanted, found.key) : this.#fetch(wanted);
  }

  /** Whoever comes first after the time to live waits for the fetch; while an outage goes on, nobody does. */
  async #fetchOrStale(wanted: Wanted, key: CachedBranchKey): Promise<Lease | undefined> {
    const lease = key.lease(); // now: it must not be zeroed meanwhile
    const stale = (): Lease => {
      this.#options.log.tell('stale', () => key.id);
      return lease;
    };
    if (this.#isOut(wanted)) {
      this.#refresh(wanted);
      return stale();
    }
    try {
      const fetched = await this.#fetch(wanted);
      lease.end();
      return fetched;
    } catch (error) {
      if (isOutage(error) && !(error instanceof TooManyUnknown || error instanceof NotAsked) && !key.isRetired) return stale();
      lease.end();
      throw error;
    }
  }

  #isOut(wanted: Wanted): boolean {
    return this.#failures.isOut([nameOf(wanted), nameOf({ branchKeyId: wanted.branchKeyId, version: undefined })]);
  }

  #isKept({ branchKeyId, version = this.#kept.activeVersionOf(branchKeyId) }: Wanted): boolean {
    return version !== undefined && this.#kept.has({ branchKeyId, version });
  }

  /** Fetches because somebody waits for it. */
  async #fetch(wanted: Wanted): Promise<Lease | undefined> {
    const remembered = this.#absent.remembered(wanted);
    if (remembered !== undefined) {
      this.#options.log.tell('negative', () => ({ ...about(wanted), error: remembered.code }));
      throw remembered;
    }
    const { branchKeyId, version } = wanted;
    return version === undefined ? this.#load(wanted) : this.#fetchVersion(branchKeyId, version);
  }

  /** The active key first, unless it is known: it is most often the one, and writers of the same branch key need no fetch of their own then. */
  async #fetchVersion(branchKeyId: string, version: string): Promise<Lease | undefined> {
    const active = nameOf({ branchKeyId, version: undefined });
    if (!this.#knowsActive(branchKeyId) && !this.#failures.isRecentRefusal(active)) {
      try {
        const lease = await this.#fetch({ branchKeyId, version: undefined });
        if (lease === undefined || lease.version === version) return lease;
        lease.end();
      } catch (error) {
        if (!isFieldsealError(error) || error.code === 'KEY_UNAVAILABLE' || error.code === 'KEY_SHREDDED') throw error;
        // otherwise the version's own record may be in order
      }
    }
    return this.#load({ branchKeyId, version });
  }

  async #load(wanted: Wanted): Promise<Lease | undefined> {
    const join = (): Promise<Lease | undefined> => this.#flights.join(nameOf(wanted), branchKeyJourney(wanted, 'load', this.#fetching));
    try {
      return await join();
    } catch (error) {
      if (!wanted.mayBeMade || !(error instanceof TooManyUnknown)) throw error;
      return join(); // it was the flight of a reader, whose limit is another one
    }
  }

  #knowsActive(branchKeyId: string): boolean {
    const freshness = this.#kept.find({ branchKeyId, version: undefined })?.freshness;
    return freshness === 'fresh' || freshness === 'due';
  }

  /** Fetches in the background, before anybody has to wait. */
  #refresh(wanted: Wanted): void {
    const { branchKeyId, version } = wanted;
    const isActive = version === undefined || this.#kept.activeVersionOf(branchKeyId) === version;
    const target = { branchKeyId, version: isActive ? undefined : version };
    if (this.#failures.isRecent(nameOf(target))) return;
    this.#flights.begin(nameOf(target), branchKeyJourney(target, 'refresh', this.#fetching));
  }

  #arrived(key: CachedBranchKey, wanted: Wanted): void {
    this.#kept.keep(key, wanted.version === undefined);
    for (const asked of [wanted, key.id]) {
      this.#failures.clear(nameOf(asked));
      this.#absent.seen(asked);
    }
  }

  #failed(wanted: Wanted, error: FieldsealError): void {
    this.#absent.remember(wanted, error);
    const isKept = this.#isKept(wanted);
    if (isDenial(error)) this.#denied(wanted, error, isKept);
    this.#failures.mark(nameOf(wanted), { isOutage: isOutage(error), isKept, isSilence: error instanceof NoAnswer });
  }

  /** A denial ends the use of all that was fetched of the branch key. That a version is not there which nobody had, is none. */
  #denied({ branchKeyId, version }: Wanted, { code }: FieldsealError, isKept: boolean): void {
    if (version !== undefined && code === 'KEY_NOT_FOUND' && !isKept) return;
    this.#flights.spoil(name => branchKeyIn(name) === branchKeyId);
    for (const id of this.#kept.drop(branchKeyId)) this.#options.log.tell('evict', () => ({ ...id, error: code }));
    this.#options.onRevoked(branchKeyId);
  }
}
