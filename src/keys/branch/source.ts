import { LRUCache } from 'lru-cache';
import { quoted } from '../../bytes/quoted.ts';
import { isUuid } from '../../bytes/uuid.ts';
import { publish } from '../../diagnostics/publish.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import { foreignFailure } from '../failures.ts';
import { giveBack } from './give-back.ts';
import type { BranchKeyMaterial, BranchKeyStore } from './store.ts';

/** Clocks of machines differ: what looks older by less may be a rotation that another machine made. */
const CLOCK_SKEW_MS = 300_000;
/** Versions that were seen to be replaced, of each branch key. */
const MOST_REPLACED = 100;

/** What was seen of a branch key's active versions. */
interface History {
  readonly version: string;
  readonly createTime: number | undefined;
  readonly replaced: readonly string[];
}

/**
 * Reads a key store and looks at its answers: whatever a store of the caller's own throws or answers has a coded outcome. Remembers which active
 * versions were used, so that none is used again that was replaced.
 */
export class BranchKeySource {
  readonly #store: BranchKeyStore;
  readonly #histories: LRUCache<string, History>;

  constructor(store: BranchKeyStore, mostHistories: number) {
    this.#store = store;
    this.#histories = new LRUCache({ max: mostHistories });
  }

  async active(branchKeyId: string, abortSignal: AbortSignal): Promise<BranchKeyMaterial> {
    return this.#read(branchKeyId, undefined, () => this.#store.getActiveBranchKey(branchKeyId, { abortSignal }));
  }

  async version(branchKeyId: string, version: string, abortSignal: AbortSignal): Promise<BranchKeyMaterial> {
    return this.#read(branchKeyId, version, () => this.#store.getBranchKeyVersion(branchKeyId, version, { abortSignal }));
  }

  /** Takes note of an active version that is going to be used. Throws KEY_ROLLED_BACK. */
  judge({ branchKeyId, version, createTime: recorded }: BranchKeyMaterial): void {
    const createTime = timeOf(recorded);
    const seen = this.#histories.get(branchKeyId);
    if (seen !== undefined && (seen.replaced.includes(version) || isOlder(createTime, seen.createTime))) {
      throw this.#rolledBack(branchKeyId, version);
    }
    const replaced = seen === undefined || seen.version === version ? (seen?.replaced ?? []) : [...seen.replaced, seen.version];
    this.#histories.set(branchKeyId, { version, createTime: createTime ?? seen?.createTime, replaced: replaced.slice(-MOST_REPLACED) });
  }

  async #read(branchKeyId: string, version: string | undefined, read: () => Promise<BranchKeyMaterial>): Promise<BranchKeyMaterial> {
    let material: BranchKeyMaterial | undefined;
    try {
      material = await read();
    } catch (error) {
      if (isFieldsealError(error)) throw error;
      throw foreignFailure(`key store ${quoted(this.#store.logicalName)}`, error);
    }
    const problem = problemOf(material, branchKeyId, version);
    if (problem === undefined) return material;
    giveBack(material ?? {});
    throw problem;
  }

  #rolledBack(branchKeyId: string, version: string): FieldsealError {
    const keyStore = this.#store.logicalName;
    publish('fieldseal:audit', () => ({ action: 'rollback-refused', time: Date.now(), keyStore, branchKeyId, version }));
    return new FieldsealError(
      'KEY_ROLLED_BACK',
      `the active version of branch key ${quoted(branchKeyId)} is older than one that this process has seen: find out who put the key store back`,
    );
  }
}

/** What is wrong with an answer; `version` is the one that was asked for, if one was. */
function problemOf(material: BranchKeyMaterial | undefined, branchKeyId: string, version: string | undefined): FieldsealError | undefined {
  const id = quoted(branchKeyId);
  if (typeof material?.branchKeyId !== 'string' || typeof material.version !== 'string' || material.key === undefined)
    return new FieldsealError('KEY_INVALID', `the key store gave no key, id and version for branch key ${id}`);
  if (!(material.key instanceof Uint8Array))
    return new FieldsealError('KEY_INVALID', `what the key store gave as branch key ${id} must be bytes (Uint8Array or Buffer)`);
  if (material.branchKeyId !== branchKeyId || (version !== undefined && material.version !== version))
    return new FieldsealError('MALFORMED', `the key store answered for another branch key or version than ${id}`);
  return isUuid(material.version) ? undefined : new FieldsealError('MALFORMED', `the version of branch key ${id} is not a lower-case UUID`);
}

function isOlder(createTime: number | undefined, seen: number | undefined): boolean {
  return createTime !== undefined && seen !== undefined && createTime < seen - CLOCK_SKEW_MS;
}

/** AWS's libraries write different forms of ISO 8601, one with a colon before the fraction: the digits are what they share. */
function timeOf(createTime: string | undefined): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:[.:](\d{1,9}))?Z$/.exec(createTime ?? '');
  if (parts === null) return undefined;
  const [, date, hours, minutes, seconds, fraction = '0'] = parts;
  const time = Date.parse(`${date}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return Number.isNaN(time) ? undefined : time;
}
