import { createHash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { zero } from '../bytes/secret.ts';
import { isFieldsealError } from '../errors.ts';
import { type EncryptionContext, PUBLIC_KEY_ENTRY } from '../format/context.ts';
import type { EncryptedDataKey } from '../format/header.ts';
import type { BranchKeyVersionId } from './branch/store.ts';
import { CacheLog } from './cache/cache-log.ts';
import { type Clocks, elapsedSince, type Moment, momentOf, SYSTEM_CLOCKS } from './cache/clocks.ts';
import { OwnedKey } from './cache/owned-key.ts';
import { NO_BRANCH_KEYS, type RereadStats } from './cache/stats.ts';
import { Sweeper, type Swept } from './cache/sweeper.ts';
import { isDenial } from './failures.ts';
import type { Leaf } from './leaf.ts';
import { MOST_ENTRIES, type OptionNames, requireCount, requireOptions, requireSeconds } from './options.ts';

/** Options of the cache for re-reads. */
export interface RereadCacheOptions {
  /**
   * Seconds for which the key of an item that was read is kept. For that long neither a revocation nor CloudTrail sees further reads of the item by
   * this process.
   */
  readonly maxAgeSeconds: number;
  /** Keys kept at most. Default 1,000. */
  readonly maxEntries?: number;
  /** Reads that one kept key may serve. Default 1,000. */
  readonly maxUses?: number;
}

const OPTIONS: OptionNames<RereadCacheOptions> = { maxAgeSeconds: true, maxEntries: true, maxUses: true };
const LONGEST_AGE_SECONDS = 86_400;

/** What tells one wrapped key from another. */
export interface Reread {
  readonly encryptedKey: EncryptedDataKey;
  readonly context: EncryptionContext;
  readonly aad: Uint8Array;
  /** Whose key it is wrapped under, where that is a branch key. */
  readonly recipient?: BranchKeyVersionId;
}

interface Entry {
  readonly key: OwnedKey;
  readonly recipient: BranchKeyVersionId | undefined;
  readonly since: Moment;
  uses: number;
}

/**
 * Keeps the intermediate keys of items that were read, for one keyring: whoever reads the same item again needs no call. For reading alone. What is
 * kept is what the keyring unwrapped; the item's own data key is unwrapped and authenticated on every read.
 */
export class RereadCache implements Swept {
  readonly maxAgeSeconds: number;
  readonly #maxUses: number;
  readonly #entries: LRUCache<string, Entry>;
  readonly #clocks: Clocks;
  readonly #log: CacheLog;
  readonly #sweeper: Sweeper;
  /** Entries of two caches never have the same name. */
  readonly #instance = randomBytes(16);
  /** What was being unwrapped when its keys were let go of is not kept: a number of purges of all, and one for each branch key. */
  #purges = 0;
  #purgesOfAll = 0;
  readonly #purgesOf = new LRUCache<string, number>({
    max: 1000,
    dispose: (_, __, reason) => {
      if (reason === 'evict') this.#purgesOfAll++; // it cannot be told any more
    },
  });
  #closed = false;

  /** Throws CONFIG_INVALID; `what` is the factory whose option this is. */
  constructor(what: string, options: RereadCacheOptions, keyring: string, clocks: Clocks = SYSTEM_CLOCKS) {
    requireOptions(`${what}: rereadCache`, options, OPTIONS);
    const { maxAgeSeconds, maxEntries = 1000, maxUses = 1000 } = options;
    requireSeconds(`${what}: maxAgeSeconds of rereadCache`, maxAgeSeconds, { above: 0, most: LONGEST_AGE_SECONDS });
    requireCount(`${what}: maxEntries of rereadCache`, maxEntries, MOST_ENTRIES);
    requireCount(`${what}: maxUses of rereadCache`, maxUses, Number.MAX_SAFE_INTEGER);
    this.maxAgeSeconds = maxAgeSeconds;
    this.#maxUses = maxUses;
    this.#clocks = clocks;
    this.#log = new CacheLog('reread', keyring, () => this.#entries.size);
    this.#sweeper = new Sweeper(maxAgeSeconds * 1000);
    this.#entries = new LRUCache({
      max: maxEntries,
      dispose: ({ key }, _, reason) => {
        key.retire();
        if (reason === 'evict') this.#log.tell('evict');
      },
    });
  }

  /** A copy of the kept key, or what `unwrap` gives, which is kept. The receiver zeroes it. */
  async through(reread: Reread, unwrap: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const name = this.#nameOf(reread);
    const known = this.#usable(name);
    if (known !== undefined) {
      const copy = known.key.copy();
      this.#log.tell('hit', () => ({ ...known.recipient }));
      return copy;
    }
    this.#log.tell('miss', () => ({ ...reread.recipient }));
    const [generation, since] = [this.#generationOf(reread), momentOf(this.#clocks)]; // a key is as old as the question for it
    const key = await unwrap();
    if (key !== undefined && !this.#closed && generation === this.#generationOf(reread)) this.#keep(name, key, reread.recipient, since);
    return key;
  }

  /** Lets go of the keys under one branch key, or of all. */
  purge(branchKeyId?: string): void {
    this.#purges++;
    if (branchKeyId === undefined) this.#purgesOfAll++;
    else this.#purgesOf.set(branchKeyId, this.#purges);
    for (const [name, { recipient }] of [...this.#entries]) {
      if (branchKeyId === undefined || recipient?.branchKeyId === branchKeyId) this.#entries.delete(name);
    }
  }

  /** Lets go of all keys, and keeps none from now on. */
  close(): void {
    this.#closed = true;
    this.#sweeper.stop();
    this.purge();
  }

  /** Lets go of keys that have expired. */
  sweep(): boolean {
    for (const [name, { since }] of [...this.#entries]) {
      if (elapsedSince(since, this.#clocks) >= this.maxAgeSeconds * 1000) this.#entries.delete(name);
    }
    return this.#entries.size > 0;
  }

  get stats(): RereadStats {
    return {
      hits: this.#log.count('hit'),
      misses: this.#log.count('miss'),
      evictions: this.#log.count('evict'),
      entries: this.#entries.size,
    };
  }

  #usable(name: string): Entry | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    if (elapsedSince(entry.since, this.#clocks) < this.maxAgeSeconds * 1000 && entry.uses < this.#maxUses) {
      entry.uses++;
      return entry;
    }
    this.#entries.delete(name);
    return undefined;
  }

  #keep(name: string, key: Uint8Array, recipient: BranchKeyVersionId | undefined, since: Moment): void {
    try {
      this.#entries.set(name, { key: new OwnedKey(key, 'intermediate key'), recipient, since, uses: 0 });
      this.#sweeper.start(this);
    } catch (error) {
      zero(key);
      throw error;
    }
  }

  /** Changes with every purge that concerns what is read. */
  #generationOf({ recipient }: Reread): string {
    return `${this.#purgesOfAll} ${recipient === undefined ? this.#purges : (this.#purgesOf.get(recipient.branchKeyId) ?? 0)}`;
  }

  #nameOf({ encryptedKey, context, aad, recipient }: Reread): string {
    const { providerId, providerInfo, ciphertext } = encryptedKey;
    const suite = PUBLIC_KEY_ENTRY in context ? 'signed' : 'symmetric'; // a suite has that entry, or is refused before
    const parts = [
      this.#instance,
      suite,
      recipient?.branchKeyId ?? '',
      recipient?.version ?? '',
      providerId,
      providerInfo,
      ciphertext,
      aad,
    ];
    const hash = createHash('sha384');
    for (const part of parts.map(part => Buffer.from(part))) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      hash.update(length).update(part);
    }
    return hash.digest('base64');
  }
}

/** A leaf that keeps what it unwrapped. A denial empties its cache. */
export function rereading(leaf: Leaf, cache: RereadCache): Leaf {
  const emptiedByDenial = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (isFieldsealError(error) && isDenial(error)) cache.purge();
      throw error;
    }
  };
  const { generate } = leaf;
  return {
    ...leaf,
    ...(generate && { generate: (context, aad) => emptiedByDenial(() => generate.call(leaf, context, aad)) }),
    unwrap: (encryptedKey, context, aad) =>
      cache.through({ encryptedKey, context, aad }, () => emptiedByDenial(() => leaf.unwrap(encryptedKey, context, aad))),
    caches: {
      purge: branchKeyId => {
        if (branchKeyId === undefined) cache.purge();
      },
      dispose: () => cache.close(),
      stats: () => ({ branchKeys: NO_BRANCH_KEYS, rereads: cache.stats, longestUseAfterRevocationSeconds: cache.maxAgeSeconds }),
    },
  };
}
