import type { FieldsealError } from '../../errors.ts';

/** An item of a list that could not be opened. */
export interface ItemFailure {
  /** The name of its table in DynamoDB. */
  readonly table: string;
  /** Its key attributes, in the form that the client speaks: what a request takes as `Key`. */
  readonly key: Readonly<Record<string, unknown>>;
  readonly error: FieldsealError;
}

const NONE: readonly ItemFailure[] = Object.freeze([]);
const failures = new WeakMap<object, readonly ItemFailure[]>();

/**
 * The items that were left out of an output of Query, Scan, BatchGetItem or TransactGetItems because they could not be opened, under
 * `onItemError: 'collect'`. Ask it of each page that a paginator gives. Empty for any other object.
 */
export function itemFailures(output: object): readonly ItemFailure[] {
  return failures.get(output) ?? NONE;
}

/** Tells of failures with an output. */
export function rememberFailures(output: object, list: readonly ItemFailure[]): void {
  if (list.length > 0) failures.set(output, Object.freeze(list.map(failure => Object.freeze(failure))));
}
