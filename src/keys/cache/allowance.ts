import { type Clocks, elapsedSince, type Moment, momentOf } from './clocks.ts';

/** How much may be asked for in vain. */
export interface AllowanceLimits {
  /** Questions in vain before the next ones are refused. */
  readonly burst: number;
  /** How many of them are forgiven each second. */
  readonly perSecond: number;
  /** Questions on their way at a time: these cannot be refused any more. */
  readonly atATime: number;
}

/** Limits questions of which too many were in vain: at most `burst + atATime`, and `perSecond` from then on. */
export class Allowance {
  readonly #limits: AllowanceLimits;
  readonly #clocks: Clocks;
  readonly #waiting: (() => void)[] = [];
  #onTheWay = 0;
  #inVain = 0;
  #at: Moment;

  constructor(limits: AllowanceLimits, clocks: Clocks) {
    this.#limits = limits;
    this.#clocks = clocks;
    this.#at = momentOf(clocks);
  }

  /** Asks when it is its turn, or throws what `refused` gives. `wasInVain` judges failures. */
  async ask<T>(question: () => Promise<T>, wasInVain: (error: unknown) => boolean, refused: () => Error): Promise<T> {
    await this.#turn();
    try {
      if (this.#isUsedUp()) throw refused();
      return await question();
    } catch (error) {
      if (wasInVain(error)) this.#inVain++;
      throw error;
    } finally {
      this.#endTurn();
    }
  }

  #isUsedUp(): boolean {
    const forgiven = (elapsedSince(this.#at, this.#clocks) / 1000) * this.#limits.perSecond;
    this.#at = momentOf(this.#clocks);
    this.#inVain = Math.max(0, this.#inVain - forgiven);
    return this.#inVain >= this.#limits.burst;
  }

  async #turn(): Promise<void> {
    if (this.#onTheWay < this.#limits.atATime) this.#onTheWay++;
    else await new Promise<void>(resolve => this.#waiting.push(resolve)); // whoever ends hands over its place
  }

  #endTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#onTheWay--;
    else next();
  }
}
