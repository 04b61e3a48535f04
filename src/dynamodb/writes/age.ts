/** How long DynamoDB knows a ClientRequestToken, and how long finished bytes are worth keeping, in milliseconds. */
const KEPT_MS = 10 * 60 * 1000;

/** When something was made, by both clocks: wall time jumps, and monotonic time may stand still while a machine sleeps. */
export class Age {
  readonly #wall = Date.now();
  readonly #monotonic = performance.now();

  /** True once either clock says that it is over {@link KEPT_MS} old, or that it was made in the future. */
  get isOver(): boolean {
    const wall = Date.now() - this.#wall;
    return wall < 0 || wall >= KEPT_MS || performance.now() - this.#monotonic >= KEPT_MS;
  }
}
