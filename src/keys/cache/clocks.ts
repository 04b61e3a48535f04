/** Two clocks, in milliseconds: wall time jumps, and monotonic time may stand still while a machine sleeps. */
export interface Clocks {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

export const SYSTEM_CLOCKS: Clocks = { wall: Date.now, monotonic: () => performance.now() };

/** A point in time on both clocks. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export function momentOf({ wall, monotonic }: Clocks): Moment {
  return { wall: wall(), monotonic: monotonic() };
}

/** Milliseconds since then, by the clock on which more have passed. Infinite when the wall clock was set back behind it. */
export function elapsedSince(then: Moment, clocks: Clocks): number {
  const now = momentOf(clocks);
  return now.wall < then.wall ? Number.POSITIVE_INFINITY : Math.max(now.wall - then.wall, now.monotonic - then.monotonic);
}
