import { randomUUID } from 'node:crypto';
import { randomKey } from '../../bytes/secret.ts';
import { FieldsealError } from '../../errors.ts';
import { BranchKeyChanges, dryRunOf } from '../../keys/branch/changes.ts';
import type {
  BeaconKeyMaterial,
  BranchKeyChange,
  BranchKeyMaterial,
  BranchKeySummary,
  BranchKeyVersionId,
  ManagedBranchKeyStore,
  NewBranchKey,
  RemovedRecords,
} from '../../keys/branch/store.ts';
import { type FaultHandle, Faults } from '../faults.ts';
import { refuseProduction, type TestOnly } from '../refuse-production.ts';
import { type BranchKeyVersion, checkedVersion, handOut } from './key-version.ts';
import { MemoryKeys } from './memory-keys.ts';

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

/**
 * A branch key store whose keys are in memory, and the means to fill, count and break it. Changes are made before the promise of a call
 * settles, so a test need not wait for them; they are told on `fieldseal:audit` as those of other key stores are.
 */
export interface MemoryKeyStore extends ManagedBranchKeyStore {
  /** Makes a branch key with one random version. Unlike in other key stores, an id of your own needs no encryption context. */
  createKey(key?: string | NewBranchKey): Promise<BranchKeyVersionId>;
  /** Stores a version with known bytes and makes it the active one; also beside a tombstone, as a backup would. */
  put(version: BranchKeyVersion): void;
  /** Those of beacon keys are not counted. */
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
  'not-found': id => new FieldsealError('KEY_NOT_FOUND', `branch key ${id} does not exist: a fault of this test`),
  'access-denied': id => new FieldsealError('KEY_ACCESS_DENIED', `access to branch key ${id} is denied: a fault of this test`),
  unavailable: id => new FieldsealError('KEY_UNAVAILABLE', `branch key ${id} is out of reach: a fault of this test`, { retryable: true }),
};

class InMemory implements MemoryKeyStore {
  readonly logicalName: string;
  readonly #keys = new MemoryKeys();
  readonly #changes: BranchKeyChanges;
  readonly #faults = new Faults<KeyStoreFault>();
  #reads = { active: 0, version: 0 };
  #unreleased = 0;

  constructor(logicalName: string) {
    this.logicalName = logicalName;
    this.#changes = new BranchKeyChanges(logicalName);
  }

  get reads(): KeyStoreReads {
    return { ...this.#reads };
  }

  get unreleased(): number {
    return this.#unreleased;
  }

  async createKey(key: string | NewBranchKey = {}): Promise<BranchKeyVersionId> {
    const { branchKeyId = randomUUID(), encryptionContext = {} } = typeof key === 'string' ? { branchKeyId: key } : key;
    if (branchKeyId === '') throw new FieldsealError('CONFIG_INVALID', 'a branch key id is not empty');
    const first = newVersion(branchKeyId);
    this.#keys.create(first, randomKey(32), encryptionContext);
    this.#changes.tell('created', branchKeyId, first.version);
    return { branchKeyId, version: first.version };
  }

  async rotate(branchKeyId: string): Promise<BranchKeyVersionId> {
    this.#keys.active(branchKeyId);
    const next = newVersion(branchKeyId);
    this.#keys.put(next);
    this.#changes.tell('rotated', branchKeyId, next.version);
    return { branchKeyId, version: next.version };
  }

  put(version: BranchKeyVersion): void {
    this.#keys.put(checkedVersion({ createTime: new Date().toISOString(), ...version }));
  }

  async getActiveBranchKey(branchKeyId: string): Promise<BranchKeyMaterial> {
    this.#reads.active++;
    this.#meetFault(branchKeyId);
    return this.#handOut(this.#keys.active(branchKeyId));
  }

  async getBranchKeyVersion(branchKeyId: string, version: string): Promise<BranchKeyMaterial> {
    this.#reads.version++;
    this.#meetFault(branchKeyId);
    return this.#handOut(this.#keys.version(branchKeyId, version));
  }

  async getBeaconKey(branchKeyId: string): Promise<BeaconKeyMaterial> {
    this.#meetFault(branchKeyId);
    return this.#handOut(this.#keys.beaconKey(branchKeyId));
  }

  async *list(): AsyncIterable<BranchKeySummary> {
    yield* this.#keys.list();
  }

  async remove(branchKeyId: string, options: { readonly dryRun?: boolean } = {}): Promise<RemovedRecords> {
    const dryRun = dryRunOf(options);
    const removed = this.#keys.remove(branchKeyId, dryRun);
    if (!dryRun) this.#changes.tell('shredded', branchKeyId);
    return removed;
  }

  subscribe(listener: (change: BranchKeyChange) => void): () => void {
    return this.#changes.subscribe(listener);
  }

  fail(fault: KeyStoreFault): FaultHandle {
    if (!Object.hasOwn(FAULTS, fault.error)) throw new FieldsealError('CONFIG_INVALID', `a fault cannot be ${fault.error}`);
    return this.#faults.add(fault);
  }

  reset(): void {
    this.#faults.clear();
    this.#reads = { active: 0, version: 0 };
  }

  #handOut<K extends { readonly key: Uint8Array }>(material: K): K & { readonly release: () => void } {
    this.#unreleased++;
    return handOut(material, () => this.#unreleased--);
  }

  #meetFault(branchKeyId: string): void {
    const fault = this.#faults.meet(({ branchKeyId: only = branchKeyId }) => only === branchKeyId);
    if (fault !== undefined) throw FAULTS[fault.error](branchKeyId);
  }
}

function newVersion(branchKeyId: string): BranchKeyVersion {
  return { branchKeyId, version: randomUUID(), key: randomKey(32), createTime: new Date().toISOString() };
}
