import { LRUCache } from 'lru-cache';
import { type Clocks, elapsedSince, type Moment } from '../cache/clocks.ts';
import { Sweeper, type Swept } from '../cache/sweeper.ts';
import { type CachedBranchKey, type Freshness, freshnessAt, type Lifetimes } from './cached-branch-key.ts';
import type { BranchKeyVersionId } from './store.ts';

/** What is asked of a key store: the active version of a branch key, or one version. */
export interface Wanted {
  readonly branchKeyId: string;
  readonly version: string | undefined;
  /** Whoever asks makes it when it is not there. */
  readonly mayBeMade?: true;
}

/** A name for it. Versions are UUIDs, so that no id can be mistaken for another name. */
export function nameOf({ branchKeyId, version }: Wanted): string {
  return `${version ?? 'active'} ${branchKeyId}`;
}

/** The branch key that a name is of. */
export function branchKeyIn(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}

/** What is kept of one branch key. */
interface Kept {
  readonly versions: Set<string>;
  /** The version that new items are written under. It is as old as its own fetch: its key may have been fetched again, by its version. */
  active: { readonly version: string; readonly fetched: Moment } | undefined;
}

/** A kept key, and whether it may be used. */
export interface Found {
  readonly key: CachedBranchKey;
  readonly freshness: Freshness;
}

/** Options of {@link KeptKeys}. */
export interface KeptKeysOptions extends Lifetimes {
  readonly maxEntries: number;
  readonly clocks: Clocks;
  readonly onEvict: (id: BranchKeyVersionId) => void;
}

/** The branch keys that a cache keeps, by branch key and version. It owns them, and retires what it lets go of. */
export class KeptKeys implements Swept {
  readonly #options: KeptKeysOptions;
  readonly #keys: LRUCache<string, CachedBranchKey>;
  readonly #byId = new Map<string, Kept>();
  readonly #sweeper: Sweeper;

  constructor(options: KeptKeysOptions) {
    this.#options = options;
    this.#keys = new LRUCache({ max: options.maxEntries, dispose: (key, _, reason) => this.#dropped(key, reason) });
    this.#sweeper = new Sweeper(options.ttlMs + options.staleOnOutageMs);
  }

  find({ branchKeyId, version }: Wanted): Found | undefined {
    const active = version === undefined ? this.#byId.get(branchKeyId)?.active : undefined;
    const key = this.#keys.get(nameOf({ branchKeyId, version: version ?? active?.version ?? '' }));
    if (key === undefined) return undefined;
    return { key, freshness: freshnessAt(active?.fetched ?? key.fetched, this.#options.clocks, this.#options) };
  }

  /** True for a version that is kept, expired or not. */
  has({ branchKeyId, version }: BranchKeyVersionId): boolean {
    return this.#byId.get(branchKeyId)?.versions.has(version) ?? false;
  }

  activeVersionOf(branchKeyId: string): string | undefined {
    return this.#byId.get(branchKeyId)?.active?.version;
  }

  /** An active key is the key of its version, too: KMS has authenticated both together. */
  keep(key: CachedBranchKey, isActive: boolean): void {
    const { id, fetched } = key;
    const kept = this.#byId.get(id.branchKeyId) ?? { versions: new Set<string>(), active: undefined };
    this.#byId.set(id.branchKeyId, kept);
    kept.versions.add(id.version);
    if (isActive) kept.active = { version: id.version, fetched };
    this.#keys.set(nameOf(id), key); // may drop others, to make room
    this.#sweeper.start(this);
  }

  /** Another version may be active now. */
  forgetActive(branchKeyId: string): void {
    const kept = this.#byId.get(branchKeyId);
    if (kept !== undefined) kept.active = undefined;
  }

  /** Lets go of all versions of a branch key. Gives those that were there. */
  drop(branchKeyId: string): readonly BranchKeyVersionId[] {
    const ids = [...(this.#byId.get(branchKeyId)?.versions ?? [])].map(version => ({ branchKeyId, version }));
    for (const id of ids) this.#keys.delete(nameOf(id));
    return ids;
  }

  clear(): void {
    for (const branchKeyId of [...this.#byId.keys()]) this.drop(branchKeyId);
    this.#sweeper.stop();
  }

  /** Lets go of keys that nobody may use any more. */
  sweep(): boolean {
    const { clocks, ttlMs, staleOnOutageMs } = this.#options;
    for (const [name, { fetched }] of [...this.#keys]) {
      if (elapsedSince(fetched, clocks) >= ttlMs + staleOnOutageMs) this.#keys.delete(name);
    }
    return this.#keys.size > 0;
  }

  get size(): { readonly entries: number; readonly inUse: number } {
    const keys = [...this.#keys.values()];
    return { entries: keys.length, inUse: keys.filter(key => key.isInUse).length };
  }

  #dropped(key: CachedBranchKey, reason: LRUCache.DisposeReason): void {
    key.retire();
    if (reason === 'set') return; // a newer fetch of the same version takes its place
    const { branchKeyId, version } = key.id;
    const kept = this.#byId.get(branchKeyId);
    kept?.versions.delete(version);
    if (kept?.active?.version === version) kept.active = undefined;
    if (kept?.versions.size === 0) this.#byId.delete(branchKeyId);
    if (reason === 'evict') this.#options.onEvict(key.id);
  }
}
