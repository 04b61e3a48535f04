import { publish } from '../../diagnostics/publish.ts';
import type { BranchKeyChange } from './store.ts';

const ACTIONS = { created: 'key-created', rotated: 'key-rotated', shredded: 'key-shredded' } as const;

/** Tells auditors and subscribers of a key store what was done through it. */
export class BranchKeyChanges {
  readonly #logicalName: string;
  readonly #listeners = new Set<(change: BranchKeyChange) => void>();

  constructor(logicalName: string) {
    this.#logicalName = logicalName;
  }

  /** Until the function it returns is called. */
  subscribe(listener: (change: BranchKeyChange) => void): () => void {
    const own = (change: BranchKeyChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Publishes on `fieldseal:audit`, then calls every subscriber. */
  tell(change: BranchKeyChange['change'], branchKeyId: string, version?: string): void {
    publish('fieldseal:audit', () => ({
      action: ACTIONS[change],
      time: Date.now(),
      keyStore: this.#logicalName,
      branchKeyId,
      ...(version !== undefined && { version }),
    }));
    for (const listener of [...this.#listeners]) call(listener, Object.freeze({ change, branchKeyId }));
  }
}

/** The change has taken place: a listener that throws must not make it look failed. Its error is uncaught, as those of channels are. */
function call(listener: (change: BranchKeyChange) => void, change: BranchKeyChange): void {
  try {
    listener(change);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
