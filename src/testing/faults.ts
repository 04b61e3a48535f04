import { FieldsealError } from '../errors.ts';

/** A fault that was put in place. */
export interface FaultHandle extends Disposable {
  /** How many calls it has met. */
  readonly hits: number;
  /** Ends it. Does nothing when it is over already. */
  remove(): void;
}

/** The faults in force. One call meets one fault: the oldest that matches it. */
export class Faults<F extends { readonly times?: number }> {
  readonly #entries = new Set<{ readonly fault: F; hits: number }>();

  /** Throws CONFIG_INVALID unless `times` is a positive integer or absent (until it is removed). */
  add(fault: F): FaultHandle {
    const { times } = fault;
    if (times !== undefined && !(Number.isSafeInteger(times) && times > 0)) {
      throw new FieldsealError('CONFIG_INVALID', 'a fault happens a positive whole number of times; leave `times` out for a lasting one');
    }
    const entry = { fault, hits: 0 };
    this.#entries.add(entry);
    const remove = (): void => void this.#entries.delete(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  /** The fault this call meets, which counts as met. */
  meet(matches: (fault: F) => boolean): F | undefined {
    for (const entry of this.#entries) {
      if (!matches(entry.fault)) continue;
      entry.hits++;
      if (entry.hits === entry.fault.times) this.#entries.delete(entry);
      return entry.fault;
    }
    return undefined;
  }

  clear(): void {
    this.#entries.clear();
  }
}
