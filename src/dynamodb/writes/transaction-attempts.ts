import type { Shape } from '../commands/command.ts';
import type { TransactedUpdate } from '../rewriting/transacted.ts';
import type { Verdict } from '../rewriting/verdict.ts';

/** An action of a transaction as it is sent. */
export interface FinishedAction {
  /** The member that the SDK serialises: of `Put: { … }`, what is inside. */
  readonly action: Shape;
  /** What is kept of an `Update` from attempt to attempt. */
  readonly update?: TransactedUpdate | undefined;
  /** Told why this action cancelled the transaction, its item as it is stored. Without it, a cancellation is the caller's to know. */
  readonly verdict?: ((reason: Shape) => Promise<Verdict | undefined>) | undefined;
}

/** A finished transaction. */
export interface Finished {
  /** What is sent, whole. */
  readonly TransactItems: readonly unknown[];
  /** Of each of its elements, the actions that were finished. */
  readonly actions: readonly (readonly FinishedAction[])[];
}

/** One of several transactions that are sent for one of the caller's. */
export interface Attempt extends Finished {
  /** From 1. */
  readonly number: number;
}

/** Finishes a transaction anew; `previous` is the attempt that is outdated. */
export type Build = (previous: Attempt | undefined) => Promise<Finished>;

/** The attempts at one transaction. Each is built once, however many calls want it: what is sent under a token must not change. */
export class TransactionAttempts {
  #waiting = 0;
  #last: { readonly number: number; readonly built: Promise<Attempt> } | undefined;

  /** The last attempt; the first one is built if there is none. What another call could not build, for it was ended, is built here. */
  async last(build: Build): Promise<Attempt> {
    const others = this.#last?.built;
    this.#waiting++;
    try {
      return await (others === undefined ? this.#build(undefined, build) : others.catch(() => this.last(build)));
    } finally {
      this.#waiting--;
    }
  }

  /** True when nothing was built, and nobody is about to. */
  get isUnused(): boolean {
    return this.#waiting === 0 && this.#last === undefined;
  }

  /** The attempt that follows an outdated one. */
  after(outdated: Attempt, build: Build): Promise<Attempt> {
    const last = this.#last;
    if (last === undefined || last.number <= outdated.number) return this.#build(outdated, build);
    return last.built.catch(() => this.after(outdated, build));
  }

  /** A failure to build is not remembered. */
  #build(previous: Attempt | undefined, build: Build): Promise<Attempt> {
    const before = this.#last;
    const number = (previous?.number ?? 0) + 1;
    const built = build(previous).then(finished => ({ ...finished, number }));
    this.#last = { number, built };
    built.catch(() => {
      if (this.#last?.built === built) this.#last = before;
    });
    return built;
  }
}
