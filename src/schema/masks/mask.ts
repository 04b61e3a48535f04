/**
 * What a view shows in the place of a value. `show` should not throw, show at most half of the characters, never all of them, and not tell
 * the length: a view replaces what breaks these rules by {@link HIDDEN}.
 */
export interface Mask<in T, out M> {
  readonly name: string;
  readonly show: (value: T) => M;
}

/** Stands for what is hidden, however long it is. */
export const HIDDEN = '****';
