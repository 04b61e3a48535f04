import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Table } from 'fieldseal';
import type { AttributeMap, ItemEncryptor } from 'fieldseal/dynamodb';
import { itemEncryptor } from 'fieldseal/dynamodb';
import {
  type BranchKeyMaterial,
  type BranchKeyStore,
  type BranchKeySupplier,
  type Clocks,
  type HierarchicalOptions,
  hierarchical,
} from 'fieldseal/kms';
import { S, SYMMETRIC, tenantUsers } from '../security/support.ts';

/** One branch key for each tenant. */
export const byTenant: BranchKeySupplier = ({ attribute }) => `branch-${attribute('tenantId')}`;

export function itemOf(tenant: string, id = '1'): AttributeMap {
  return { id: S(id), tenantId: S(tenant), ssn: S(`secret of ${tenant} ${id}`) };
}

/** A keyring by tenant, and an encryptor over it, as one process has them. */
export function tenantProcess(keyStore: BranchKeyStore, options: Partial<HierarchicalOptions> = {}): TenantProcess {
  const keyring = hierarchical({ keyStore, branchKey: byTenant, ttlSeconds: 60, ...options });
  return { keyring, ...itemEncryptor({ table: tenantUsers, keyring, algorithmSuiteId: SYMMETRIC }) };
}

export interface TenantProcess extends ItemEncryptor<Table> {
  readonly keyring: ReturnType<typeof hierarchical>;
}

/** Clocks that a test moves, in milliseconds. */
export function movableClocks(): Clocks & { readonly at: { wall: number; monotonic: number }; pass(ms: number): void } {
  const at = { wall: 1_000_000, monotonic: 0 };
  return {
    at,
    wall: () => at.wall,
    monotonic: () => at.monotonic,
    pass: ms => {
      at.wall += ms;
      at.monotonic += ms;
    },
  };
}

/** What is published on a channel while `work` runs. */
export async function eventsOf<T>(channel: string, work: () => Promise<unknown>): Promise<T[]> {
  const events: T[] = [];
  const listener = (event: unknown): void => void events.push(event as T); // the channel's own events
  subscribe(channel, listener);
  try {
    await work();
  } finally {
    unsubscribe(channel, listener);
  }
  return events;
}

/** Lets everything that waits for nothing run: background work that a call began. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
}

export async function collected<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** A key store whose answers a test holds back. */
export function gated(store: BranchKeyStore): {
  readonly store: BranchKeyStore;
  readonly waiting: number;
  close(): void;
  reopen(): void;
  open(): void;
} {
  let closed = false;
  const held: (() => void)[] = [];
  const pass = async (read: () => Promise<BranchKeyMaterial>): Promise<BranchKeyMaterial> => {
    const isHeld = closed;
    const answer = read(); // what was true when it was asked
    answer.catch(() => undefined); // thrown below
    if (isHeld) await new Promise<void>(resolve => held.push(resolve));
    return answer;
  };
  return {
    store: {
      logicalName: 'gated',
      getActiveBranchKey: id => pass(() => store.getActiveBranchKey(id)),
      getBranchKeyVersion: (id, version) => pass(() => store.getBranchKeyVersion(id, version)),
    },
    get waiting() {
      return held.length;
    },
    close: () => {
      closed = true;
    },
    /** For what is asked from now on; what is held back stays so. */
    reopen: () => {
      closed = false;
    },
    open: () => {
      closed = false;
      for (const go of held.splice(0)) go();
    },
  };
}
