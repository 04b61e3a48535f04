import { FieldsealError } from '../../errors.ts';

/** What a flight does. */
export interface Journey<M, L> {
  /** Fetches. What comes after the deadline goes to `discard`. */
  fetch(): Promise<M>;
  /** Makes a lease for each who waits, and then keeps what was fetched unless the flight was abandoned meanwhile. */
  arrive(fetched: M, outcome: { readonly waiting: number; readonly abandoned: boolean }): L[];
  discard(fetched: M): void;
  /** What is waited for, for the message when it takes too long. */
  readonly what: string;
}

interface Flight<L> {
  waiting: number;
  abandoned: boolean;
  readonly leases: Promise<L[]>;
}

/** One fetch at a time for each name. Whoever waits for it holds a lease from the moment it arrives. */
export class Flights<M, L> {
  readonly #flights = new Map<string, Flight<L>>();
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Waits for the flight of this name, or begins one. */
  async join(name: string, journey: Journey<M, L>): Promise<L> {
    const flight = this.#flights.get(name) ?? this.#depart(name, journey);
    flight.waiting++;
    const lease = (await flight.leases).pop();
    if (lease === undefined) throw new RangeError('more callers than leases');
    return lease;
  }

  /** Begins a flight that nobody waits for, unless there is one. */
  async begin(name: string, journey: Journey<M, L>): Promise<void> {
    if (!this.#flights.has(name)) await this.#depart(name, journey).leases;
  }

  /** What is under way for these names serves those who wait for it, and is not kept. */
  abandon(isMeant: (name: string) => boolean): void {
    for (const [name, flight] of this.#flights) {
      if (!isMeant(name)) continue;
      flight.abandoned = true;
      this.#flights.delete(name);
    }
  }

  #depart(name: string, journey: Journey<M, L>): Flight<L> {
    const flight: Flight<L> = { waiting: 0, abandoned: false, leases: this.#fly(name, journey, () => flight) };
    this.#flights.set(name, flight);
    return flight;
  }

  async #fly(name: string, journey: Journey<M, L>, self: () => Flight<L>): Promise<L[]> {
    try {
      const fetched = await this.#inTime(journey);
      return journey.arrive(fetched, self());
    } finally {
      if (this.#flights.get(name) === self()) this.#flights.delete(name);
    }
  }

  #inTime(journey: Journey<M, L>): Promise<M> {
    return new Promise((resolve, reject) => {
      let late = false;
      const stop = afterDeadline(this.#deadlineMs, () => {
        late = true;
        const message = `${journey.what} did not answer within ${this.#deadlineMs / 1000} s; try again`;
        reject(new FieldsealError('KEY_UNAVAILABLE', message, { retryable: true }));
      });
      // A fetch may throw at once: it must not run before its flight is known, or it could not be waited for.
      Promise.resolve()
        .then(() => journey.fetch())
        .then(fetched => (late ? journey.discard(fetched) : resolve(fetched)), reject)
        .finally(stop);
    });
  }
}

const PARTS = 10;

/** Counted in parts: answers that came while this process was busy are looked at in between, and are not late. */
function afterDeadline(ms: number, act: () => void): () => void {
  let left = PARTS;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(() => (--left === 0 ? act() : next()), ms / PARTS);
    timer.unref();
  };
  next();
  return () => clearTimeout(timer);
}
