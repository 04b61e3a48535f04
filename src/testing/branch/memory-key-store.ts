import { randomUUID } from 'node:crypto';
import { randomKey } from '../../bytes/secret.ts';
import { FieldsealError } from '../../errors.ts';
import type { BranchKeyMaterial, BranchKeyStore } from '../../keys/branch/store.ts';
import { type FaultHandle, Faults } from '../faults.ts';
import { refuseProduction, type TestOnly } from '../refuse-production.ts';
import { type BranchKeyVersion, checkedVersion, handOut } from './key-version.ts';

export interface MemoryKeyStoreOptions extends TestOnly {
  /** `memory-key-store` when left out. */
  readonly logicalName?: string;
}

/** What can go wrong on request. */
export type KeyStoreFaultKind = 'not-found' | 'access-denied' | 'unavailable';

/** Which reads fail, and how. */
export interface KeyStoreFault {
  readonly error: KeyStoreFaultKind;
  /** Left out: every branch key. */
  readonly branchKeyId?: string;
  /** How many reads fail. Left out: until the handle is removed. */
  readonly times?: number;
}

/** How often the store was read, failed reads included. */
export interface KeyStoreReads {
  readonly active: number;
  readonly version: number;
}

/** A branch key store whose keys are in memory, and the means to fill, count and break it. */
export interface MemoryKeyStore extends BranchKeyStore {
  /** Makes a branch key with one random version. Throws CONFIG_INVALID for an id that exists. */
  createKey(branchKeyId?: string): { readonly branchKeyId: string; readonly version: string };
  /** Makes a new random version the active one; old versions stay readable. Throws CONFIG_INVALID for an unknown id. */
  rotate(branchKeyId: string): { readonly branchKeyId: string; readonly version: string };
  /** Stores a version with known bytes and makes it the active one. */
  put(version: BranchKeyVersion): void;
  readonly reads: KeyStoreReads;
  /** How many keys were handed out and not released yet. */
  readonly unreleased: number;
  /** Makes reads fail with KEY_NOT_FOUND, KEY_ACCESS_DENIED or a retryable KEY_UNAVAILABLE. */
  fail(fault: KeyStoreFault): FaultHandle;
  /** Forgets reads and faults; keys stay. */
  reset(): void;
}

/** An in-memory branch key store for tests. Throws CONFIG_INVALID where `NODE_ENV` is `production`. */
export function memoryKeyStore(options: MemoryKeyStoreOptions = {}): MemoryKeyStore {
  refuseProduction('memoryKeyStore', options);
  return new InMemory(options.logicalName ?? 'memory-key-store');
}

const FAULTS: Readonly<Record<KeyStoreFaultKind, (branchKeyId: string) => FieldsealError>> = {
  'not-found': unknownKey,
  'access-denied': id => new FieldsealError('KEY_ACCESS_DENIED', `access to branch key ${id} is denied: a fault of this test`),
  unavailable: id => new FieldsealError('KEY_UNAVAILABLE', `branch key ${id} is out of reach: a fault of this test`, { retryable: true }),
};

class InMemory implements MemoryKeyStore {
  readonly logicalName: string;
  /** Versions in the order of creation: the last one is active. */
  readonly #keys = new Map<string, Map<string, BranchKeyVersion>>();
  readonly #faults = new Faults<KeyStoreFault>();
  #reads = { active: 0, version: 0 };
  #unreleased = 0;

  constructor(logicalName: string) {
    this.logicalName = logicalName;
  }

  get reads(): KeyStoreReads {
    return { ...this.#reads };
  }

  get unreleased(): number {
    return this.#unreleased;
  }

  createKey(branchKeyId: string = randomUUID()): { branchKeyId: string; version: string } {
    if (this.#keys.has(branchKeyId))
      throw new FieldsealError('CONFIG_INVALID', `branch key ${branchKeyId} exists; rotate it for a new version`);
    return this.#addRandom(branchKeyId);
  }

  rotate(branchKeyId: string): { branchKeyId: string; version: string } {
    if (!this.#keys.has(branchKeyId))
      throw new FieldsealError('CONFIG_INVALID', `branch key ${branchKeyId} does not exist; create it first`);
    return this.#addRandom(branchKeyId);
  }

  put(version: BranchKeyVersion): void {
    const checked = checkedVersion(version);
    const versions = this.#keys.get(checked.branchKeyId) ?? new Map<string, BranchKeyVersion>();
    versions.delete(checked.version);
    versions.set(checked.version, checked);
    this.#keys.set(checked.branchKeyId, versions);
  }

  async getActiveBranchKey(branchKeyId: string): Promise<BranchKeyMaterial> {
    this.#reads.active++;
    this.#meetFault(branchKeyId);
    const active = [...(this.#keys.get(branchKeyId)?.values() ?? [])].at(-1);
    if (active === undefined) throw unknownKey(branchKeyId);
    return this.#handOut(active);
  }

  async getBranchKeyVersion(branchKeyId: string, version: string): Promise<BranchKeyMaterial> {
    this.#reads.version++;
    this.#meetFault(branchKeyId);
    const found = this.#keys.get(branchKeyId)?.get(version);
    if (found === undefined) throw new FieldsealError('KEY_NOT_FOUND', `branch key ${branchKeyId} has no version ${version}`);
    return this.#handOut(found);
  }

  fail(fault: KeyStoreFault): FaultHandle {
    if (!Object.hasOwn(FAULTS, fault.error)) throw new FieldsealError('CONFIG_INVALID', `a fault cannot be ${fault.error}`);
    return this.#faults.add(fault);
  }

  reset(): void {
    this.#faults.clear();
    this.#reads = { active: 0, version: 0 };
  }

  #addRandom(branchKeyId: string): { branchKeyId: string; version: string } {
    const version = randomUUID();
    this.put({ branchKeyId, version, key: randomKey(32) });
    return { branchKeyId, version };
  }

  #handOut(version: BranchKeyVersion): BranchKeyMaterial {
    this.#unreleased++;
    return handOut(version, () => this.#unreleased--);
  }

  #meetFault(branchKeyId: string): void {
    const fault = this.#faults.meet(({ branchKeyId: only = branchKeyId }) => only === branchKeyId);
    if (fault !== undefined) throw FAULTS[fault.error](branchKeyId);
  }
}

function unknownKey(branchKeyId: string): FieldsealError {
  return new FieldsealError('KEY_NOT_FOUND', `branch key ${branchKeyId} does not exist`);
}
