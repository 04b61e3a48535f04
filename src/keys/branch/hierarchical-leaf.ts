import { quoted } from '../../bytes/quoted.ts';
import { randomKey, zero } from '../../bytes/secret.ts';
import { utf8 } from '../../bytes/utf8.ts';
import { publish } from '../../diagnostics/publish.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import type { EncryptionContext } from '../../format/context.ts';
import type { EncryptedDataKey } from '../../format/header.ts';
import { notAuthentic } from '../../format/not-authentic.ts';
import { CacheLog } from '../cache/cache-log.ts';
import type { Clocks } from '../cache/clocks.ts';
import { afterDeadline, NoAnswer } from '../cache/flights.ts';
import { type KeyringStats, NO_REREADS } from '../cache/stats.ts';
import type { Leaf, LeafCaches, WrappedKey } from '../leaf.ts';
import type { RereadCache } from '../reread-cache.ts';
import { BranchKeyCache, type BranchKeyCacheOptions } from './branch-key-cache.ts';
import { PROVIDER_ID, unwrapUnder, versionIn, wrapUnder } from './branch-wrapping.ts';
import type { Lease } from './cached-branch-key.ts';
import { BranchKeySource } from './source.ts';
import type { BranchKeyChange, BranchKeyStore, BranchKeyVersionId } from './store.ts';
import { type BranchKeySupplier, suppliedBranchKey } from './supplier.ts';

const KEY_LENGTH = 32;

/** Makes a branch key that is not there. Undefined when somebody else has made it. */
export type Provision = (branchKeyId: string, context: EncryptionContext) => Promise<BranchKeyVersionId | undefined>;

/** What a {@link HierarchicalLeaf} is made of. */
export interface HierarchicalLeafOptions extends Omit<BranchKeyCacheOptions, 'log' | 'onRevoked'> {
  readonly name: string;
  readonly store: BranchKeyStore;
  readonly branchKey: string | BranchKeySupplier;
  readonly provision: Provision | undefined;
  readonly rereads: RereadCache | undefined;
  readonly clocks: Clocks;
}

/** Wraps intermediate keys under branch keys (aws-kms-hierarchical-keyring.md). */
export class HierarchicalLeaf implements Leaf {
  readonly name: string;
  readonly service = 'key store';
  readonly store: BranchKeyStore;
  readonly caches: LeafCaches;
  readonly #options: HierarchicalLeafOptions;
  readonly #cache: BranchKeyCache;
  readonly #provisioning = new Map<string, Promise<void>>();

  constructor(options: HierarchicalLeafOptions) {
    const { name, store, maxEntries, rereads } = options;
    this.name = name;
    this.store = store;
    this.#options = options;
    const log = new CacheLog('branch-key', name, () => this.#cache.size.entries);
    this.#cache = new BranchKeyCache(new BranchKeySource(store, maxEntries), {
      ...options,
      log,
      onRevoked: branchKeyId => rereads?.purge(branchKeyId),
    });
    const stopListening = listenTo(store, this.#cache, rereads);
    this.caches = {
      purge: branchKeyId => {
        this.#cache.purge(branchKeyId);
        rereads?.purge(branchKeyId);
        log.tell('purge', () => ({ ...(branchKeyId !== undefined && { branchKeyId }) }));
      },
      dispose: () => {
        this.#cache.close();
        rereads?.close();
        stopListening();
      },
      stats: () => this.#stats(log),
    };
  }

  async generate(context: EncryptionContext, aad: Uint8Array): Promise<WrappedKey> {
    const branchKeyId = await suppliedBranchKey(this.#options.branchKey, context);
    const lease = await this.#activeOrNew(branchKeyId, context);
    const key = randomKey(KEY_LENGTH);
    try {
      return { key, encryptedKey: { providerId: PROVIDER_ID, providerInfo: utf8(branchKeyId), ciphertext: wrapUnder(lease, key, aad) } };
    } catch (error) {
      zero(key);
      throw error;
    } finally {
      lease.end();
    }
  }

  async unwrap(encryptedKey: EncryptedDataKey, context: EncryptionContext, aad: Uint8Array): Promise<Uint8Array | undefined> {
    const { providerId, providerInfo, ciphertext } = encryptedKey;
    if (providerId !== PROVIDER_ID) return undefined;
    const branchKeyId = await suppliedBranchKey(this.#options.branchKey, context);
    if (!utf8(branchKeyId).equals(providerInfo)) throw notAuthentic('data-key');
    const recipient = { branchKeyId, version: versionIn(ciphertext) };
    const open = async (): Promise<Uint8Array> => {
      const lease = await this.#cache.version(branchKeyId, recipient.version);
      try {
        return unwrapUnder(lease, ciphertext, aad);
      } finally {
        lease.end();
      }
    };
    const { rereads } = this.#options;
    return rereads === undefined ? open() : rereads.through({ encryptedKey, context, aad, recipient }, open);
  }

  async #activeOrNew(branchKeyId: string, context: EncryptionContext): Promise<Lease> {
    const { provision } = this.#options;
    if (provision === undefined) return this.#cache.active(branchKeyId);
    try {
      return await this.#cache.activeOrNone(branchKeyId);
    } catch (error) {
      if (!isFieldsealError(error) || error.code !== 'KEY_NOT_FOUND') throw error;
      await this.#provisionOnce(branchKeyId, () => provision(branchKeyId, context));
      return this.#cache.activeOrNone(branchKeyId);
    }
  }

  /** Once for all who write for a new branch key at the same time. Another process may have been quicker. */
  async #provisionOnce(branchKeyId: string, provision: () => ReturnType<Provision>): Promise<void> {
    const known = this.#provisioning.get(branchKeyId);
    if (known !== undefined) return known;
    const work = this.#provision(branchKeyId, provision).finally(() => this.#provisioning.delete(branchKeyId));
    this.#provisioning.set(branchKeyId, work);
    return work;
  }

  async #provision(branchKeyId: string, provision: () => ReturnType<Provision>): Promise<void> {
    const { deadlineMs } = this.#options;
    const making = new Promise<BranchKeyVersionId | undefined>((resolve, reject) => {
      const what = `the key store, which was to make branch key ${quoted(branchKeyId)},`;
      const stop = afterDeadline(deadlineMs, () => reject(new NoAnswer(what, deadlineMs)));
      provision().then(resolve, reject).finally(stop);
    });
    const made = await making.catch((error: unknown) => {
      this.#cache.notMade();
      throw error;
    });
    this.#cache.activeChanged(branchKeyId);
    if (typeof made?.version !== 'string') return; // somebody else made it
    const { version } = made;
    publish('fieldseal:audit', () => ({
      action: 'key-provisioned',
      time: Date.now(),
      keyStore: this.store.logicalName,
      branchKeyId,
      version,
    }));
  }

  #stats(log: CacheLog): KeyringStats {
    const { ttlMs, staleOnOutageMs, rereads } = this.#options;
    return {
      branchKeys: {
        hits: log.count('hit'),
        misses: log.count('miss'),
        staleUses: log.count('stale'),
        absentHits: log.count('negative'),
        loads: log.count('load'),
        refreshes: log.count('refresh'),
        evictions: log.count('evict'),
        ...this.#cache.size,
      },
      rereads: rereads?.stats ?? NO_REREADS,
      longestUseAfterRevocationSeconds: (ttlMs + staleOnOutageMs) / 1000 + (rereads?.maxAgeSeconds ?? 0),
    };
  }
}

/** Follows what is done through the store, without keeping the cache alive: a store may live longer than its keyrings. */
function listenTo(store: BranchKeyStore, cache: BranchKeyCache, rereads: RereadCache | undefined): () => void {
  const [weakCache, weakRereads] = [new WeakRef(cache), rereads && new WeakRef(rereads)];
  const unsubscribe: unknown = subscribed(store, ({ change, branchKeyId }) => {
    const known = weakCache.deref();
    if (known === undefined) stop();
    else if (change === 'shredded') {
      known.purge(branchKeyId);
      weakRereads?.deref()?.purge(branchKeyId);
    } else known.activeChanged(branchKeyId);
  });
  const stop = (): void => {
    try {
      if (typeof unsubscribe === 'function') unsubscribe();
    } catch {
      // of a store of the caller's own: all keys are gone already
    }
  };
  return stop;
}

function subscribed(store: BranchKeyStore, listener: (change: BranchKeyChange) => void): unknown {
  try {
    return store.subscribe?.(listener);
  } catch (error) {
    throw new FieldsealError('CONFIG_INVALID', `key store ${quoted(store.logicalName)} threw when it was subscribed to`, { cause: error });
  }
}
