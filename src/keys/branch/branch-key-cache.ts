import { LRUCache } from 'lru-cache';
import { type FieldsealError, isFieldsealError } from '../../errors.ts';
import type { CacheLog } from '../cache/cache-log.ts';
import { type Clocks, elapsedSince, type Moment, momentOf } from '../cache/clocks.ts';
import { Flights, type Journey } from '../cache/flights.ts';
import { isDenial, isOutage } from '../failures.ts';
import { AbsentKeys } from './absent-keys.ts';
import { CachedBranchKey, type Freshness, freshnessAt, type Lease, type Lifetimes } from './cached-branch-key.ts';
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

/** A failed refresh is not repeated before. */
const RETRY_MS = 1000;

/** What the cache is asked for: the active version of a branch key, or one version. */
interface Wanted {
  readonly branchKeyId: string;
  readonly version: string | undefined;
}

/** What is kept of a branch key. */
interface Kept {
  readonly versions: Set<string>;
  /** The version that new items are written under. It is as old as its own fetch: its key may have been fetched again, by its version. */
  active: { readonly version: string; readonly fetched: Moment } | undefined;
}

/** Branch keys by id and version (decision 0008): leases, one fetch at a time, ages that are checked at use. */
export class BranchKeyCache {
  readonly #source: BranchKeySource;
  readonly #options: BranchKeyCacheOptions;
  readonly #keys: LRUCache<string, CachedBranchKey>;
  readonly #kept = new Map<string, Kept>();
  readonly #flights: Flights<BranchKeyMaterial, Lease>;
  readonly #absent: AbsentKeys;
  /** When a refresh failed for want of service, by what was to be fetched. */
  readonly #outages: LRUCache<string, Moment>;

  constructor(source: BranchKeySource, options: BranchKeyCacheOptions) {
    this.#source = source;
    this.#options = options;
    const { maxEntries, absentMs, deadlineMs, clocks } = options;
    this.#flights = new Flights(deadlineMs);
    this.#outages = new LRUCache({ max: 2 * maxEntries });
    this.#absent = new AbsentKeys({ forgetMs: absentMs, maxEntries, clocks });
    this.#keys = new LRUCache({ max: maxEntries, dispose: (key, _, reason) => this.#dropped(key, reason) });
  }

  /** The version to write under. End the lease when the key is no longer used. */
  async active(branchKeyId: string): Promise<Lease> {
    return this.#lease({ branchKeyId, version: undefined });
  }

  /** The version that an item names. */
  async version(branchKeyId: string, version: string): Promise<Lease> {
    return this.#lease({ branchKeyId, version });
  }

  /** Keys that are kept, and keys that are in use. */
  get size(): { readonly entries: number; readonly inUse: number } {
    const keys = [...this.#keys.values()];
    return { entries: keys.length, inUse: keys.filter(key => key.leases > 0).length };
  }

  /** Another version may be active now: the next write asks. */
  activeChanged(branchKeyId: string): void {
    const active = nameOf({ branchKeyId, version: undefined });
    const kept = this.#kept.get(branchKeyId);
    if (kept !== undefined) kept.active = undefined;
    this.#flights.abandon(name => name === active);
    this.#absent.forget(name => name === active);
  }

  /** Lets go of every key of a branch key, or of all. What is in use is zeroed after its last lease. */
  purge(branchKeyId?: string): void {
    const isMeant = (name: string): boolean => branchKeyId === undefined || idIn(name) === branchKeyId;
    this.#flights.abandon(isMeant);
    this.#absent.forget(isMeant);
    for (const id of branchKeyId === undefined ? [...this.#kept.keys()] : [branchKeyId]) this.#drop(id);
  }

  async #lease(wanted: Wanted): Promise<Lease> {
    const found = this.#find(wanted);
    if (found?.freshness === 'fresh' || found?.freshness === 'due') {
      this.#options.log.tell('hit', () => found.key.id);
      if (found.freshness === 'due') this.#refresh(wanted);
      return found.key.lease();
    }
    this.#options.log.tell('miss', () => about(wanted));
    return found?.freshness === 'expired' ? this.#fetchOrStale(wanted, found.key) : this.#fetch(wanted);
  }

  /** Whoever comes first after the time to live waits for the fetch; while an outage is known, nobody does. */
  async #fetchOrStale(wanted: Wanted, key: CachedBranchKey): Promise<Lease> {
    const stale = key.lease(); // now: it must not be zeroed meanwhile
    let used = false;
    try {
      if (!this.#outages.has(nameOf(wanted))) return await this.#fetch(wanted);
      this.#refresh(wanted);
      used = true;
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.#outages.set(nameOf(wanted), momentOf(this.#options.clocks));
      used = true;
    } finally {
      if (!used) stale.end();
    }
    this.#options.log.tell('stale', () => key.id);
    return stale;
  }

  #find({ branchKeyId, version }: Wanted): { readonly key: CachedBranchKey; readonly freshness: Freshness } | undefined {
    const active = version === undefined ? this.#kept.get(branchKeyId)?.active : undefined;
    const key = this.#keys.get(nameOf({ branchKeyId, version: version ?? active?.version ?? '' }));
    if (key === undefined) return undefined;
    return { key, freshness: freshnessAt(active?.fetched ?? key.fetched, this.#options.clocks, this.#options) };
  }

  /** Fetches because somebody waits for it. */
  async #fetch(wanted: Wanted): Promise<Lease> {
    const remembered = this.#absent.remembered(nameOf(wanted));
    if (remembered !== undefined) {
      this.#options.log.tell('negative', () => ({ ...about(wanted), error: remembered.code }));
      throw remembered;
    }
    return wanted.version === undefined
      ? this.#flights.join(nameOf(wanted), this.#journey(wanted, 'load'))
      : this.#fetchVersion(wanted.branchKeyId, wanted.version);
  }

  /** The active key first, unless it is known: it is most often the one, and writers of the same branch key need no fetch of their own then. */
  async #fetchVersion(branchKeyId: string, version: string): Promise<Lease> {
    const active: Wanted = { branchKeyId, version: undefined };
    const known = this.#find(active);
    if (known === undefined || known.freshness === 'expired' || known.freshness === 'over') {
      const lease = await this.#fetch(active).catch((error: unknown) => {
        if (!isFieldsealError(error) || error.code === 'KEY_UNAVAILABLE' || error.code === 'KEY_SHREDDED') throw error;
        return undefined; // the version's own record may be in order
      });
      if (lease?.version === version) return lease;
      lease?.end();
    }
    const wanted = { branchKeyId, version };
    return this.#flights.join(nameOf(wanted), this.#journey(wanted, 'load'));
  }

  /** Fetches in the background, before anybody has to wait. */
  #refresh(wanted: Wanted): void {
    const failed = this.#outages.get(nameOf(wanted));
    if (failed !== undefined && elapsedSince(failed, this.#options.clocks) < RETRY_MS) return;
    const isActive = wanted.version === undefined || this.#kept.get(wanted.branchKeyId)?.active?.version === wanted.version;
    const target = isActive ? { branchKeyId: wanted.branchKeyId, version: undefined } : wanted;
    this.#flights.begin(nameOf(target), this.#journey(target, 'refresh')).catch((error: unknown) => {
      if (isOutage(error)) this.#outages.set(nameOf(wanted), momentOf(this.#options.clocks));
    });
  }

  #journey(wanted: Wanted, action: 'load' | 'refresh'): Journey<BranchKeyMaterial, Lease> {
    const { branchKeyId, version } = wanted;
    const name = nameOf(wanted);
    const began = performance.now();
    const asked = momentOf(this.#options.clocks); // a key is as old as the question: whoever answers may have been revoked since
    const told = (error?: FieldsealError): void =>
      this.#options.log.tell(action, () => ({
        ...about(wanted),
        durationMs: performance.now() - began,
        ...(error && { error: error.code }),
      }));
    return {
      what: `the key store, asked for branch key "${branchKeyId}",`,
      fetch: async () => {
        try {
          const read = (): Promise<BranchKeyMaterial> =>
            version === undefined ? this.#source.active(branchKeyId) : this.#source.version(branchKeyId, version);
          const material = await this.#absent.read(name, wanted, read);
          told();
          return material;
        } catch (error) {
          if (!isFieldsealError(error)) throw error;
          told(error);
          this.#failed(wanted, error);
          throw error;
        }
      },
      arrive: (material, { waiting, abandoned }) => {
        const key = new CachedBranchKey(material, asked);
        const leases = Array.from({ length: waiting }, () => key.lease());
        if (abandoned) key.retire();
        else this.#keep(key, version === undefined);
        return leases;
      },
      discard: material => material.release?.(),
    };
  }

  /** An active key is the key of its version, too: KMS has authenticated both together. */
  #keep(key: CachedBranchKey, isActive: boolean): void {
    const { id, fetched } = key;
    const { branchKeyId, version } = id;
    const kept = this.#kept.get(branchKeyId) ?? { versions: new Set<string>(), active: undefined };
    this.#kept.set(branchKeyId, kept);
    kept.versions.add(version);
    if (isActive) kept.active = { version, fetched };
    this.#keys.set(nameOf(id), key); // may drop others, to make room
    this.#absent.seen(branchKeyId);
    this.#outages.delete(nameOf(id));
    if (isActive) this.#outages.delete(nameOf({ branchKeyId, version: undefined }));
  }

  /** A denial ends the use of what was fetched before: of the whole branch key, but for a version that nobody had. */
  #failed(wanted: Wanted, error: FieldsealError): void {
    if (!isDenial(error)) return;
    const { branchKeyId, version } = wanted;
    const kept = this.#kept.get(branchKeyId);
    if (kept === undefined || (version !== undefined && !kept.versions.has(version))) return;
    this.#drop(branchKeyId);
    this.#options.log.tell('evict', () => ({ ...about(wanted), error: error.code }));
    this.#options.onRevoked(branchKeyId);
  }

  #drop(branchKeyId: string): void {
    for (const version of [...(this.#kept.get(branchKeyId)?.versions ?? [])]) this.#keys.delete(nameOf({ branchKeyId, version }));
  }

  #dropped(key: CachedBranchKey, reason: LRUCache.DisposeReason): void {
    key.retire();
    if (reason === 'set') return; // a newer fetch of the same version takes its place
    const { branchKeyId, version } = key.id;
    const kept = this.#kept.get(branchKeyId);
    kept?.versions.delete(version);
    if (kept?.active?.version === version) kept.active = undefined;
    if (kept?.versions.size === 0) this.#kept.delete(branchKeyId);
    if (reason === 'evict') this.#options.log.tell('evict', () => key.id);
  }
}

/** Versions are UUIDs, so that no id can be mistaken for another name. */
function nameOf({ branchKeyId, version }: Wanted): string {
  return `${version ?? 'active'} ${branchKeyId}`;
}

function idIn(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}

function about({ branchKeyId, version }: Wanted): { readonly branchKeyId: string; readonly version?: string } {
  return { branchKeyId, ...(version !== undefined && { version }) };
}
