import { FieldsealError } from '../../errors.ts';

/** What a flight does. */
export interface Journey<M, L> {
  /** What is waited for, for the message when it takes too long. */
  readonly what: string;
  /** Fetches. The signal tells that nobody waits any more; what comes all the same goes to `discard`. */
  fetch(signal: AbortSignal): Promise<M>;
  /** Makes a lease for each who waits, in the turn in which it arrives. Undefined: it must not be used, and whoever waits has to ask again. */
  arrive(fetched: M, waiting: number): L[] | undefined;
  /** It failed, or took too long. What an abandoned flight brings, and what comes late, tells nothing. */
  failed(error: unknown): void;
  discard(fetched: M): void;
}

interface Flight<L> {
  waiting: number;
  abandoned: boolean;
  readonly leases: Promise<L[] | undefined>;
}

/** One fetch at a time for each name. Whoever waits for it holds a lease from the moment it arrives. */
export class Flights<M, L> {
  readonly #flights = new Map<string, Flight<L>>();
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Waits for the flight of this name, or begins one. Undefined when it was abandoned meanwhile: ask again. */
  async join(name: string, journey: Journey<M, L>): Promise<L | undefined> {
    const flight = this.#flights.get(name) ?? this.#depart(name, journey);
    flight.waiting++;
    return (await flight.leases)?.pop();
  }

  /** Begins a flight that nobody waits for, unless there is one. Its failure is told to the journey alone. */
  begin(name: string, journey: Journey<M, L>): void {
    if (!this.#flights.has(name)) this.#depart(name, journey).leases.catch(() => undefined);
  }

  /** What is under way for these names is not used. */
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

  async #fly(name: string, journey: Journey<M, L>, self: () => Flight<L>): Promise<L[] | undefined> {
    try {
      const fetched = await inTime(journey, this.#deadlineMs);
      if (!self().abandoned) return journey.arrive(fetched, self().waiting);
      journey.discard(fetched);
      return undefined;
    } catch (error) {
      if (self().abandoned) return undefined;
      journey.failed(error);
      throw error;
    } finally {
      if (this.#flights.get(name) === self()) this.#flights.delete(name);
    }
  }
}

function inTime<M>(journey: Journey<M, unknown>, deadlineMs: number): Promise<M> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const stop = afterDeadline(deadlineMs, () => {
      controller.abort();
      reject(new NoAnswer(journey.what, deadlineMs));
    });
    // A fetch may throw at once: it must not run before its flight is known, or it could not be waited for.
    Promise.resolve()
      .then(() => journey.fetch(controller.signal))
      .then(fetched => (controller.signal.aborted ? journey.discard(fetched) : resolve(fetched)), reject)
      .finally(stop);
  });
}

/** What takes too long is an outage. */
export class NoAnswer extends FieldsealError {
  constructor(what: string, deadlineMs: number) {
    super('KEY_UNAVAILABLE', `${what} did not answer within ${deadlineMs / 1000} s; try again`, { retryable: true });
  }
}

const PARTS = 10;

/** Counted in parts: answers that came while this process was busy are looked at in between, and are not late. */
export function afterDeadline(ms: number, act: () => void): () => void {
  let left = PARTS;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(() => (--left === 0 ? act() : next()), ms / PARTS);
    timer.unref();
  };
  next();
  return () => clearTimeout(timer);
}
