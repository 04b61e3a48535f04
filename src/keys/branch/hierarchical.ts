import { isRecord } from '../../bytes/objects.ts';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import type { EncryptionContext } from '../../format/context.ts';
import { type Clocks, SYSTEM_CLOCKS } from '../cache/clocks.ts';
import { foreignFailure } from '../failures.ts';
import { Keyring } from '../leaf.ts';
import { isText, kindOf, MOST_ENTRIES, type OptionNames, refusal, requireCount, requireOptions, requireSeconds } from '../options.ts';
import { RereadCache, type RereadCacheOptions } from '../reread-cache.ts';
import { HierarchicalLeaf, type Provision } from './hierarchical-leaf.ts';
import { type BranchKeyStore, isManaged } from './store.ts';
import { type BranchKeySupplier, type BranchKeySupplierInput, supplierInput } from './supplier.ts';

/** The encryption context of a branch key that is made when it is first needed: fixed, or made of what the supplier sees. */
export type ProvisionedContext =
  | Readonly<Record<string, string>>
  | ((input: BranchKeySupplierInput & { readonly branchKeyId: string }) => Readonly<Record<string, string>>);

/** Options of {@link hierarchical}. */
export interface HierarchicalOptions {
  readonly keyStore: BranchKeyStore;
  /** The branch key of all items, or a function that names the one of an item. */
  readonly branchKey: string | BranchKeySupplier;
  /** Seconds after which a branch key must not be used without asking the key store again: the longest use after a revocation. At most 30 days. */
  readonly ttlSeconds: number;
  /**
   * The last seconds of the time to live in which a use fetches the key anew in the background, so that nobody waits. Less than the time to live.
   * Default: a tenth of it, at most 60. 0 switches it off.
   */
  readonly refreshAheadSeconds?: number;
  /**
   * Seconds for which a key may be used after its time to live while the key store or KMS is out: timeouts, throttling, 5xx, broken connections. It
   * ends with the first denial. Default 0, at most 3,600. It adds to the longest use after a revocation.
   */
  readonly staleOnOutageSeconds?: number;
  /** Branch key versions kept at most. Default 1,000, at most 100,000. */
  readonly maxEntries?: number;
  /** A fetch that takes longer fails as KEY_UNAVAILABLE. Default 10. */
  readonly fetchTimeoutSeconds?: number;
  /** Seconds for which it is remembered that a branch key or version is not there. Default 10, at most the time to live. */
  readonly rememberAbsentSeconds?: number;
  /**
   * Makes a branch key that is not there when an item is encrypted under it, never on a read, with this encryption context. The key store must be
   * able to. Default: such an item fails with KEY_NOT_FOUND. AWS advises to make keys in administration instead; whoever can name branch keys can
   * then make them, and each costs KMS calls.
   */
  readonly provision?: ProvisionedContext;
  /** Keeps unwrapped keys of items that were read, so that reading them again needs nobody. Default: off. */
  readonly rereadCache?: RereadCacheOptions;
  /** For tests of expiry. */
  readonly clocks?: Clocks;
}

const OPTIONS: OptionNames<HierarchicalOptions> = {
  keyStore: true,
  branchKey: true,
  ttlSeconds: true,
  refreshAheadSeconds: true,
  staleOnOutageSeconds: true,
  maxEntries: true,
  fetchTimeoutSeconds: true,
  rememberAbsentSeconds: true,
  provision: true,
  rereadCache: true,
  clocks: true,
};

const LONGEST_TTL_SECONDS = 2_592_000;
const LONGEST_STALE_SECONDS = 3600;
const LONGEST_REFRESH_AHEAD_SECONDS = 60;

/**
 * AWS's hierarchical keyring (aws-kms-hierarchical-keyring.md), byte-compatible: one key store read and one KMS call for each branch key
 * version and time to live. Throws CONFIG_INVALID for unusable options; in use also MISSING_CONTEXT, KEY_NOT_FOUND, KEY_SHREDDED,
 * KEY_ROLLED_BACK, KEY_UNAVAILABLE, KEY_ACCESS_DENIED and KEY_INVALID, and KEYRING_REFUSED once it is disposed.
 */
export function hierarchical(options: HierarchicalOptions): Keyring {
  requireOptions('hierarchical', options, OPTIONS);
  const { keyStore, branchKey, ttlSeconds, maxEntries = 1000, provision, rereadCache, clocks = SYSTEM_CLOCKS } = options;
  if (typeof keyStore?.getActiveBranchKey !== 'function' || typeof keyStore.getBranchKeyVersion !== 'function') {
    throw refusal(`hierarchical: keyStore must be a key store, such as dynamoDbKeyStore(); got ${kindOf(keyStore)}`);
  }
  if (!isText(keyStore.logicalName))
    throw refusal(`hierarchical: logicalName of keyStore must be a text; got ${kindOf(keyStore.logicalName)}`);
  if (typeof branchKey !== 'function' && !isText(branchKey)) {
    throw refusal(`hierarchical: branchKey must be a branch key id or a function that returns one; got ${kindOf(branchKey)}`);
  }
  requireCount('hierarchical: maxEntries', maxEntries, MOST_ENTRIES);
  if (typeof clocks?.wall !== 'function' || typeof clocks.monotonic !== 'function') {
    throw refusal(`hierarchical: clocks must be { wall, monotonic }, two functions; got ${kindOf(clocks)}`);
  }
  const name = `hierarchical keyring over key store ${quoted(keyStore.logicalName)}`;
  const leaf = new HierarchicalLeaf({
    name,
    store: keyStore,
    branchKey,
    maxEntries,
    clocks,
    ...lifetimesOf(options, ttlSeconds),
    provision: provision === undefined ? undefined : provisionIn(keyStore, provision),
    rereads: rereadCache === undefined ? undefined : new RereadCache('hierarchical', rereadCache, name, clocks),
  });
  return new Keyring([leaf], true);
}

type Milliseconds = Record<'ttlMs' | 'refreshAheadMs' | 'staleOnOutageMs' | 'deadlineMs' | 'absentMs', number>;

function lifetimesOf(options: HierarchicalOptions, ttlSeconds: number): Milliseconds {
  requireSeconds('hierarchical: ttlSeconds', ttlSeconds, { above: 0, most: LONGEST_TTL_SECONDS });
  const { refreshAheadSeconds = Math.min(ttlSeconds / 10, LONGEST_REFRESH_AHEAD_SECONDS), staleOnOutageSeconds = 0 } = options;
  const { fetchTimeoutSeconds = 10, rememberAbsentSeconds = Math.min(10, ttlSeconds) } = options;
  requireSeconds('hierarchical: refreshAheadSeconds', refreshAheadSeconds, { below: ttlSeconds });
  requireSeconds('hierarchical: staleOnOutageSeconds', staleOnOutageSeconds, { most: LONGEST_STALE_SECONDS });
  requireSeconds('hierarchical: fetchTimeoutSeconds', fetchTimeoutSeconds, { above: 0, most: 600 });
  requireSeconds('hierarchical: rememberAbsentSeconds', rememberAbsentSeconds, { most: ttlSeconds });
  return {
    ttlMs: ttlSeconds * 1000,
    refreshAheadMs: refreshAheadSeconds * 1000,
    staleOnOutageMs: staleOnOutageSeconds * 1000,
    deadlineMs: fetchTimeoutSeconds * 1000,
    absentMs: rememberAbsentSeconds * 1000,
  };
}

function provisionIn(keyStore: BranchKeyStore, provision: ProvisionedContext): Provision {
  if (!isManaged(keyStore)) throw refusal('hierarchical: provision needs a key store that makes keys, such as dynamoDbKeyStore()');
  if (typeof provision !== 'function' && (!isRecord(provision) || Object.keys(provision).length === 0)) {
    throw refusal(`hierarchical: provision must be an encryption context with at least one entry, or a function; got ${kindOf(provision)}`);
  }
  return async (branchKeyId, context) => {
    const encryptionContext = typeof provision === 'function' ? contextFrom(provision, branchKeyId, context) : provision;
    try {
      return await keyStore.createKey({ branchKeyId, encryptionContext });
    } catch (error) {
      if (!isFieldsealError(error)) throw foreignFailure(`key store ${quoted(keyStore.logicalName)}`, error);
      if (error.code === 'KEY_EXISTS') return undefined; // somebody else was quicker
      throw error;
    }
  };
}

function contextFrom(
  provision: Exclude<ProvisionedContext, Readonly<Record<string, string>>>,
  branchKeyId: string,
  context: EncryptionContext,
): Readonly<Record<string, string>> {
  try {
    return provision({ ...supplierInput(context), branchKeyId });
  } catch (error) {
    if (isFieldsealError(error)) throw error;
    throw new FieldsealError('CONFIG_INVALID', 'the function given as provision threw; it must return an encryption context', {
      cause: error,
    });
  }
}
