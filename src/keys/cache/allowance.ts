import { type Clocks, elapsedSince, type Moment, momentOf } from './clocks.ts';

/** How much may be asked for in vain. */
export interface AllowanceLimits {
  /** Questions in vain before the next ones are refused. */
  readonly burst: number;
  /** How many of them are forgiven each second. */
  readonly perSecond: number;
  /** Questions on their way at a time: these cannot be refused any more. One more for each that was answered, until one is in vain. */
  readonly atATime: number;
}

/** How a question ends. */
export interface Asking {
  /** Whoever asked waits no longer: its turn is over. */
  readonly signal: AbortSignal;
  readonly wasInVain: (error: unknown) => boolean;
  /** What is thrown in place of a question that is not asked. */
  readonly refused: () => Error;
}

const MOST_AT_A_TIME = 250;

/** Limits questions of which too many were in vain: at most `burst + atATime` at once, and `perSecond` from then on. */
export class Allowance {
  readonly #limits: AllowanceLimits;
  readonly #clocks: Clocks;
  readonly #waiting = new Set<() => void>();
  #places: number;
  #taken = 0;
  #inVain = 0;
  #at: Moment;

  constructor(limits: AllowanceLimits, clocks: Clocks) {
    this.#limits = limits;
    this.#clocks = clocks;
    this.#places = limits.atATime;
    this.#at = momentOf(clocks);
  }

  /** Asks when it is its turn. */
  async ask<T>(question: () => Promise<T>, { signal, wasInVain, refused }: Asking): Promise<T> {
    const leave = await this.#turn(signal);
    try {
      if (this.#isUsedUp()) throw refused();
      const answer = await question();
      this.#places = Math.max(this.#places, Math.min(this.#places + 1, MOST_AT_A_TIME));
      return answer;
    } catch (error) {
      if (!signal.aborted && wasInVain(error)) this.charge();
      throw error;
    } finally {
      leave();
    }
  }

  /** A question was in vain. The debt is never more than the burst: it is forgiven in a known time. */
  charge(): void {
    this.#inVain = Math.min(this.#inVain + 1, this.#limits.burst);
    this.#places = this.#limits.atATime;
  }

  #isUsedUp(): boolean {
    const forgiven = (elapsedSince(this.#at, this.#clocks) / 1000) * this.#limits.perSecond;
    this.#at = momentOf(this.#clocks);
    this.#inVain = Math.max(0, this.#inVain - forgiven);
    return this.#inVain > this.#limits.burst - 1;
  }

  /** Gives what ends the turn. It ends by itself when the signal comes, whether or not there is an answer. */
  async #turn(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#taken < this.#places) this.#taken++;
    else await this.#wait(signal);
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      this.#taken--;
      for (const takePlace of this.#waiting) {
        if (this.#taken >= this.#places) break;
        takePlace();
      }
    };
    signal.addEventListener('abort', leave, { once: true });
    return leave;
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const takePlace = (): void => {
        this.#waiting.delete(takePlace);
        signal.removeEventListener('abort', giveUp);
        this.#taken++;
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(takePlace);
        reject(signal.reason);
      };
      this.#waiting.add(takePlace);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
