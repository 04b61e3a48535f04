import { quoted } from '../../bytes/quoted.ts';
import type { FieldsealError } from '../../errors.ts';
import { isFieldsealError } from '../../errors.ts';
import type { CacheLog } from '../cache/cache-log.ts';
import { type Clocks, momentOf } from '../cache/clocks.ts';
import { type Journey, NotAsked } from '../cache/flights.ts';
import { type AbsentKeys, TooManyUnknown } from './absent-keys.ts';
import { CachedBranchKey, freshnessAt, type Lease, type Lifetimes } from './cached-branch-key.ts';
import { giveBack } from './give-back.ts';
import type { Wanted } from './kept-keys.ts';
import type { BranchKeySource } from './source.ts';
import type { BranchKeyMaterial } from './store.ts';

/** What the fetches of one cache have in common. */
export interface Fetching extends Lifetimes {
  readonly source: BranchKeySource;
  readonly absent: AbsentKeys;
  readonly clocks: Clocks;
  readonly log: CacheLog;
  /** It is in the cache, expired or not: such a key is there, and read without limits. */
  readonly isKept: (wanted: Wanted) => boolean;
  readonly arrived: (key: CachedBranchKey, wanted: Wanted) => void;
  readonly failed: (wanted: Wanted, error: FieldsealError) => void;
}

/** One fetch from the key store: what is read, what is kept of it, and what a failure means. */
export function branchKeyJourney(wanted: Wanted, action: 'load' | 'refresh', fetching: Fetching): Journey<BranchKeyMaterial, Lease> {
  const { source, absent, clocks, log, isKept, arrived, failed } = fetching;
  const { branchKeyId, version } = wanted;
  const asked = momentOf(clocks);
  const began = performance.now();
  const told = (error?: FieldsealError): void =>
    log.tell(action, () => ({ ...about(wanted), durationMs: performance.now() - began, ...(error && { error: error.code }) }));
  return {
    what: `the key store or its KMS key, asked for branch key ${quoted(branchKeyId)},`,
    fetch(signal, begun) {
      const read = (): Promise<BranchKeyMaterial> => {
        begun();
        return version === undefined ? source.active(branchKeyId, signal) : source.version(branchKeyId, version, signal);
      };
      return isKept(wanted) ? read() : absent.read(wanted, signal, read);
    },
    arrive(material, { waiting, isSpoilt }) {
      // It was under way for longer than it may be used: this process was frozen, or the time to live is shorter than a fetch.
      if (['expired', 'over'].includes(freshnessAt(asked, clocks, fetching))) {
        giveBack(material);
        return undefined;
      }
      const key = new CachedBranchKey(material, asked);
      try {
        if (version === undefined) source.judge(material);
      } catch (error) {
        key.retire();
        throw error;
      }
      const leases = Array.from({ length: waiting }, () => key.lease());
      if (isSpoilt) key.retire();
      else arrived(key, wanted);
      told(); // last: a listener may purge or dispose
      return leases;
    },
    failed(error) {
      if (!isFieldsealError(error)) return;
      if (error instanceof TooManyUnknown || error instanceof NotAsked) {
        log.tell('limited', () => ({ ...about(wanted), error: error.code }));
        return;
      }
      failed(wanted, error);
      told(error);
    },
    discard: giveBack,
  };
}

/** What an event says of it. */
export function about({ branchKeyId, version }: Wanted): { readonly branchKeyId: string; readonly version?: string } {
  return { branchKeyId, ...(version !== undefined && { version }) };
}
