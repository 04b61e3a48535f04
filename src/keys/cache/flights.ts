import { FieldsealError } from '../../errors.ts';

/** What a flight does. */
export interface Journey<M, L> {
  /** What is waited for, for the message when it takes too long. */
  readonly what: string;
  /**
   * Fetches. The signal tells that nobody waits any more; what comes all the same goes to `discard`. Whoever is asked has the whole deadline from
   * the moment when `begun` is called.
   */
  fetch(signal: AbortSignal, begun: () => void): Promise<M>;
  /** Makes a lease for each who waits, in the turn in which it arrives. Undefined: it must not be used, and whoever waits has to ask again. */
  arrive(fetched: M, arrival: { readonly waiting: number; readonly isSpoilt: boolean }): L[] | undefined;
  /** It failed, or took too long. What an abandoned flight brings, and what comes late, tells nothing. */
  failed(error: unknown): void;
  discard(fetched: M): void;
}

interface Flight<L> {
  waiting: number;
  /** What it brings serves those who wait for it, and is not kept. */
  isSpoilt: boolean;
  readonly leases: Promise<L[] | undefined>;
  readonly controller: AbortController;
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

  /** What is under way for these names is called off: whoever waits for it asks again at once. */
  abandon(isMeant: (name: string) => boolean): void {
    for (const flight of this.#take(isMeant)) flight.controller.abort(ABANDONED);
  }

  /** What is under way for these names still serves those who wait for it, and is not kept. */
  spoil(isMeant: (name: string) => boolean): void {
    for (const flight of this.#take(isMeant)) flight.isSpoilt = true;
  }

  #take(isMeant: (name: string) => boolean): Flight<L>[] {
    const meant = [...this.#flights].filter(([name]) => isMeant(name));
    for (const [name] of meant) this.#flights.delete(name);
    return meant.map(([, flight]) => flight);
  }

  #depart(name: string, journey: Journey<M, L>): Flight<L> {
    const controller = new AbortController();
    const flight: Flight<L> = { waiting: 0, isSpoilt: false, controller, leases: this.#fly(name, journey, controller, () => flight) };
    this.#flights.set(name, flight);
    return flight;
  }

  async #fly(name: string, journey: Journey<M, L>, controller: AbortController, self: () => Flight<L>): Promise<L[] | undefined> {
    try {
      const fetched = await inTime(journey, controller, this.#deadlineMs);
      return journey.arrive(fetched, self());
    } catch (error) {
      if (error === ABANDONED) return undefined;
      journey.failed(error);
      throw error;
    } finally {
      if (this.#flights.get(name) === self()) this.#flights.delete(name);
    }
  }
}

const ABANDONED = Symbol('abandoned');

/** What comes after the deadline, or after the flight was abandoned, is discarded. */
function inTime<M>(journey: Journey<M, unknown>, controller: AbortController, deadlineMs: number): Promise<M> {
  const { signal } = controller;
  return new Promise((resolve, reject) => {
    let isAsked = false;
    const giveUp = (): void => controller.abort(isAsked ? new NoAnswer(journey.what, deadlineMs) : new NotAsked(journey.what, deadlineMs));
    let stop = afterDeadline(deadlineMs, giveUp);
    const begun = (): void => {
      if (isAsked || signal.aborted) return;
      isAsked = true;
      stop();
      stop = afterDeadline(deadlineMs, giveUp);
    };
    const end = (): void => {
      stop();
      reject(signal.reason);
    };
    signal.addEventListener('abort', end, { once: true });
    // A fetch may throw at once: it must not run before its flight is known, or it could not be waited for.
    Promise.resolve()
      .then(() => journey.fetch(signal, begun))
      .then(fetched => (signal.aborted ? journey.discard(fetched) : resolve(fetched)), reject)
      .finally(() => stop());
  });
}

/** Whoever was asked did not answer in time. That is an outage. */
export class NoAnswer extends FieldsealError {
  constructor(what: string, deadlineMs: number) {
    super('KEY_UNAVAILABLE', `${what} did not answer within ${deadlineMs / 1000} s; try again`, { retryable: true });
  }
}

/** Its turn did not come in time. That says nothing about whoever was to be asked. */
export class NotAsked extends FieldsealError {
  constructor(what: string, deadlineMs: number) {
    super('KEY_UNAVAILABLE', `${what} had too many others to answer for ${deadlineMs / 1000} s; try again`, { retryable: true });
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
