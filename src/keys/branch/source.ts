import { LRUCache } from 'lru-cache';
import { publish } from '../../diagnostics/publish.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import { keyFailure, meaningOf } from '../failures.ts';
import type { BranchKeyMaterial, BranchKeyStore } from './store.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

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
 * Reads a key store and looks at its answers: whatever a store of the caller's own throws or answers has a coded outcome, and an active version
 * that is older than one seen before is refused with KEY_ROLLED_BACK.
 */
export class BranchKeySource {
  readonly #store: BranchKeyStore;
  readonly #histories: LRUCache<string, History>;

  constructor(store: BranchKeyStore, mostHistories: number) {
    this.#store = store;
    this.#histories = new LRUCache({ max: mostHistories });
  }

  async active(branchKeyId: string): Promise<BranchKeyMaterial> {
    const material = await this.#read(branchKeyId, () => this.#store.getActiveBranchKey(branchKeyId));
    this.#refuseOlder(material);
    return material;
  }

  async version(branchKeyId: string, version: string): Promise<BranchKeyMaterial> {
    const material = await this.#read(branchKeyId, () => this.#store.getBranchKeyVersion(branchKeyId, version));
    if (material.version === version) return material;
    material.release?.();
    throw wrongRecord(branchKeyId);
  }

  async #read(branchKeyId: string, read: () => Promise<BranchKeyMaterial>): Promise<BranchKeyMaterial> {
    let material: BranchKeyMaterial | undefined;
    try {
      material = await read();
    } catch (error) {
      if (isFieldsealError(error)) throw error;
      throw keyFailure(meaningOf(error) ?? 'KEY_UNAVAILABLE', `key store "${this.#store.logicalName}"`, error);
    }
    if (typeof material?.branchKeyId !== 'string' || typeof material.version !== 'string' || !(material.key instanceof Uint8Array))
      throw new FieldsealError('KEY_INVALID', `the key store gave no key, id and version for branch key "${branchKeyId}"`);
    try {
      if (material.branchKeyId !== branchKeyId) throw wrongRecord(branchKeyId);
      if (!UUID.test(material.version))
        throw new FieldsealError('MALFORMED', `the version of branch key "${branchKeyId}" is not a lower-case UUID`);
      return material;
    } catch (error) {
      material.release?.();
      throw error;
    }
  }

  #refuseOlder(material: BranchKeyMaterial): void {
    const { branchKeyId, version } = material;
    const createTime = timeOf(material.createTime);
    const seen = this.#histories.get(branchKeyId);
    if (seen !== undefined && (seen.replaced.includes(version) || isOlder(createTime, seen.createTime))) {
      material.release?.();
      publish('fieldseal:audit', () => ({
        action: 'rollback-refused',
        time: Date.now(),
        keyStore: this.#store.logicalName,
        branchKeyId,
        version,
      }));
      throw new FieldsealError(
        'KEY_ROLLED_BACK',
        `the active version of branch key "${branchKeyId}" is older than one that this process has seen: find out who put the key store back`,
      );
    }
    const replaced = seen === undefined || seen.version === version ? (seen?.replaced ?? []) : [...seen.replaced, seen.version];
    this.#histories.set(branchKeyId, { version, createTime: createTime ?? seen?.createTime, replaced: replaced.slice(-MOST_REPLACED) });
  }
}

function isOlder(createTime: number | undefined, seen: number | undefined): boolean {
  return createTime !== undefined && seen !== undefined && createTime < seen - CLOCK_SKEW_MS;
}

/** AWS's libraries write different forms of ISO 8601, one with a colon before the fraction: the digits are what they share. */
function timeOf(createTime: string | undefined): number | undefined {
  const [, date, hours, minutes, seconds, fraction = '0'] =
    /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:[.:](\d{1,9}))?Z$/.exec(createTime ?? '') ?? [];
  const time = Date.parse(`${date}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return Number.isNaN(time) ? undefined : time;
}

function wrongRecord(branchKeyId: string): FieldsealError {
  return new FieldsealError('MALFORMED', `the key store answered for another branch key or version than "${branchKeyId}"`);
}
